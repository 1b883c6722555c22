//! The words of the command line.

use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

/// FluxPrint: from a model to a part, once.
///
/// Exit codes: 0 done · 1 something unexpected · 2 a setting is wrong · 3 a part that is needed is
/// missing · 4 a print did not succeed.
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
    /// Run everything in one process: service and worker.
    Up,
    /// Make or update the tables of a PostgreSQL database, then end.
    Migrate,
    /// People.
    #[command(subcommand)]
    User(UserVerb),
    /// Print a one-time code with which a bridge is paired (`fluxprint-bridge pair`).
    BridgeCode(At),
    /// Print one file end to end and show it live.
    Smoke(Smoke),
    /// Print the OpenAPI document of the service.
    Openapi,
}

/// What can be done about people.
#[derive(Debug, Subcommand)]
pub enum UserVerb {
    /// Print a short-lived token with which its holder speaks as the owner.
    Token,
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
