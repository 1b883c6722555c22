//! The configuration: one TOML file and the environment, checked before anything starts.
//!
//! `FLUXPRINT__SECTION__KEY` sets any key; the short names that earlier installations know
//! (`DATABASE_URL`, `JWT_SECRET`, `HOST`, `PORT`, …) win over the file.

mod addresses;
mod rooms;
mod secrets;
#[cfg(test)]
mod tests;

use crate::problem::Problem;
use addresses::Stage;
use config::{Config, Environment, File, FileFormat};
use fluxprint_domain::limits;
use fluxprint_studio::limits as studio;
use secrecy::SecretString;
use serde::Deserialize;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

/// Everything that can be set.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Where HTTP is served.
    pub addr: SocketAddr,
    /// Where `/metrics` is served; nowhere by default.
    pub metrics_addr: Option<SocketAddr>,
    /// Folder of databases, blobs and keys.
    pub data: PathBuf,
    /// The migrating owner of a PostgreSQL database; SQLite in `data` by default.
    pub database_url: Option<SecretString>,
    /// The shared secret of hosts that sign with HS256.
    pub jwt_secret: Option<SecretString>,
    /// What programs on several machines share: the passwords of the database's roles are made of it.
    pub secret_key: Option<SecretString>,
    /// The token of one bridge that was never paired (`fluxprint bridge-token` makes one).
    pub bridge_auth_token: Option<SecretString>,
    /// Where the programs run: in production this machine is no address.
    pub environment: Stage,
    /// Where people open the pages, and where the service finds the studio's keys.
    pub studio_url: Option<String>,
    /// Where the studio finds the service, when that is another program.
    pub service_url: Option<String>,
    /// Was the service's address for sockets; now it follows from `service_url`.
    pub ws_url: Option<String>,
    /// Further origins of the studio's own pages.
    pub allowed_origins: Option<String>,
    /// Plain http is allowed outside this machine too.
    pub allow_http: bool,
    /// Proxies in front, whose word about callers' addresses is believed.
    pub trusted_proxies: Option<String>,
    /// Where somebody who has found a hole is to write.
    pub security_contact: Option<String>,
    /// Whether printing is switched on when the first start makes the organisation. Off means on
    /// hold: jobs wait until an owner releases it. Later starts change nothing.
    pub enabled: bool,
    /// The slicer.
    #[serde(default)]
    pub slicer: SlicerSettings,
    /// Limits an operator may want to change.
    pub limits: LimitSettings,
}

/// The slicer.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SlicerSettings {
    /// PrusaSlicer's program, an absolute path; looked for by its usual name by default.
    pub program: Option<PathBuf>,
    /// Longest time one model may take, in seconds; by default as long as its size allows, which is
    /// 3 to 15 minutes and never more.
    pub time_s_max: Option<NonZeroU32>,
}

/// Limits an operator may want to change.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitSettings {
    /// Jobs a person may make in an hour.
    pub jobs_per_hour: u32,
    /// Jobs of one person that are not over yet.
    pub open_jobs: u32,
    /// Bytes of a model.
    pub model_bytes: u64,
    /// Bytes of G-code.
    pub gcode_bytes: u64,
    /// Bytes of a file that is never printed.
    pub other_bytes: u64,
    /// Bytes of all files of an organisation.
    pub quota_bytes: u64,
    /// Ordinary calls worked on at the same time.
    pub calls_at_once: usize,
}

/// The names that earlier installations know, and the keys they set.
const SHORT_NAMES: [(&str, &str); 17] = [
    ("FLUXPRINT_ADDR", "addr"),
    ("FLUXPRINT_METRICS_ADDR", "metrics_addr"),
    ("FLUXPRINT_DATA", "data"),
    ("DATABASE_URL", "database_url"),
    ("JWT_SECRET", "jwt_secret"),
    ("SECRET_KEY", "secret_key"),
    ("BRIDGE_AUTH_TOKEN", "bridge_auth_token"),
    ("FLUXPRINT_ENVIRONMENT", "environment"),
    ("FLUXSTUDIO_URL", "studio_url"),
    ("FLUXPRINT_SERVICE_URL", "service_url"),
    ("FLUXPRINT_WS_URL", "ws_url"),
    ("ALLOWED_ORIGINS", "allowed_origins"),
    ("FLUXPRINT_ALLOW_HTTP", "allow_http"),
    ("FLUXPRINT_TRUSTED_PROXIES", "trusted_proxies"),
    ("FLUXPRINT_SECURITY_CONTACT", "security_contact"),
    ("FLUXPRINT_ENABLED", "enabled"),
    ("FLUXPRINT_OPEN_JOBS", "limits.open_jobs"),
];

impl Settings {
    /// Reads file and environment and checks what they say.
    ///
    /// # Errors
    /// A [`Problem`] that names the setting and never its value.
    pub fn load(
        file: Option<&Path>,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, Problem> {
        let read = Self::layers(file, variable).and_then(Config::try_deserialize::<Self>);
        let settings = read.map_err(|error| Problem::settings(&error))?;
        settings.check()?;
        Ok(settings)
    }

    fn layers(
        file: Option<&Path>,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Config, config::ConfigError> {
        let mut layers = Config::builder()
            .set_default("addr", "127.0.0.1:8080")?
            .set_default("data", "var")?
            .set_default("environment", "development")?
            .set_default("allow_http", false)?
            .set_default("enabled", true)?
            .set_default("limits.jobs_per_hour", i64::from(limits::JOBS_PER_HOUR))?
            .set_default("limits.open_jobs", i64::from(limits::OPEN_JOBS_MAX))?
            .set_default("limits.model_bytes", limits::MODEL_BYTES_MAX)?
            .set_default("limits.gcode_bytes", limits::GCODE_BYTES_MAX)?
            .set_default("limits.other_bytes", limits::OTHER_BYTES_MAX)?
            .set_default("limits.quota_bytes", studio::QUOTA_BYTES)?
            .set_default("limits.calls_at_once", default_calls())?;
        if let Some(file) = file {
            layers = layers.add_source(File::from(file).format(FileFormat::Toml));
        }
        layers = layers.add_source(
            Environment::with_prefix("FLUXPRINT")
                .prefix_separator("__")
                .separator("__")
                .try_parsing(true),
        );
        for (name, key) in SHORT_NAMES {
            layers = layers.set_override_option(key, variable(name))?;
        }
        if let (Some(host), Some(port)) = (variable("HOST"), variable("PORT")) {
            layers = layers.set_override("addr", format!("{host}:{port}"))?;
        }
        layers.build()
    }

    fn check(&self) -> Result<(), Problem> {
        for (name, secret) in [
            ("JWT_SECRET", &self.jwt_secret),
            ("SECRET_KEY", &self.secret_key),
        ] {
            secrets::not_published(name, secret.as_ref())?;
            secrets::long_enough(name, secret.as_ref())?;
        }
        secrets::not_published("BRIDGE_AUTH_TOKEN", self.bridge_auth_token.as_ref())?;
        secrets::made_by_us(self.bridge_auth_token.as_ref())?;
        secrets::not_published("DATABASE_URL", self.database_url.as_ref())
    }

    /// Folder of the signing keys.
    pub fn keys_dir(&self) -> PathBuf {
        self.data.join("keys")
    }
}

fn default_calls() -> i64 {
    i64::try_from(fluxprint_service::Limits::default().calls_at_once).unwrap_or(i64::MAX)
}
