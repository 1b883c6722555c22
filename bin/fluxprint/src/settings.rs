//! The configuration: one TOML file and the environment, checked before anything starts.
//!
//! `FLUXPRINT__SECTION__KEY` sets any key; the short names that earlier installations know
//! (`DATABASE_URL`, `JWT_SECRET`, `HOST`, `PORT`, …) win over the file.

use crate::problem::Problem;
use config::{Config, Environment, File, FileFormat};
use fluxprint_domain::Sha256;
use fluxprint_domain::limits;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use sha2::Digest;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

/// The hashes of secrets that were printed in public and are refused wherever they turn up (S-31).
const PUBLISHED: &str = include_str!("published-secrets.sha256");
/// Fewest bytes of a shared secret.
const SECRET_BYTES_MIN: usize = 32;

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
    /// Ordinary calls worked on at the same time.
    pub calls_at_once: usize,
}

/// The names that earlier installations know, and the keys they set.
const SHORT_NAMES: [(&str, &str); 7] = [
    ("FLUXPRINT_ADDR", "addr"),
    ("FLUXPRINT_METRICS_ADDR", "metrics_addr"),
    ("FLUXPRINT_DATA", "data"),
    ("DATABASE_URL", "database_url"),
    ("JWT_SECRET", "jwt_secret"),
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
            .set_default("enabled", true)?
            .set_default("limits.jobs_per_hour", i64::from(limits::JOBS_PER_HOUR))?
            .set_default("limits.open_jobs", i64::from(limits::OPEN_JOBS_MAX))?
            .set_default("limits.model_bytes", limits::MODEL_BYTES_MAX)?
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
        let secrets = [
            ("JWT_SECRET", &self.jwt_secret),
            ("DATABASE_URL", &self.database_url),
        ];
        for (name, secret) in secrets {
            if secret
                .as_ref()
                .is_some_and(|secret| is_published(secret.expose_secret()))
            {
                return Err(Problem::PublishedSecret(name));
            }
        }
        match &self.jwt_secret {
            Some(secret) if secret.expose_secret().len() < SECRET_BYTES_MIN => {
                Err(Problem::ShortSecret("JWT_SECRET"))
            }
            _ => Ok(()),
        }
    }

    /// What of it the service's own room needs.
    pub fn of_service(&self) -> fluxprint_service::Settings {
        fluxprint_service::Settings {
            limits: fluxprint_service::Limits {
                jobs_per_hour: self.limits.jobs_per_hour,
                open_jobs: self.limits.open_jobs,
                model_bytes: self.limits.model_bytes,
                calls_at_once: self.limits.calls_at_once,
                ..fluxprint_service::Limits::default()
            },
            ..fluxprint_service::Settings::default()
        }
    }

    /// Folder of the signing keys.
    pub fn keys_dir(&self) -> PathBuf {
        self.data.join("keys")
    }
}

fn default_calls() -> i64 {
    i64::try_from(fluxprint_service::Limits::default().calls_at_once).unwrap_or(i64::MAX)
}

fn is_published(secret: &str) -> bool {
    let hash = Sha256(sha2::Sha256::digest(secret.as_bytes()).into()).to_string();
    PUBLISHED
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .any(|known| known == hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(pairs: &[(&str, &str)]) -> Result<Settings, Problem> {
        let pairs: Vec<_> = pairs
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect();
        Settings::load(None, move |name| {
            pairs
                .iter()
                .find(|(k, _)| k == name)
                .map(|(_, v)| v.clone())
        })
    }

    #[test]
    fn without_any_setting_it_serves_this_machine_only_from_a_local_folder() {
        let settings = with(&[]).unwrap();
        assert!(settings.addr.ip().is_loopback());
        assert!(settings.database_url.is_none());
        assert_eq!(settings.limits.jobs_per_hour, limits::JOBS_PER_HOUR);
    }

    #[test]
    fn the_short_names_are_honoured() {
        let settings = with(&[
            ("HOST", "127.0.0.1"),
            ("PORT", "5001"),
            ("FLUXPRINT_DATA", "/x"),
        ])
        .unwrap();
        assert_eq!(
            (settings.addr.port(), settings.data),
            (5001, PathBuf::from("/x"))
        );
    }

    #[test]
    fn a_short_secret_is_refused_by_name_and_never_shown() {
        let refused = with(&[("JWT_SECRET", "tooshort")]).unwrap_err().to_string();
        assert!(
            refused.contains("JWT_SECRET") && !refused.contains("tooshort"),
            "{refused}"
        );
    }

    #[test]
    fn a_value_that_makes_no_sense_is_refused_with_the_name_of_its_setting() {
        let refused = with(&[("FLUXPRINT_ADDR", "nonsense")])
            .unwrap_err()
            .to_string();
        assert!(refused.contains("addr"), "{refused}");
    }

    #[test]
    fn the_help_names_every_short_name_and_the_true_defaults() {
        let help = crate::cli::SETTINGS;
        for (name, key) in SHORT_NAMES {
            let key = key.rsplit('.').next().unwrap();
            assert!(
                help.contains(name) && help.contains(&format!("  {key}")),
                "{name}"
            );
        }
        let defaults = with(&[]).unwrap().limits;
        for (key, default) in [
            ("jobs_per_hour", u64::from(defaults.jobs_per_hour)),
            ("open_jobs", u64::from(defaults.open_jobs)),
            ("model_bytes", defaults.model_bytes),
            ("calls_at_once", defaults.calls_at_once as u64),
        ] {
            assert!(help.contains(&format!("  {key} = {default} ")), "{key}");
        }
    }

    #[test]
    fn printing_starts_switched_on_unless_it_is_said_otherwise() {
        assert!(with(&[]).unwrap().enabled);
        assert!(!with(&[("FLUXPRINT_ENABLED", "false")]).unwrap().enabled);
        let refused = with(&[("FLUXPRINT_ENABLED", "perhaps")])
            .unwrap_err()
            .to_string();
        assert!(refused.contains("enabled"), "{refused}");
    }

    #[test]
    fn the_slicer_is_found_by_itself_and_may_be_set_in_the_file() {
        assert!(with(&[]).unwrap().slicer.program.is_none());
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("fluxprint.toml");
        std::fs::write(
            &file,
            "[slicer]\nprogram = \"/opt/prusa-slicer\"\ntime_s_max = 90\n",
        )
        .unwrap();
        let slicer = Settings::load(Some(&file), |_| None).unwrap().slicer;
        assert_eq!(slicer.program, Some(PathBuf::from("/opt/prusa-slicer")));
        assert_eq!(slicer.time_s_max.map(NonZeroU32::get), Some(90));
        std::fs::write(&file, "[slicer]\ntime_s_max = 0\n").unwrap();
        let refused = Settings::load(Some(&file), |_| None)
            .unwrap_err()
            .to_string();
        assert!(refused.contains("time_s_max"), "{refused}");
    }

    #[test]
    fn a_secret_whose_hash_was_published_is_recognised() {
        assert_eq!(
            PUBLISHED
                .lines()
                .filter(|line| !line.starts_with('#'))
                .count(),
            4
        );
        assert!(!is_published("a secret of our own that nobody has printed"));
    }
}
