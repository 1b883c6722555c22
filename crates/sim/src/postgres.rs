//! A throw-away PostgreSQL 15 on loopback, and a database of its own for every test.
//!
//! One cluster serves a whole test run: `cargo xtask test` starts it and names it in
//! `FLUXPRINT_TEST_POSTGRES`; without that variable each process starts its own at first use.
//! PostgreSQL refuses to run as root: then everything runs as the `postgres` user, in a folder that
//! this user can reach. A killed run leaves nothing behind (see [`crate::leash`]), and each cluster
//! has its own folder and port, so nothing that was left could be in the way.

mod database;
mod programs;
#[cfg(test)]
mod tests;

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::OnceLock;

use anyhow::{Context, Result, bail, ensure};

use crate::leash::Leash;
use crate::loopback::free_port;
use programs::Programs;

pub use database::{Template, TestDatabase};

/// Names the cluster of the whole run: `postgres://USER@127.0.0.1:PORT`, without a database.
pub const SHARED_CLUSTER_VAR: &str = "FLUXPRINT_TEST_POSTGRES";

/// The role that owns test databases. It may create databases and roles but is no superuser,
/// so row-level security binds it as it binds the owner in production.
pub const OWNER: &str = "fluxprint";

/// Attempts to find a port that nobody takes between choosing and binding it.
const PORT_ATTEMPTS: u32 = 5;
/// Enough for every test process of a run on two cores.
const MAX_CONNECTIONS: u32 = 300;

/// How a cluster is made.
#[derive(Debug, Clone, Default)]
pub struct PostgresOptions {
    /// Where the cluster lives and stays. `None`: a fresh folder that is removed at the end.
    pub dir: Option<PathBuf>,
    /// `true` waits for the disk at every commit, as production does; tests do not need to.
    pub durable: bool,
}

/// A running cluster, or a connection to the one of the whole run.
#[derive(Debug)]
pub struct Postgres {
    port: u16,
    programs: Programs,
    /// Only of a cluster that we started: stops it when dropped.
    _leash: Option<Leash>,
}

impl Postgres {
    /// Starts a cluster and waits until it answers.
    ///
    /// # Errors
    /// When PostgreSQL is not installed, the folder cannot be used, or the server does not start;
    /// the message carries the end of the server's log.
    pub fn start(options: &PostgresOptions) -> Result<Self> {
        let programs = Programs::find()?;
        let folder = Folder::prepare(options.dir.as_deref(), &programs)?;
        let cluster = folder.path.join("cluster");
        let cluster_text = text(&cluster)?;
        let pg_ctl = programs.path("pg_ctl");
        let leash = Leash::tie(
            if folder.throw_away {
                r#""$1" -D "$2" -m immediate stop; rm -rf "$3""#
            } else {
                r#""$1" -D "$2" -m fast stop"#
            },
            &[text(&pg_ctl)?, cluster_text, text(&folder.path)?],
            programs.user(),
        )?;
        if cluster.join("PG_VERSION").exists() {
            // A run that was killed together with its leash may still hold this folder.
            let _ = programs.run("pg_ctl", &["-D", cluster_text, "-m", "immediate", "stop"]);
        } else {
            create_cluster(&programs, cluster_text)?;
        }
        let port = launch(&programs, &folder.path, cluster_text, options.durable)?;
        let postgres = Self {
            port,
            programs,
            _leash: Some(leash),
        };
        postgres.create_owner()?;
        Ok(postgres)
    }

