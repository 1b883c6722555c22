//! The words of the command line.

use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

/// FluxPrint: from a model to a part, once.
///
/// Exit codes: 0 done · 1 something unexpected · 2 a setting is wrong · 3 a part that is needed is
/// missing · 4 a print did not succeed · 5 a running program refused it ·
/// 6 the database holds what must never be.
#[derive(Debug, Parser)]
#[command(name = "fluxprint", version, about, long_about)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub verb: Verb,
    /// The configuration file (TOML). The environment wins over it.
    #[arg(long, global = true, env = "FLUXPRINT_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The data folder: databases, files, keys. Wins over file and environment.
    #[arg(long, global = true, value_name = "FOLDER")]
    pub data: Option<PathBuf>,
}

/// What the program can do.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Run everything in one process: studio, service and worker.
    #[command(after_help = SETTINGS)]
    Up,
    /// Run the studio alone: people, projects, files and the pages. The service is another program.
    #[command(after_help = SETTINGS)]
    Studio,
    /// Run the service alone: printers, jobs and slicing. The studio is another program.
    #[command(after_help = SETTINGS)]
    Service,
    /// Make or update the tables of a PostgreSQL database, then end.
    Migrate,
    /// Look for what must never be in the database, also while the service runs. Changes nothing.
    Doctor {
        /// Say it for programs.
        #[arg(long)]
        json: bool,
    },
    /// People.
    #[command(subcommand)]
    User(UserVerb),
    /// Organisations.
    #[command(subcommand)]
    Organisation(OrganisationVerb),
    /// Print a one-time code with which a bridge is paired (`fluxprint-bridge pair`).
    BridgeCode(At),
    /// Print a new token for BRIDGE_AUTH_TOKEN: the credential of one bridge that is not paired.
    BridgeToken,
    /// Print one file end to end and show it live.
    Smoke(Smoke),
    /// Print an OpenAPI document.
    Openapi {
        /// Whose.
        #[arg(value_enum, default_value_t = Room::Service)]
        room: Room,
    },
}

/// What has an API.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub enum Room {
    /// People, projects, files and the way to the service.
    Studio,
    /// Printers and jobs.
    Service,
}

/// What can be done about people. All but `token` ask a running studio.
#[derive(Debug, Subcommand)]
pub enum UserVerb {
    /// Print a short-lived token with which its holder calls the service as an owner.
    Token,
    /// Add somebody to an organisation and print a link with which they choose their password.
    Add(NewPerson),
    /// Print a link that signs somebody in, once.
    Link(SignIn),
    /// Print a link with which somebody chooses a new password; their sessions end when they do.
    Reset(Somebody),
}

/// What can be done about organisations.
#[derive(Debug, Subcommand)]
pub enum OrganisationVerb {
    /// Add an organisation and print a link with which its first owner signs up.
    Add(NewOrganisation),
}

/// Where a running studio answers.
#[derive(Clone, Debug, Args)]
pub struct AtStudio {
    /// Address of the studio; that of the settings on this machine by default.
    #[arg(long)]
    pub url: Option<String>,
}

/// Somebody new.
#[derive(Debug, Args)]
pub struct NewPerson {
    /// E-mail address, with which they sign in.
    pub email: String,
    /// What others read.
    #[arg(long)]
    pub name: String,
    /// What they may do: owner, manager, editor or viewer.
    #[arg(long, default_value = "editor")]
    pub role: String,
    /// Id of the organisation; the first one by default.
    #[arg(long, value_name = "ID")]
    pub organisation: Option<String>,
    /// The studio.
    #[command(flatten)]
    pub at: AtStudio,
}

/// Whom to sign in.
#[derive(Debug, Args)]
pub struct SignIn {
    /// E-mail address of somebody who has an account.
    #[arg(
        required_unless_present = "first_owner",
        conflicts_with = "first_owner"
    )]
    pub email: Option<String>,
    /// A new link for the first owner, as long as nobody has become it.
    #[arg(long)]
    pub first_owner: bool,
    /// The studio.
    #[command(flatten)]
    pub at: AtStudio,
}

