//! The sandbox of S-45: one program, its libraries, one work folder, and nothing else of the
//! machine.
//!
//! Small programs lock the last one in, each executing the next: `taskset` leaves it one core,
//! `setpriv` gives up root (only when we are root: the limit on processes does not bind root),
//! `prlimit` sets the limits, and `bwrap` builds fresh namespaces without network, capabilities, environment or further user
//! namespaces. Doing this through programs keeps our own code free of `unsafe`.
//!
//! `--die-with-parent` watches the *thread* that started the program. Tokio's workers live as long
//! as the runtime, so call from async code, not from a short-lived thread.
//!
//! What is left open: a file that is deleted while open escapes the look at the work folder, so a
//! hostile program can hold up to open files × file size of disk until its time is up.

use crate::closure::Program;
use crate::error::SliceError;
use crate::limits::{self, Limits};
use crate::programs;
use nix::unistd::{Uid, geteuid};
use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tokio::process::Command;

pub use crate::run::{End, Ended, run};

/// The one writable folder, as the program inside sees it.
pub const JOB_FOLDER: &str = "/job";
/// The folder in which the program inside finds itself.
const PROGRAM_FOLDER: &str = "/program";
/// First version of bubblewrap that knows `--disable-userns`.
const DISABLE_USERNS_SINCE: (u32, u32) = (0, 8);

/// The programs that lock another one in.
#[derive(Clone, Debug)]
pub struct Sandbox {
    bwrap: PathBuf,
    prlimit: PathBuf,
    taskset: PathBuf,
    drop_to: Option<DropTo>,
    disables_userns: bool,
}

/// How root is given up.
#[derive(Clone, Debug)]
struct DropTo {
    setpriv: PathBuf,
    uid: u32,
}

impl Sandbox {
    /// Finds the programs. Whether they work here shows when a program is run.
    ///
    /// # Errors
    /// [`SliceError::SandboxUnavailable`] names what is not installed.
    pub async fn find() -> Result<Self, SliceError> {
        let find = |name: &str| {
            programs::find(name).ok_or_else(|| SliceError::SandboxUnavailable {
                detail: format!("{name} is not installed"),
            })
        };
        let bwrap = find("bwrap")?;
        let drop_to = if geteuid().is_root() {
            let uid = limits::SANDBOX_UID;
            Some(DropTo {
                setpriv: find("setpriv")?,
                uid,
            })
        } else {
            None
        };
        Ok(Self {
            disables_userns: version(&bwrap).await >= Some(DISABLE_USERNS_SINCE),
            prlimit: find("prlimit")?,
            taskset: find("taskset")?,
            bwrap,
            drop_to,
        })
    }

    /// The user that programs inside run as, seen from outside.
    #[must_use]
    pub fn uid(&self) -> u32 {
        self.drop_to
            .as_ref()
            .map_or_else(|| Uid::current().as_raw(), |to| to.uid)
    }

    /// Gives `work_dir` to the user inside. The folders above it must let that user pass.
    ///
    /// # Errors
    /// The file system's.
    pub fn hand_over(&self, work_dir: &Path) -> std::io::Result<()> {
        match &self.drop_to {
            Some(to) => std::os::unix::fs::chown(work_dir, Some(to.uid), Some(to.uid)),
            None => Ok(()),
        }
    }

