//! The only paths this room can name inside a printer's program.

use fluxprint_domain::id::AttemptId;
use std::fmt;

/// `fluxprint/<attempt id>.gcode`: one file of ours, made for one attempt.
///
/// There is no other way to make one, so no other file can be uploaded, started or deleted; and as
/// an attempt has exactly one, a path that is seen printing says which attempt it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OwnPath(AttemptId);

impl OwnPath {
    /// The folder of all our files.
    pub const FOLDER: &'static str = "fluxprint";

    /// The file of `attempt`.
    #[must_use]
    pub fn of(attempt: AttemptId) -> Self {
        Self(attempt)
    }

    /// The path that a printer's program told of, if it is one of ours.
    #[must_use]
    pub fn read(seen: &str) -> Option<Self> {
        let file = seen.strip_prefix(Self::FOLDER)?.strip_prefix('/')?;
        file.strip_suffix(".gcode")?.parse().ok().map(Self)
    }

    /// The attempt this file was made for.
    #[must_use]
    pub fn attempt(&self) -> AttemptId {
        self.0
    }

    /// The last part: the name inside [`Self::FOLDER`].
    #[must_use]
    pub fn file_name(&self) -> String {
        format!("{}.gcode", self.0)
    }
}

impl fmt::Display for OwnPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", Self::FOLDER, self.file_name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fluxprint_domain::Timestamp;

    #[test]
    fn our_own_path_reads_back_and_a_foreign_one_does_not() {
        let own = OwnPath::of(AttemptId::new(Timestamp(1_763_800_000_000_000), 7));
        assert_eq!(OwnPath::read(&own.to_string()), Some(own));
        for foreign in [
            "",
            "cube.gcode",
            "fluxprint/cube.gcode",
            "fluxprint/../att_00000000000070008000000000000007.gcode",
            "fluxprint/job_00000000000070008000000000000007.gcode",
            "other/att_00000000000070008000000000000007.gcode",
        ] {
            assert_eq!(OwnPath::read(foreign), None, "{foreign}");
        }
    }
}
