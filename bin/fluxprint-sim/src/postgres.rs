//! `fluxprint-sim postgres`: a throw-away PostgreSQL for a test run or a demo.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use fluxprint_sim::postgres::{Postgres, PostgresOptions};

use crate::ending::until_told_to_end;

/// Starts PostgreSQL on a free port of 127.0.0.1 and prints one JSON line once it answers.
///
/// The line is `{"ready":true,"url":"postgres://…"}`; add `/DATABASE` to the address. Ends on Ctrl-C.
#[derive(Debug, Args)]
pub struct PostgresArgs {
    /// Keep the data in this folder instead of throwing it away at the end.
    #[arg(long)]
    dir: Option<PathBuf>,
    /// Wait for the disk at every commit, as in production; slower.
    #[arg(long)]
    durable: bool,
    /// Also make this database, unless it is there.
    #[arg(long)]
    database: Option<String>,
}

/// Runs the verb until the program is told to end.
///
/// # Errors
/// When PostgreSQL is missing or does not start.
pub async fn run(args: PostgresArgs) -> Result<()> {
    let postgres = Postgres::start(&PostgresOptions { dir: args.dir, durable: args.durable })?;
    let mut url = postgres.shared_url();
    if let Some(name) = args.database {
        postgres.ensure_database(&name)?;
        url = postgres.url(&name);
    }
    println!("{}", serde_json::json!({ "ready": true, "url": url }));
    until_told_to_end().await
}