    /// The cluster of the whole run, or one for this process.
    ///
    /// # Errors
    /// As [`Postgres::start`].
    pub fn shared() -> Result<&'static Self> {
        // Never dropped: at the end of the process its leash lets go by itself.
        static SHARED: OnceLock<Result<Postgres, String>> = OnceLock::new();
        let shared = SHARED.get_or_init(|| {
            match std::env::var(SHARED_CLUSTER_VAR) {
                Ok(url) => Self::attach(&url),
                Err(_) => Self::start(&PostgresOptions::default()),
            }
            .map_err(|error| format!("{error:#}"))
        });
        shared
            .as_ref()
            .map_err(|text| anyhow::anyhow!(text.clone()))
    }

    fn attach(url: &str) -> Result<Self> {
        let port = url
            .rsplit_once(':')
            .and_then(|(_, port)| port.trim_end_matches('/').parse().ok())
            .with_context(|| format!("{SHARED_CLUSTER_VAR} must end in :PORT"))?;
        Ok(Self {
            port,
            programs: Programs::find()?,
            _leash: None,
        })
    }

    /// The port on 127.0.0.1.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// What `FLUXPRINT_TEST_POSTGRES` has to say so that others share this cluster.
    #[must_use]
    pub fn shared_url(&self) -> String {
        format!("postgres://{OWNER}@127.0.0.1:{}", self.port)
    }

    /// The address of one database, as its owner.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        format!("{}/{database}", self.shared_url())
    }

    /// Runs one statement as the superuser and returns what `psql` prints, without headers.
    ///
    /// # Errors
    /// What PostgreSQL says when it refuses.
    pub fn sql(&self, database: &str, statement: &str) -> Result<String> {
        let port = self.port.to_string();
        let answer = self.programs.run(
            "psql",
            &[
                "--no-psqlrc",
                "--quiet",
                "--tuples-only",
                "--no-align",
                "--set=ON_ERROR_STOP=1",
                "--host=127.0.0.1",
                "--port",
                &port,
                "--username=postgres",
                "--dbname",
                database,
                "--command",
                statement,
            ],
        )?;
        succeed("psql", &answer)?;
        Ok(String::from_utf8_lossy(&answer.stdout).trim().to_owned())
    }

    fn create_owner(&self) -> Result<()> {
        let found = format!("SELECT 1 FROM pg_roles WHERE rolname = '{OWNER}'");
        if self.sql("postgres", &found)?.is_empty() {
            let create = format!("CREATE ROLE {OWNER} LOGIN CREATEDB CREATEROLE");
            self.sql("postgres", &create)?;
        }
        Ok(())
    }
}

/// Where a cluster lives.
struct Folder {
    path: PathBuf,
    throw_away: bool,
}

impl Folder {
    fn prepare(wanted: Option<&Path>, programs: &Programs) -> Result<Self> {
        let (path, throw_away) = match wanted {
            Some(dir) => {
                fs::create_dir_all(dir)
                    .with_context(|| format!("cannot make {}", dir.display()))?;
                (fs::canonicalize(dir)?, false)
            }
            None => (
                tempfile::Builder::new()
                    .prefix("fluxprint-pg-")
                    .tempdir()?
                    .keep(),
                true,
            ),
        };
        if let Some((uid, gid)) = programs.user() {
            fs::set_permissions(&path, fs::Permissions::from_mode(0o700))?;
            chown(&path, Some(uid), Some(gid))?;
        }
        let reached = programs.can_write(&path)?;
        ensure!(
            reached,
            "the user `postgres` cannot reach {}: choose a folder whose parents everyone may enter",
            path.display()
        );
        Ok(Self { path, throw_away })
    }
}

fn create_cluster(programs: &Programs, cluster: &str) -> Result<()> {
    // Trust is enough: the server listens on loopback only, for the length of a run, with test data.
    let arguments = [
        "--pgdata",
        cluster,
        "--username=postgres",
        "--auth=trust",
        "--encoding=UTF8",
        "--locale=C.UTF-8",
        "--no-sync",
    ];
    succeed("initdb", &programs.run("initdb", &arguments)?)
}

/// Starts the server on a free port and returns that port.
fn launch(programs: &Programs, folder: &Path, cluster: &str, durable: bool) -> Result<u16> {
    let log = folder.join("server.log");
    let mut refusal = String::new();
    for _ in 0..PORT_ATTEMPTS {
        let port = free_port()?;
        let speed = if durable {
            ""
        } else {
            " -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
        };
        let settings = format!(
            "-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories='' \
             -c max_connections={MAX_CONNECTIONS} -c logging_collector=off{speed}"
        );
        let arguments = [
            "-D",
            cluster,
            "--wait",
            "--timeout=60",
            "--log",
            text(&log)?,
            "-o",
            &settings,
            "start",
        ];
        if programs.run("pg_ctl", &arguments)?.status.success() {
            return Ok(port);
        }
        refusal = fs::read_to_string(&log).unwrap_or_default();
        if !refusal.contains("could not bind") {
            break;
        }
    }
    bail!("PostgreSQL did not start: {}", last_lines(&refusal))
}

fn succeed(program: &str, output: &Output) -> Result<()> {
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(
        output.status.success(),
        "{program} failed: {}",
        last_lines(&said)
    );
    Ok(())
}

fn last_lines(log: &str) -> String {
    let lines: Vec<&str> = log.lines().rev().take(5).collect();
    lines.into_iter().rev().collect::<Vec<_>>().join("; ")
}

fn text(path: &Path) -> Result<&str> {
    path.to_str()
        .with_context(|| format!("{} is not UTF-8", path.display()))
}
