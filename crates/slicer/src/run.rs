//! Runs one locked-in program to its end, whichever comes first: its own, its time or its output.

use crate::limits::{FOLDER_ENTRIES_MAX, FOLDER_LOOK, Limits, OUTPUT_BYTES_MAX};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use process_wrap::tokio::{CommandWrap, KillOnDrop, ProcessGroup};
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::Command;
use tokio::task::JoinHandle;

/// How long the last words of a program may take to arrive after it is gone.
const LAST_WORDS: Duration = Duration::from_secs(5);
/// Shells and bubblewrap tell of a death by signal n as exit code 128 + n.
const SIGNAL_BASE: i32 = 128;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// By itself, with this code.
    Exited(i32),
    /// By this signal.
    Killed(i32),
    /// We killed it: its wall clock was used up.
    TimedOut,
    /// We killed it: the work folder had grown too large.
    TooMuchOutput,
}

/// A run that is over: every process in it is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// How.
    pub end: End,
    /// The beginning of what it said.
    pub stdout: String,
    /// The beginning of what it complained about.
    pub stderr: String,
}

/// Runs a command made by [`crate::sandbox::Sandbox::command`]. Dropping the future kills the run.
///
/// # Errors
/// The first program in the chain could not be started.
pub async fn run(command: Command, work_dir: &Path, limits: &Limits) -> std::io::Result<Ended> {
    let mut child = CommandWrap::from(command)
        .wrap(ProcessGroup::leader())
        .wrap(KillOnDrop)
        .spawn()?;
    let stdout = child.stdout().take().map(keep_beginning);
    let stderr = child.stderr().take().map(keep_beginning);
    let group = child
        .id()
        .and_then(|id| i32::try_from(id).ok())
        .map(Pid::from_raw);

    let mut deadline = std::pin::pin!(tokio::time::sleep(limits.wall));
    let mut look = tokio::time::interval(FOLDER_LOOK);
    let mut waiting = child.wait();
    let stopped = loop {
        tokio::select! {
            status = &mut waiting => break Ok(status?),
            () = &mut deadline => break Err(End::TimedOut),
            _ = look.tick() => {
                if folder_bytes(work_dir).await > limits.work_bytes {
                    break Err(End::TooMuchOutput);
                }
            }
        }
    };
    let end = match stopped {
        Ok(status) => end_of(status),
        Err(end) => {
            // The leader is not waited for yet, so its number cannot belong to anybody else.
            // With it bubblewrap's own watch ends everything inside its process namespace.
            if let Some(group) = group {
                let _gone_already = killpg(group, Signal::SIGKILL);
            }
            waiting.await?;
            end
        }
    };
    Ok(Ended {
        end,
        stdout: last_words(stdout).await,
        stderr: last_words(stderr).await,
    })
}

fn end_of(status: ExitStatus) -> End {
    match (status.code(), status.signal()) {
        (Some(code), _) if code > SIGNAL_BASE => End::Killed(code - SIGNAL_BASE),
        (Some(code), _) => End::Exited(code),
        (None, signal) => End::Killed(signal.unwrap_or_default()),
    }
}

/// Keeps the first [`OUTPUT_BYTES_MAX`] bytes and reads on, so that the writer never waits for us.
fn keep_beginning<R>(mut from: R) -> JoinHandle<Vec<u8>>
where
    R: AsyncRead + Unpin + Send + 'static,
{
    tokio::spawn(async move {
        let mut kept = Vec::new();
        let mut chunk = vec![0; 8 * 1024];
        while let Ok(count) = from.read(&mut chunk).await {
            if count == 0 {
                break;
            }
            let room = OUTPUT_BYTES_MAX.saturating_sub(kept.len()).min(count);
            kept.extend(chunk.iter().take(room));
        }
        kept
    })
}

async fn last_words(reader: Option<JoinHandle<Vec<u8>>>) -> String {
    let Some(mut reader) = reader else {
        return String::new();
    };
    match tokio::time::timeout(LAST_WORDS, &mut reader).await {
        Ok(Ok(bytes)) => String::from_utf8_lossy(&bytes).into_owned(),
        _ => {
            reader.abort();
            String::new()
        }
    }
}

/// Disk space below `folder`; `u64::MAX` when there are too many entries to count.
async fn folder_bytes(folder: &Path) -> u64 {
    let folder = folder.to_owned();
    tokio::task::spawn_blocking(move || count_bytes(folder))
        .await
        .unwrap_or(u64::MAX)
}

fn count_bytes(folder: PathBuf) -> u64 {
    let (mut bytes, mut entries) = (0_u64, 0_usize);
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        // Unreadable or just deleted: nothing that can be counted.
        let Ok(found) = std::fs::read_dir(folder) else {
            continue;
        };
        for entry in found.flatten() {
            entries += 1;
            if entries > FOLDER_ENTRIES_MAX {
                return u64::MAX;
            }
            // Symbolic links are not followed.
            let Ok(metadata) = entry.metadata() else {
                continue;
            };
            bytes = bytes.saturating_add(metadata.blocks().saturating_mul(512));
            if metadata.is_dir() {
                folders.push(entry.path());
            }
        }
    }
    bytes
}