/// Somebody who has an account.
#[derive(Debug, Args)]
pub struct Somebody {
    /// E-mail address.
    pub email: String,
    /// The studio.
    #[command(flatten)]
    pub at: AtStudio,
}

/// A new organisation.
#[derive(Debug, Args)]
pub struct NewOrganisation {
    /// What others read.
    pub name: String,
    /// The studio.
    #[command(flatten)]
    pub at: AtStudio,
}

/// Where a running service answers.
#[derive(Debug, Args)]
pub struct At {
    /// Address of the service, for example http://127.0.0.1:8080.
    #[arg(long, env = "FLUXPRINT_SERVICE_URL")]
    pub url: String,
}

/// One file, end to end.
#[derive(Debug, Args)]
pub struct Smoke {
    /// Address of the service.
    #[arg(long, env = "FLUXPRINT_SERVICE_URL")]
    pub url: String,
    /// The STL or G-code to print.
    #[arg(long)]
    pub file: PathBuf,
    /// The material.
    #[arg(long, default_value = "PLA")]
    pub material: String,
    /// The quality: draft, standard, high or ultra.
    #[arg(long, default_value = "draft")]
    pub quality: String,
    /// Give up after so many seconds.
    #[arg(long, default_value_t = 1_800)]
    pub within_s: u64,
}

/// What can be set, for people who run the service.
pub const SETTINGS: &str = "\
Settings stand in the file of --config or in the environment, which counts more. Any key is also
FLUXPRINT__KEY or FLUXPRINT__SECTION__KEY in the environment.

  addr = \"127.0.0.1:8080\"   where HTTP is served (FLUXPRINT_ADDR, or HOST and PORT)
  metrics_addr              where /metrics is served; nowhere by default (FLUXPRINT_METRICS_ADDR)
  data = \"var\"              folder of databases, files and keys (FLUXPRINT_DATA, --data)
  database_url              owner of a PostgreSQL database; SQLite in `data` by default (DATABASE_URL)
  jwt_secret                shared secret of hosts that sign with HS256 (JWT_SECRET)
  secret_key                what programs on several machines share; the passwords of the database's
                            roles are made of it (SECRET_KEY)
  bridge_auth_token         token of one bridge that is not paired (BRIDGE_AUTH_TOKEN); make one with
                            `fluxprint bridge-token` and give it to that bridge too
  environment = \"development\"   or \"production\", where this machine is no address
                            (FLUXPRINT_ENVIRONMENT)
  studio_url                where people open the pages, and where `fluxprint service` finds the
                            studio's keys; this machine by default (FLUXSTUDIO_URL)
  service_url               where `fluxprint studio` finds the service (FLUXPRINT_SERVICE_URL)
  ws_url                    not needed any more: follows from service_url (FLUXPRINT_WS_URL)
  allowed_origins           further origins of the pages, with commas (ALLOWED_ORIGINS)
  allow_http = false        true: plain http outside this machine too (FLUXPRINT_ALLOW_HTTP)
  trusted_proxies           addresses of proxies in front, with commas; without them all who come
                            through a proxy share one caller's connections and limits
                            (FLUXPRINT_TRUSTED_PROXIES)
  security_contact          where to write about a hole, as mailto: or https:, published at
                            /.well-known/security.txt; nothing by default (FLUXPRINT_SECURITY_CONTACT)
  enabled = true            false: the first start puts printing on hold (FLUXPRINT_ENABLED)
  [slicer]
  program                   PrusaSlicer's program; looked for by its usual name by default
  time_s_max                longest time for one model, in seconds; by default what its size allows
  [limits]
  jobs_per_hour = 10        jobs a person may make in an hour
  open_jobs = 50            jobs of one person that are not over (FLUXPRINT_OPEN_JOBS)
  model_bytes = 200000000   bytes of a model
  gcode_bytes = 500000000   bytes of G-code
  other_bytes = 100000000   bytes of a file that is never printed
  quota_bytes = 10000000000 bytes of all files of an organisation
  calls_at_once = 256       ordinary calls worked on at the same time";
