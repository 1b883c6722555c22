//! S-45 and F-25: a hostile program. Each attempt first works outside, then fails inside.

use fluxprint_domain::print_choice::{Material, Quality};
use fluxprint_domain::printer::Build;
use fluxprint_slicer::sandbox::{End, Ended, Sandbox, run};
use fluxprint_slicer::{Limits, Profile, Program, PrusaConfig, PrusaSlicer, SliceRequest, Slicer};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;
use tempfile::TempDir;

/// A folder that every user may pass, with a copy of the canary: where the checkout is, the
/// sandbox's user may have no way in.
pub struct Cage {
    pub folder: TempDir,
    pub canary: PathBuf,
    pub sandbox: Sandbox,
}

impl Cage {
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).unwrap();
        let canary = folder.path().join("canary");
        std::fs::copy(env!("CARGO_BIN_EXE_slicer-canary"), &canary).unwrap();
        std::fs::create_dir(folder.path().join("work")).unwrap();
        let sandbox = Sandbox::find().await.expect("bubblewrap is installed");
        sandbox.hand_over(&folder.path().join("work")).unwrap();
        Self {
            folder,
            canary,
            sandbox,
        }
    }

    pub fn work(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    /// As the same user, but free.
    fn outside(&self, args: &[&str]) -> Output {
        let mut command = Command::new(&self.canary);
        command.args(args).current_dir(self.work());
        if nix::unistd::geteuid().is_root() {
            command.uid(self.sandbox.uid()).gid(self.sandbox.uid());
        }
        command.output().unwrap()
    }

    async fn inside_with(&self, args: &[&str], limits: &Limits) -> Ended {
        self.run_program(&self.canary, args, limits).await
    }

    async fn inside(&self, args: &[&str]) -> Ended {
        self.inside_with(args, &Limits::for_triangles(0)).await
    }

    pub async fn run_program(&self, program: &Path, args: &[&str], limits: &Limits) -> Ended {
        let program = Program::resolve(program).await.unwrap();
        let command = self.sandbox.command(&program, args, &self.work(), limits);
        run(command, &self.work(), limits).await.unwrap()
    }
}

/// What the canary answers when an attempt fails.
const REFUSED: End = End::Exited(3);

#[tokio::test]
async fn s_45_a_file_outside_the_work_folder_cannot_be_read() {
    let cage = Cage::new().await;
    let secret = cage.folder.path().join("secret");
    std::fs::write(&secret, "of another job").unwrap();
    for path in [secret.to_str().unwrap(), "/etc/passwd", "/usr/bin/env"] {
        assert!(
            cage.outside(&["read", path]).status.success(),
            "control: {path}"
        );
        let ended = cage.inside(&["read", path]).await;
        assert_eq!(ended.end, REFUSED, "{path}: {ended:?}");
    }
}

#[tokio::test]
async fn s_45_only_the_work_folder_and_its_own_tmp_can_be_written() {
    let cage = Cage::new().await;
    assert_eq!(
        cage.inside(&["touch", "/job/mine"]).await.end,
        End::Exited(0)
    );
    assert!(
        cage.work().join("mine").exists(),
        "the work folder is the one from outside"
    );
    assert_eq!(
        cage.inside(&["touch", "/tmp/fleeting"]).await.end,
        End::Exited(0)
    );
    assert!(!Path::new("/tmp/fleeting").exists(), "its tmp is not ours");
    for path in [
        "/new",
        "/program/canary",
        "/lib/new",
        "/job/../new",
        "/proc/sys/kernel/domainname",
    ] {
        let ended = cage.inside(&["touch", path]).await;
        assert_eq!(ended.end, REFUSED, "{path}: {ended:?}");
    }
}

#[tokio::test]
async fn s_45_there_is_no_network_not_even_to_this_machine() {
    let cage = Cage::new().await;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    assert!(
        cage.outside(&["connect", &address]).status.success(),
        "control"
    );
    assert_eq!(cage.inside(&["connect", &address]).await.end, REFUSED);
}

#[tokio::test]
async fn s_45_no_other_program_can_be_executed() {
    let cage = Cage::new().await;
    for program in ["/bin/true", "/bin/sh", "/usr/bin/bwrap"] {
        let free = cage.outside(&["execute", program]);
        assert!(free.status.success(), "control: {program}");
        assert_eq!(
            cage.inside(&["execute", program]).await.end,
            REFUSED,
            "{program}"
        );
    }
}

#[tokio::test]
async fn s_45_a_fork_bomb_is_bounded_for_the_same_user_that_may_fork_outside() {
    let cage = Cage::new().await;
    let free = cage.outside(&["multiply", "200"]);
    assert!(free.status.success(), "control: {free:?}");
    assert_eq!(String::from_utf8_lossy(&free.stdout).trim(), "200");
    let ended = cage.inside(&["multiply", "200"]).await;
    assert_eq!(ended.end, REFUSED, "{ended:?}");
    // Error 11 is EAGAIN: the limit on processes, and not another one, has held.
    assert!(
        ended.stderr.contains("processes, then error 11"),
        "{ended:?}"
    );
}

