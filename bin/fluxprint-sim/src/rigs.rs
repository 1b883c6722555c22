//! The verbs `real-octoprint` and `postgres`: real parts, started so that nobody else needs to know
//! how.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::Args;
use fluxprint_sim::postgres::{Postgres, PostgresOptions};
use fluxprint_sim::real_octoprint::{RealOctoPrint, RealOctoPrintConfig};
use serde_json::json;

use crate::ready_until_told;

/// `fluxprint-sim real-octoprint`.
#[derive(Args)]
pub struct RealOctoprint {
    /// OctoPrint's base folder, kept; a throw-away one by default.
    #[arg(long)]
    dir: Option<PathBuf>,
    /// Port on 127.0.0.1; 0 takes any free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Prints run as fast as OctoPrint can send lines: everything is hot, moves take no time.
    #[arg(long)]
    fast: bool,
}

impl RealOctoprint {
    pub async fn run(self) -> Result<()> {
        let throw_away = if self.dir.is_none() {
            Some(tempfile::tempdir()?)
        } else {
            None
        };
        let dir = self
            .dir
            .or_else(|| throw_away.as_ref().map(|dir| dir.path().to_owned()));
        let mut config = RealOctoPrintConfig::new(dir.context("no folder to work in")?);
        config.port = self.port;
        let mut octoprint = RealOctoPrint::start(&config)?;
        if self.fast {
            octoprint.speed_up()?;
        }
        let line = json!({
            "ready": true, "kind": "real-octoprint", "addr": octoprint.addr(),
            "url": octoprint.url(), "api_key": octoprint.api_key(),
        });
        ready_until_told(&line).await?;
        octoprint.stop();
        Ok(())
    }
}

/// `fluxprint-sim postgres`.
#[derive(Args)]
pub struct PostgresCluster {
    /// Where the cluster lives and stays; a throw-away one by default.
    #[arg(long)]
    dir: Option<PathBuf>,
    /// Wait for the disk at every commit, as production does.
    #[arg(long)]
    durable: bool,
    /// Make this database unless it is there, and name it in the address.
    #[arg(long)]
    database: Option<String>,
}

impl PostgresCluster {
    pub async fn run(self) -> Result<()> {
        let options = PostgresOptions {
            dir: self.dir,
            durable: self.durable,
        };
        let postgres = Postgres::start(&options)?;
        let url = match &self.database {
            Some(name) => {
                postgres.ensure_database(name)?;
                postgres.url(name)
            }
            None => postgres.shared_url(),
        };
        ready_until_told(&json!({"ready": true, "kind": "postgres", "url": url})).await
    }
}
