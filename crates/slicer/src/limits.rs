//! Every limit of this room, and how the limits of one slicing run grow with the model.

use std::time::Duration;

/// Bytes any single file inside the sandbox may reach (RLIMIT_FSIZE).
pub const FILE_BYTES_MAX: u64 = 512 * 1024 * 1024;
/// Bytes the whole work folder may reach: the mesh, the G-code and its temporary twin.
pub const WORK_BYTES_MAX: u64 = 1536 * 1024 * 1024;
/// Bytes of the private `/tmp` inside the sandbox; it lives in memory.
pub const TMP_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Open files of a process inside the sandbox (RLIMIT_NOFILE).
pub const OPEN_FILES_MAX: u64 = 64;
/// Processes and threads one run may add (RLIMIT_NPROC counts all of the user's).
pub const TASKS_MAX: u64 = 128;
/// Bytes of what a program says that are kept, for each of its two outputs. The rest is drained.
pub const OUTPUT_BYTES_MAX: usize = 64 * 1024;
/// CPU seconds of the smallest and of the largest model.
pub const CPU_S: (u64, u64) = (120, 600);
/// CPU seconds between the warning (SIGXCPU) and the kill.
pub const CPU_GRACE_S: u64 = 5;
/// Triangles at which the CPU limit has reached its largest value. A 60 mm ball of a million
/// triangles took 17 CPU seconds with supports in 0.2 mm layers and 23 in 0.08 mm layers.
pub const CPU_FULL_AT_TRIANGLES: u64 = 2_000_000;
/// Address space of a run without any triangle; libraries and thread stacks alone take 0.4 GB.
pub const MEMORY_BYTES_BASE: u64 = 2 * 1024 * 1024 * 1024;
/// Address space added per triangle; measured use is below 500 bytes.
pub const MEMORY_BYTES_PER_TRIANGLE: u64 = 1024;
/// Triangles above which a model is not sliced at all.
pub const TRIANGLES_MAX: u64 = 5_000_000;
/// How often the work folder's size is looked at while a program runs.
pub const FOLDER_LOOK: Duration = Duration::from_millis(250);
/// Entries of the work folder that are counted; more than this is treated as too much output.
pub const FOLDER_ENTRIES_MAX: usize = 256;
/// How long finding out about a program (libraries, version) may take.
pub const PROBE_WALL: Duration = Duration::from_secs(30);
/// The unprivileged user a run gets when the service is root. Debian's policy and systemd's
/// dynamic users both leave 65520 to 65533 alone.
pub const SANDBOX_UID: u32 = 65_520;

/// What one run may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Address space (RLIMIT_AS).
    pub memory_bytes: u64,
    /// Largest single file (RLIMIT_FSIZE).
    pub file_bytes: u64,
    /// Whole work folder.
    pub work_bytes: u64,
    /// Processes and threads this run may add.
    pub tasks: u64,
    /// CPU seconds (RLIMIT_CPU).
    pub cpu_s: u64,
    /// Wall clock: one and a half times the CPU limit.
    pub wall: Duration,
    /// The only core it may use; any when not set.
    pub core: Option<u32>,
}

impl Limits {
    /// The limits for a model of `triangle_count` triangles.
    #[must_use]
    pub fn for_triangles(triangle_count: u64) -> Self {
        let count = triangle_count.min(TRIANGLES_MAX);
        let (least, most) = CPU_S;
        let cpu_s =
            least + (most - least) * count.min(CPU_FULL_AT_TRIANGLES) / CPU_FULL_AT_TRIANGLES;
        Self {
            memory_bytes: MEMORY_BYTES_BASE + count * MEMORY_BYTES_PER_TRIANGLE,
            file_bytes: FILE_BYTES_MAX,
            work_bytes: WORK_BYTES_MAX,
            tasks: TASKS_MAX,
            cpu_s,
            wall: Duration::from_secs(cpu_s * 3 / 2),
            core: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s_45_time_grows_from_120_to_600_cpu_seconds_and_the_wall_is_half_as_much_again() {
        assert_eq!(Limits::for_triangles(0).cpu_s, 120);
        assert_eq!(Limits::for_triangles(1_000_000).cpu_s, 360);
        assert_eq!(Limits::for_triangles(u64::MAX).cpu_s, 600);
        assert_eq!(Limits::for_triangles(0).wall, Duration::from_secs(180));
    }
}
