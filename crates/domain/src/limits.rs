//! The limits of architecture section 8 that are rules of the house rather than of one room.

/// Characters of a name (model, job, printer, bridge).
pub const NAME_CHARS_MAX: usize = 200;
/// Characters of a note.
pub const NOTE_CHARS_MAX: usize = 1_000;
/// Characters of what a host calls a job by.
pub const REFERENCE_CHARS_MAX: usize = 200;
/// Copies of one job.
pub const COPIES_MAX: u32 = 10;
/// Jobs a signed-in person may make in an hour.
pub const JOBS_PER_HOUR: u32 = 10;
/// Jobs of one person that are not over yet.
pub const OPEN_JOBS_MAX: u32 = 50;
/// Jobs at raised priority of one person that are not over yet.
pub const RAISED_JOBS_MAX: u32 = 10;
/// Tags of a printer, or that a job asks for.
pub const TAGS_MAX: usize = 10;
/// Characters of a tag.
pub const TAG_CHARS_MAX: usize = 30;
/// Other changing calls in an hour of a caller that is not a signed-in person.
pub const OTHER_CALLS_PER_HOUR: u32 = 50;
/// Other changing calls in a day of a caller that is not a signed-in person.
pub const OTHER_CALLS_PER_DAY: u32 = 200;
/// Starts by hand in a minute, for one person.
pub const STARTS_BY_HAND_PER_MINUTE: u32 = 5;
/// Bytes of a model file.
pub const MODEL_BYTES_MAX: u64 = 200_000_000;
/// Bytes of a G-code file.
pub const GCODE_BYTES_MAX: u64 = 500_000_000;
/// Bytes of a file that is neither.
pub const OTHER_BYTES_MAX: u64 = 100_000_000;
/// Characters of a printer's message that are kept: its own words, or why it cannot be reached and
/// what to do.
pub const PRINTER_MESSAGE_CHARS_MAX: usize = 400;
/// Seconds between issuing a start and the moment it is refused.
pub const START_DEADLINE_S: i64 = 60;
/// Seconds a word that the bed is clear stays good.
pub const BED_TOKEN_S: i64 = 12 * 3_600;
/// Seconds without contact after which nothing goes on by itself.
pub const OFFLINE_HOLD_S: i64 = 300;
/// Tries of one copy that may end without having started before a person is asked.
pub const TRIES_NOT_STARTED_MAX: u32 = 3;
/// Seconds between the wish to heat, move or connect by hand and the moment it is refused: whoever
/// asked is still standing there. A slow handshake makes deadlines pass up to ten seconds early.
pub const CONTROL_DEADLINE_S: i64 = 15;
/// Longest step to the side by hand.
pub const JOG_XY_MM_MAX: f64 = 100.0;
/// Longest step up or down by hand.
pub const JOG_Z_MM_MAX: f64 = 50.0;