    /// The command that runs `program` with `args`, seeing `work_dir` as [`JOB_FOLDER`] and
    /// standing in it. Its input is empty; its two outputs are pipes. Give it to [`run`].
    #[must_use]
    pub fn command<A: AsRef<OsStr>>(
        &self,
        program: &Program,
        args: &[A],
        work_dir: &Path,
        limits: &Limits,
    ) -> Command {
        let mut words = self.core_words(limits);
        words.extend(self.drop_words());
        words.push(self.prlimit.clone().into());
        words.extend(self.limit_words(limits));
        words.push(self.bwrap.clone().into());
        words.extend(self.namespace_words());
        words.extend(view_words(program, work_dir));
        words.push(inside(program).into());
        words.extend(args.iter().map(OsString::from));

        let mut words = words.into_iter();
        let mut command = Command::new(words.next().unwrap_or_default());
        command
            .args(words)
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    fn core_words(&self, limits: &Limits) -> Vec<OsString> {
        limits.core.map_or_else(Vec::new, |core| {
            let core = core.to_string();
            vec![
                self.taskset.clone().into(),
                "--cpu-list".into(),
                core.into(),
            ]
        })
    }

    fn drop_words(&self) -> Vec<OsString> {
        self.drop_to.as_ref().map_or_else(Vec::new, |to| {
            let id = to.uid.to_string();
            let setpriv = to.setpriv.as_os_str();
            [
                setpriv,
                "--reuid".as_ref(),
                id.as_ref(),
                "--regid".as_ref(),
                id.as_ref(),
            ]
            .into_iter()
            .chain(["--clear-groups".as_ref()])
            .map(OsString::from)
            .collect()
        })
    }

    fn limit_words(&self, limits: &Limits) -> [OsString; 6] {
        // The limit counts every task of the user, so the ones there already are added.
        let tasks = tasks_of(self.uid()) + limits.tasks;
        let cpu_s_hard = limits.cpu_s + limits::CPU_GRACE_S;
        [
            format!("--as={}", limits.memory_bytes).into(),
            format!("--fsize={}", limits.file_bytes).into(),
            format!("--nofile={}", limits::OPEN_FILES_MAX).into(),
            format!("--nproc={tasks}").into(),
            format!("--cpu={}:{cpu_s_hard}", limits.cpu_s).into(),
            "--core=0".into(),
        ]
    }

    fn namespace_words(&self) -> Vec<OsString> {
        let mut words = vec!["--unshare-all", "--unshare-user"];
        if self.disables_userns {
            words.push("--disable-userns");
        }
        words.extend([
            "--new-session",
            "--die-with-parent",
            "--cap-drop",
            "ALL",
            "--clearenv",
        ]);
        words.into_iter().map(OsString::from).collect()
    }
}

/// What the program sees of the file system and of the environment.
fn view_words(program: &Program, work_dir: &Path) -> Vec<OsString> {
    let mut words: Vec<OsString> = Vec::new();
    let mut say = |sentence: &[&OsStr]| words.extend(sentence.iter().map(OsString::from));
    let tmp_bytes = limits::TMP_BYTES_MAX.to_string();
    say(&[
        "--size".as_ref(),
        tmp_bytes.as_ref(),
        "--tmpfs".as_ref(),
        "/tmp".as_ref(),
    ]);
    // PrusaSlicer asks /proc where it stands. Its own processes are all there is to see.
    say(&["--proc".as_ref(), "/proc".as_ref()]);
    let mut folders = BTreeSet::new();
    for library in program.libraries() {
        say(&["--ro-bind".as_ref(), library.as_ref(), library.as_ref()]);
        folders.extend(library.parent());
    }
    let place = inside(program);
    say(&[
        "--ro-bind".as_ref(),
        program.path().as_ref(),
        place.as_ref(),
    ]);
    say(&["--bind".as_ref(), work_dir.as_ref(), JOB_FOLDER.as_ref()]);
    say(&[
        "--remount-ro".as_ref(),
        "/".as_ref(),
        "--chdir".as_ref(),
        JOB_FOLDER.as_ref(),
    ]);
    // There is no loader cache inside, so the loader is told where the libraries are.
    if let Ok(places) = std::env::join_paths(folders) {
        say(&[
            "--setenv".as_ref(),
            "LD_LIBRARY_PATH".as_ref(),
            places.as_ref(),
        ]);
    }
    // Each heap of glibc reserves 64 MB of address space; with many cores they would fill it.
    say(&[
        "--setenv".as_ref(),
        "MALLOC_ARENA_MAX".as_ref(),
        "4".as_ref(),
    ]);
    words
}

/// Where the program finds itself.
fn inside(program: &Program) -> PathBuf {
    let name = program.path().file_name().unwrap_or_default();
    Path::new(PROGRAM_FOLDER).join(name)
}

/// How many processes and threads `uid` has now.
fn tasks_of(uid: u32) -> u64 {
    let Ok(processes) = std::fs::read_dir("/proc") else {
        return 0;
    };
    processes
        .flatten()
        .filter(|entry| entry.metadata().is_ok_and(|m| m.is_dir() && m.uid() == uid))
        .filter_map(|entry| std::fs::read_dir(entry.path().join("task")).ok())
        .map(|tasks| tasks.count() as u64)
        .sum()
}

/// Major and minor version of bubblewrap, from `bubblewrap 0.8.0`.
async fn version(bwrap: &Path) -> Option<(u32, u32)> {
    let asked = Command::new(bwrap)
        .arg("--version")
        .kill_on_drop(true)
        .output();
    let answer = tokio::time::timeout(limits::PROBE_WALL, asked)
        .await
        .ok()?
        .ok()?;
    let text = String::from_utf8_lossy(&answer.stdout).into_owned();
    let mut numbers = text.split_whitespace().last()?.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}
