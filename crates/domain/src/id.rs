//! Typed ids: a UUID version 7 behind a prefix that says what it names (`job_0192…`).

use crate::clock::{Clock, Timestamp};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;
use uuid::Uuid;

/// What an id names. Sealed by being implemented only here, through [`kinds!`].
pub trait Kind: Send + Sync + 'static {
    /// The letters before the underscore.
    const PREFIX: &'static str;
}

/// An id of one kind. Prints as `prefix_` and 32 lower-case hexadecimal digits.
pub struct Id<K: Kind>(Uuid, PhantomData<fn() -> K>);

impl<K: Kind> Id<K> {
    /// UUID version 7 (RFC 9562, 5.7): 48 bits of milliseconds, then chance.
    #[must_use]
    pub fn new(now: Timestamp, random: u128) -> Self {
        let ms = u128::from((now.0.max(0) / 1_000).unsigned_abs()) & 0xFFFF_FFFF_FFFF;
        let bits = (ms << 80) | (0x7 << 76) | (random & 0x0FFF_3FFF_FFFF_FFFF_FFFF) | (0b10 << 62);
        Self(Uuid::from_u128(bits), PhantomData)
    }

    /// A new id from `clock`'s time and chance.
    #[must_use]
    pub fn fresh(clock: &dyn Clock) -> Self {
        Self::new(clock.now(), clock.random())
    }

    /// An id as a database stores it.
    #[must_use]
    pub fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid, PhantomData)
    }

    /// The bare UUID, for the databases.
    #[must_use]
    pub fn uuid(self) -> Uuid {
        self.0
    }
}

/// A text that is no id of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this is not an id of the form {expected}_ followed by 32 hexadecimal digits")]
pub struct NotAnId {
    /// The prefix that was wanted.
    pub expected: &'static str,
}

impl<K: Kind> FromStr for Id<K> {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let not = NotAnId {
            expected: K::PREFIX,
        };
        let digits = text
            .strip_prefix(K::PREFIX)
            .and_then(|rest| rest.strip_prefix('_'))
            .filter(|digits| digits.len() == 32)
            .filter(|digits| {
                digits
                    .bytes()
                    .all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
            });
        match digits.map(Uuid::parse_str) {
            Some(Ok(uuid)) => Ok(Self(uuid, PhantomData)),
            _ => Err(not),
        }
    }
}

impl<K: Kind> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{}", K::PREFIX, self.0.simple())
    }
}

impl<K: Kind> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<K: Kind> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K: Kind> std::marker::Copy for Id<K> {}
impl<K: Kind> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<K: Kind> Eq for Id<K> {}
impl<K: Kind> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<K: Kind> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}
impl<K: Kind> std::hash::Hash for Id<K> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl<K: Kind> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, K: Kind> Deserialize<'de> for Id<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'_, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident, $id:ident, $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub enum $kind {}
        impl Kind for $kind {
            const PREFIX: &'static str = $prefix;
        }
        $(#[$doc])*
        pub type $id = Id<$kind>;
    )*};
}

kinds! {
    /// An organisation: the wall between tenants.
    Organisation, OrganisationId, "org";
    /// A person of an organisation, known to the service only by this id.
    Person, PersonId, "usr";
    /// A project inside an organisation.
    Project, ProjectId, "prj";
    /// A printer.
    Printer, PrinterId, "prn";
    /// A bridge: the program beside the printers.
    Bridge, BridgeId, "brg";
    /// What somebody wants printed.
    Job, JobId, "job";
    /// One of the copies of a job.
    Copy, CopyId, "cpy";
    /// One try to print one copy on one printer.
    Attempt, AttemptId, "att";
    /// A person's word (or a named rule's) that a bed is clear.
    BedToken, BedTokenId, "bed";
    /// One result of slicing a model with a profile.
    Slice, SliceId, "slc";
    /// Something somebody should know at once.
    Alert, AlertId, "alr";
    /// A background task.
    Task, TaskId, "tsk";
    /// One connection of a bridge: commands that must not outlive it carry it.
    Session, SessionId, "ses";
    /// A design file in a project.
    File, FileId, "file";
    /// One immutable version of a design file.
    FileVersion, FileVersionId, "ver";
    /// An upload that is under way.
    Upload, UploadId, "upl";
    /// A person's signed-in browser.
    SignIn, SignInId, "sgn";
    /// A one-time link: to the first owner, to a guest, to somebody who forgot a password.
    Link, LinkId, "lnk";
    /// Something the studio has to tell the print service.
    Errand, ErrandId, "err";
    /// A print that is just being asked for.
    PrintIntent, PrintIntentId, "int";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_what_it_prints() {
        let id = JobId::new(Timestamp(1_763_800_000_000_000), 0xDEAD_BEEF);
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(id.uuid().get_version_num(), 7);
        assert!(id.to_string().starts_with("job_"));
    }

    #[test]
    fn an_id_of_another_kind_or_shape_is_refused() {
        let id = JobId::new(Timestamp(5), 7).to_string();
        assert!(id.parse::<PrinterId>().is_err());
        for wrong in [
            "",
            "job_",
            "job",
            "job_xyz",
            &id[..id.len() - 1],
            &id.to_uppercase(),
        ] {
            assert!(wrong.parse::<JobId>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn later_ids_sort_after_earlier_ones() {
        assert!(JobId::new(Timestamp(1_000), u128::MAX) < JobId::new(Timestamp(2_000), 0));
    }
}
