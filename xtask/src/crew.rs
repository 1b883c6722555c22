//! Programs that run beside us: started, awaited, and ended in reverse order, whatever happens.
//!
//! Each program has a process group of its own and a leash: a shell that waits on a pipe we hold and
//! ends the group when the pipe closes. So even a killed `xtask` leaves nobody running.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use serde_json::Value;

use crate::command::spawn;

/// Longest wait for a program's ready line: a real OctoPrint on a busy machine takes a minute.
const READY_TIMEOUT: Duration = Duration::from_secs(150);
/// Pause between two looks at a program that was asked to end, and how many looks it gets (10 s).
const END_LOOK: Duration = Duration::from_millis(50);
const END_LOOKS: u32 = 200;
/// What the leash does: ask, wait five seconds, insist.
const LAST_WORDS: &str =
    r#"read -r _; kill -s TERM -- "-$1" && { sleep 5; kill -s KILL -- "-$1"; }"#;

/// The programs of one run.
pub struct Crew {
    logs: PathBuf,
    members: Vec<Member>,
}

struct Member {
    name: String,
    child: Child,
    leash: Child,
}

impl Crew {
    /// Logs go to `logs/NAME.log`.
    pub fn new(logs: &Path) -> Result<Self> {
        fs::create_dir_all(logs).with_context(|| format!("cannot make {}", logs.display()))?;
        Ok(Self {
            logs: logs.to_owned(),
            members: Vec::new(),
        })
    }

    /// Starts a program and waits for its first line `{"ready":true,…}`, which is returned.
    pub fn start(&mut self, name: &str, mut command: Command) -> Result<Value> {
        let log_path = self.logs.join(format!("{name}.log"));
        let log = File::create(&log_path)?;
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log.try_clone()?)
            .process_group(0);
        let mut child = spawn(&mut command)?;
        let stdout = child.stdout.take();
        let leash = leash(child.id());
        // Before anything can fail: from here on the member is ours to end.
        let leash = match leash {
            Ok(leash) => leash,
            Err(error) => {
                end_group(&mut child);
                return Err(error);
            }
        };
        self.members.push(Member {
            name: name.to_owned(),
            child,
            leash,
        });
        let ready = follow(stdout.context("no output")?, log);
        match ready.recv_timeout(READY_TIMEOUT) {
            Ok(line) => Ok(line),
            Err(_) => bail!(
                "{name} did not become ready. Its log ({}) ends with:\n{}",
                log_path.display(),
                last_lines(&log_path)
            ),
        }
    }

    /// The process of a program that was started here.
    pub fn pid(&self, name: &str) -> Option<u32> {
        let member = self.members.iter().find(|member| member.name == name)?;
        Some(member.child.id())
    }

    /// The name of a program that has ended by itself, if one has.
    pub fn fallen(&mut self) -> Option<String> {
        let mut members = self.members.iter_mut();
        members.find_map(|member| match member.child.try_wait() {
            Ok(None) => None,
            _ => Some(member.name.clone()),
        })
    }
}

impl Drop for Crew {
    fn drop(&mut self) {
        for mut member in self.members.drain(..).rev() {
            end_group(&mut member.child);
            // Last: as long as it lives, the leash still covers us being killed in between.
            let _ = member.leash.kill();
            let _ = member.leash.wait();
        }
    }
}

/// Ties a process group to our life.
fn leash(group: u32) -> Result<Child> {
    let mut shell = Command::new("/bin/sh");
    shell
        .args(["-c", LAST_WORDS, "leash", &group.to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0);
    spawn(&mut shell)
}

/// Asks the group to end, then insists.
fn end_group(child: &mut Child) {
    let Ok(group) = i32::try_from(child.id()).map(Pid::from_raw) else {
        return;
    };
    if matches!(child.try_wait(), Ok(None)) {
        let _ = killpg(group, Signal::SIGTERM);
        for _ in 0..END_LOOKS {
            if !matches!(child.try_wait(), Ok(None)) {
                break;
            }
            thread::sleep(END_LOOK);
        }
    }
    // Also when the leader has ended: what it started may be left in its group.
    let _ = killpg(group, Signal::SIGKILL);
    let _ = child.wait();
}

/// Copies a program's output to its log and hands on the ready line.
fn follow(stdout: ChildStdout, mut log: File) -> Receiver<Value> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            let _ = writeln!(log, "{line}");
            if let Ok(value) = serde_json::from_str::<Value>(&line)
                && value.get("ready") == Some(&Value::Bool(true))
            {
                let _ = sender.send(value);
            }
        }
    });
    receiver
}

fn last_lines(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().rev().take(8).collect();
    lines.into_iter().rev().collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script]);
        command
    }

    fn is_alive(pid: &Value) -> bool {
        // One that has ended may wait a while to be reaped: state Z.
        fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
    }

    fn logs(name: &str) -> PathBuf {
        std::env::temp_dir().join(format!("fluxprint-crew-{name}-{}", std::process::id()))
    }

    #[test]
    fn a_program_is_awaited_and_ended_with_everything_it_started() {
        let folder = logs("ends");
        let mut crew = Crew::new(&folder).unwrap();
        let script = r#"sleep 600 & echo "{\"ready\":true,\"pid\":$$,\"child\":$!}"; wait"#;
        let ready = crew.start("sleeper", shell(script)).unwrap();
        let (pid, child) = (ready.get("pid").unwrap(), ready.get("child").unwrap());
        assert!(is_alive(pid) && is_alive(child));
        assert_eq!(crew.fallen(), None);
        assert_eq!(crew.pid("sleeper").map(Value::from).as_ref(), Some(pid));
        drop(crew);
        assert!(!is_alive(pid));
        // A grandchild is killed, and then nobody of ours waits for it: it may take a moment to be gone.
        assert!((0..END_LOOKS).any(|_| {
            thread::sleep(END_LOOK);
            !is_alive(child)
        }));
        assert!(
            fs::read_to_string(folder.join("sleeper.log"))
                .unwrap()
                .contains("ready")
        );
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_program_that_fails_to_start_is_quoted() {
        let folder = logs("fails");
        let mut crew = Crew::new(&folder).unwrap();
        let error = crew
            .start("broken", shell("echo the port is taken >&2; exit 3"))
            .unwrap_err();
        assert!(error.to_string().contains("the port is taken"), "{error}");
        assert_eq!(crew.fallen().as_deref(), Some("broken"));
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_dropped_pipe_ends_the_group() {
        let mut child = shell("sleep 600").process_group(0).spawn().unwrap();
        let mut leash = leash(child.id()).unwrap();
        drop(leash.stdin.take());
        let ended = (0..END_LOOKS).any(|_| {
            thread::sleep(END_LOOK);
            child.try_wait().unwrap().is_some()
        });
        end_group(&mut child);
        assert!(ended);
        leash.kill().unwrap();
        leash.wait().unwrap();
    }
}