#[tokio::test]
async fn s_45_nothing_of_our_environment_or_of_other_processes_is_seen() {
    let cage = Cage::new().await;
    let free = cage.outside(&["environment"]);
    assert!(
        String::from_utf8_lossy(&free.stdout).contains("PATH\n"),
        "control"
    );
    let ended = cage.inside(&["environment"]).await;
    let mut names: Vec<_> = ended.stdout.split_whitespace().collect();
    names.sort_unstable();
    assert_eq!(names, ["LD_LIBRARY_PATH", "MALLOC_ARENA_MAX", "PWD"]);

    let me = format!("/proc/{}", std::process::id());
    assert!(cage.outside(&["list", &me]).status.success(), "control");
    let processes = cage.inside(&["list", "/proc"]).await.stdout;
    let count = processes
        .lines()
        .filter(|name| name.parse::<u32>().is_ok())
        .count();
    assert!(
        (1..=2).contains(&count),
        "bubblewrap's reaper and itself, not {count}"
    );
}

#[tokio::test]
async fn f_25_memory_and_files_stop_growing_at_their_limits() {
    let cage = Cage::new().await;
    let mut limits = Limits::for_triangles(0);
    assert_eq!(
        cage.inside(&["allocate", "1024"]).await.end,
        End::Exited(0),
        "control"
    );
    assert_eq!(cage.inside(&["allocate", "10240"]).await.end, REFUSED);

    limits.file_bytes = 2 * 1024 * 1024;
    assert_eq!(
        cage.inside_with(&["grow", "2", "1"], &limits).await.end,
        End::Exited(0)
    );
    let one_too_large = cage.inside_with(&["grow", "1", "8"], &limits).await;
    assert_eq!(
        one_too_large.end,
        End::Killed(25),
        "SIGXFSZ: {one_too_large:?}"
    );

    limits.work_bytes = 8 * 1024 * 1024;
    limits.file_bytes = 512 * 1024 * 1024;
    let too_much = cage.inside_with(&["grow", "4", "400"], &limits).await;
    assert_eq!(too_much.end, End::TooMuchOutput, "{too_much:?}");
}

#[tokio::test]
async fn f_25_a_program_that_hangs_is_killed_at_its_wall_clock_with_everything_it_started() {
    let cage = Cage::new().await;
    let marker = cage.folder.path().to_str().unwrap().to_owned();
    let limits = Limits {
        wall: Duration::from_secs(1),
        ..Limits::for_triangles(0)
    };
    let args = ["spin", &marker];
    let spinning = cage.inside_with(&args, &limits);
    let seen = async {
        // Positive control: both spinning processes are there before the limit.
        while with_argument(&marker) < 2 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let (ended, ()) = tokio::join!(spinning, seen);
    assert_eq!(ended.end, End::TimedOut);
    let gone = async {
        while with_argument(&marker) > 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let gone = tokio::time::timeout(Duration::from_secs(10), gone).await;
    assert!(gone.is_ok(), "{} still run", with_argument(&marker));
}

/// How many canaries run with `marker` as their last argument.
fn with_argument(marker: &str) -> usize {
    let ends_with = |bytes: Vec<u8>| {
        let words = String::from_utf8_lossy(&bytes).into_owned();
        let spins = words.contains("/program/canary\0spin") && !words.contains("bwrap");
        spins && words.trim_end_matches('\0').ends_with(marker)
    };
    std::fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .filter_map(|entry| std::fs::read(entry.path().join("cmdline")).ok())
        .filter(|bytes| ends_with(bytes.clone()))
        .count()
}

#[tokio::test]
async fn cpu_time_ends_a_run_before_its_wall_clock() {
    let cage = Cage::new().await;
    let limits = Limits {
        cpu_s: 1,
        ..Limits::for_triangles(0)
    };
    let ended = cage.inside_with(&["spin-alone", "x"], &limits).await;
    assert_eq!(ended.end, End::Killed(24), "SIGXCPU: {ended:?}");
}

#[tokio::test]
async fn g_code_left_behind_at_a_non_zero_exit_is_discarded() {
    let cage = Cage::new().await;
    let config = PrusaConfig {
        program: Some(cage.canary.clone()),
        ..PrusaConfig::default()
    };
    let slicer = PrusaSlicer::find(config).await.unwrap();
    assert_eq!(slicer.version(), "PrusaSlicer 0.0.0");
    let (mesh, out) = (
        cage.folder.path().join("mesh"),
        cage.folder.path().join("out"),
    );
    std::fs::write(&mesh, "mesh").unwrap();
    let profile = Profile::compose(&Build::DESKTOP, Material::Pla, Quality::Draft, 10, false);
    let request = SliceRequest {
        mesh: &mesh,
        triangle_count: 1,
        profile: &profile.unwrap(),
        out: &out,
    };
    let error = slicer.slice(request).await.expect_err("it fails");
    assert_eq!(error.code(), "SLICER_CRASHED");
    let detail = error.detail().unwrap_or_default();
    assert!(
        detail.contains("left a finished file behind"),
        "control: {detail}"
    );
    assert!(!out.exists());
}
