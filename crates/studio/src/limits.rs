//! Limits of this room (architecture section 8).

/// Bytes of all files of an organisation, unless the operator sets another.
pub const QUOTA_BYTES: u64 = 10_000_000_000;
/// Uploads begun by a person: so many in a minute, and so many at once.
pub const UPLOADS_PER_MINUTE: (u32, u32) = (5, 20);
/// Pieces of uploads of one person that are taken in at the same time.
pub const UPLOADS_AT_ONCE_OF_ONE: usize = 4;
/// Camera pictures that are open for one person at the same time.
pub const CAMERAS_AT_ONCE_OF_ONE: usize = 8;
/// Other changes by a person: so many in a minute, and so many at once.
pub const CHANGES_PER_MINUTE: (u32, u32) = (120, 60);
/// Calls without a session that change something, of one address: in ten minutes, and at once.
pub const STRANGERS_PER_TEN_MINUTES: (u32, u32) = (600, 120);
/// Seconds without use after which a session has ended (S-13).
pub const SESSION_IDLE_S: i64 = 12 * 3_600;
/// Seconds after which a session has ended, used or not (S-13).
pub const SESSION_S: i64 = 30 * 86_400;
/// Seconds between two notes that a session is in use.
pub const SEEN_EVERY_S: i64 = 60;
/// Seconds for which a password that was shown counts for what asks for it again (S-17).
pub const PROOF_S: i64 = 5 * 60;
/// Characters of a password (S-12).
pub const PASSWORD_CHARS: std::ops::RangeInclusive<usize> = 8..=128;
/// Characters of an e-mail address (RFC 5321, 4.5.3.1.3).
pub const EMAIL_CHARS_MAX: usize = 254;
/// Password hashes worked on at the same time, at most; fewer on fewer cores (S-10).
pub const HASHES_AT_ONCE: usize = 4;
/// Password hashes that wait for a place; beyond it callers are told to come back.
pub const HASHES_WAITING_MAX: usize = 64;
/// Seconds a password hash waits for a place.
pub const HASH_WAIT_S: u64 = 10;
/// Seconds for which a browser is remembered as one that somebody has signed in from.
pub const BROWSER_S: i64 = 180 * 86_400;
/// Seconds after which a failed sign-in is forgotten.
pub const FAILURES_S: i64 = 86_400;
/// Seconds in which the first owner's link can be spent.
pub const SETUP_LINK_S: i64 = 86_400;
/// Seconds in which an invitation can be spent.
pub const INVITATION_S: i64 = 7 * 86_400;
/// Seconds in which a link that signs in can be spent.
pub const SIGN_IN_LINK_S: i64 = 15 * 60;
/// Seconds in which a link to a new password can be spent.
pub const RESET_LINK_S: i64 = 86_400;
/// Invitations of an organisation that are open at the same time.
pub const INVITATIONS_OPEN_MAX: usize = 100;
/// Projects of an organisation, drafts not counted; as many fit into a token of the seam.
pub const PROJECTS_MAX: u32 = 400;
/// Characters that are kept of what a browser says it is.
pub const DEVICE_CHARS_MAX: usize = 60;
/// Seconds for which what `security.txt` says may be believed.
pub const SECURITY_TXT_S: i64 = 180 * 86_400;
/// Seconds between two rounds of the chores.
pub const CHORES_EVERY_S: u64 = 15 * 60;
/// Seconds for which a spent or expired link is kept.
pub const LINKS_KEPT_S: i64 = 30 * 86_400;
/// Seconds after its last byte at which an unfinished upload is forgotten.
pub const UPLOAD_KEPT_S: i64 = 24 * 3_600;
/// Seconds in which the first byte of an upload must come: an announcement alone keeps no room for long.
pub const UPLOAD_UNBEGUN_S: i64 = 15 * 60;
/// Unfinished uploads of a person.
pub const UPLOADS_OPEN_MAX: u32 = 100;
/// The part of an organisation's share that the unfinished uploads of one person may keep: one in so many.
pub const UPLOADS_OPEN_PART: u64 = 2;
/// Milliseconds between two notes of how far an upload is.
pub const UPLOAD_NOTED_MS: u64 = 100;
/// Bytes between two notes of how far an upload is.
pub const UPLOAD_NOTED_BYTES: u64 = 32 * 1024 * 1024;
/// Free bytes of the disk that every upload has to leave for the database.
pub const ROOM_BYTES_MIN: u64 = 64 * 1024 * 1024;
/// Bytes of a file that are sent at a time.
pub const FILE_CHUNK_BYTES: usize = 256 * 1024;
/// Models that are handed over to the print service at the same time.
pub const DELIVERIES_AT_ONCE: usize = 4;
/// Seconds for which a file stays after a print of it was asked for and no answer came: far longer
/// than a call may take and than the picture of the service's jobs needs to be brought up to date.
pub const PRINT_INTENT_S: i64 = 10 * 60;
/// Seconds before the second try to tell the print service something; doubled each time.
pub const ERRAND_PAUSE_S: i64 = 1;
/// Seconds between two tries at most.
pub const ERRAND_PAUSE_S_MAX: i64 = 60;
/// Tries after which a model that the service answers with errors counts as not taken.
pub const ERRAND_TRIES_MAX: u32 = 20;
/// Seconds for which events in the outbox are kept for those who come back.
pub const EVENTS_KEPT_S: i64 = 86_400;
