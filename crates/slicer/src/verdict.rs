//! What the end of a slicing run means. PrusaSlicer 2.5.0 tells by exit code and by sentence.

use crate::error::SliceError;
use crate::run::{End, Ended};

const SIGABRT: i32 = 6;
const SIGXCPU: i32 = 24;
const SIGXFSZ: i32 = 25;
/// Characters of a program's last words that are kept for the log.
const DETAIL_CHARS_MAX: usize = 600;

/// Whether the run may have left a result.
///
/// # Errors
/// Why it has not, whatever files it left behind.
pub(crate) fn judge(ended: &Ended) -> Result<(), SliceError> {
    let said = |words: &str| ended.stderr.contains(words) || ended.stdout.contains(words);
    match ended.end {
        End::Exited(0) => Ok(()),
        End::TimedOut | End::Killed(SIGXCPU) => Err(SliceError::TimedOut),
        End::TooMuchOutput | End::Killed(SIGXFSZ) => Err(SliceError::OutputTooLarge),
        End::Killed(SIGABRT) if said("could not fit on the bed") => Err(SliceError::DoesNotFit),
        _ if said("bad_alloc") => Err(SliceError::OutOfMemory),
        End::Killed(_) => Err(crashed(ended)),
        End::Exited(_) if lock_failed(ended) => Err(SliceError::SandboxUnavailable {
            detail: detail(ended),
        }),
        End::Exited(_) if said("No layers were detected") => Err(SliceError::NoLayers),
        End::Exited(_) if said("Loading of a model file failed") => {
            Err(SliceError::MeshUnreadable {
                detail: detail(ended),
            })
        }
        End::Exited(_) if said("Is the disk full?") || said("No space left on device") => {
            Err(SliceError::DiskFull)
        }
        End::Exited(_) => Err(crashed(ended)),
    }
}

/// Whether one of the programs that lock the slicer in gave up before it ran.
pub(crate) fn lock_failed(ended: &Ended) -> bool {
    ["bwrap: ", "prlimit: ", "setpriv: ", "taskset: "]
        .iter()
        .any(|name| ended.stderr.starts_with(name))
}

/// How the run ended and its last words, cut for the log.
pub(crate) fn detail(ended: &Ended) -> String {
    let words = [ended.stderr.trim(), ended.stdout.trim()].join(" | ");
    let cut: String = words.chars().take(DETAIL_CHARS_MAX).collect();
    match ended.end {
        End::Exited(code) => format!("exit code {code}: {cut}"),
        End::Killed(signal) => format!("killed by signal {signal}: {cut}"),
        End::TimedOut => format!("stopped at its time limit: {cut}"),
        End::TooMuchOutput => format!("stopped at its output limit: {cut}"),
    }
}

fn crashed(ended: &Ended) -> SliceError {
    SliceError::Crashed {
        detail: detail(ended),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(end: End, stderr: &str) -> &'static str {
        let stdout = String::new();
        let stderr = stderr.to_owned();
        judge(&Ended {
            end,
            stdout,
            stderr,
        })
        .map_or_else(|error| error.code(), |()| "ok")
    }

    #[test]
    fn every_recorded_end_of_the_real_slicer_has_its_reason() {
        let table = [
            (End::Exited(0), "", "ok"),
            (
                End::Killed(6),
                "terminate called after throwing an instance of 'Slic3r::RuntimeError'\n  what():  Objects could not fit on the bed",
                "MODEL_DOES_NOT_FIT",
            ),
            (
                End::Killed(6),
                "  what():  std::bad_alloc",
                "SLICER_OUT_OF_MEMORY",
            ),
            (End::Killed(6), "terminate called", "SLICER_CRASHED"),
            (End::Killed(11), "", "SLICER_CRASHED"),
            (End::Killed(24), "", "SLICER_TIMED_OUT"),
            (End::TimedOut, "", "SLICER_TIMED_OUT"),
            (End::Killed(25), "", "OUTPUT_TOO_LARGE"),
            (End::TooMuchOutput, "", "OUTPUT_TOO_LARGE"),
            (
                End::Exited(1),
                "No layers were detected. You might want to repair your STL file(s)",
                "NO_LAYERS",
            ),
            (
                End::Exited(1),
                "x.stl: Loading of a model file failed.",
                "MESH_UNREADABLE",
            ),
            (
                End::Exited(1),
                "G-code export to x failed.\nIs the disk full?",
                "DISK_FULL",
            ),
            (
                End::Exited(1),
                "bwrap: No permissions to create new namespace",
                "SANDBOX_UNAVAILABLE",
            ),
            (
                End::Exited(1),
                "Unknown option --layer-hight",
                "SLICER_CRASHED",
            ),
        ];
        for (end, stderr, expected) in table {
            assert_eq!(code(end, stderr), expected, "{end:?} {stderr}");
        }
    }
}
