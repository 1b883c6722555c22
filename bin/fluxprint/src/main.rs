//! `fluxprint`: wires the rooms together, and the owner's tools.

mod bridge_code;
mod cli;
mod client;
mod databases;
mod doctor;
mod first_owner;
mod house;
mod one_port;
mod own_bridge;
mod people;
mod problem;
mod service;
mod serving;
mod settings;
mod slicing;
mod smoke;
mod studio;
mod up;

use clap::Parser;
use cli::{Cli, Verb};
use fluxprint_clock::SystemClock;
use house::House;
use problem::Problem;
use settings::Settings;
use std::process::ExitCode;
use std::sync::Arc;
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(filter)
        .init();
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let done = match runtime {
        Ok(runtime) => runtime.block_on(run(cli)),
        Err(why) => Err(Problem::Part {
            part: "the runtime",
            why: why.to_string(),
            remedy: "Check the limits of threads and open files",
        }),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("fluxprint: {problem}");
            ExitCode::from(problem.exit_code())
        }
    }
}

async fn run(cli: Cli) -> Result<(), Problem> {
    let clock = Arc::new(SystemClock::new());
    let mut settings = Settings::load(cli.config.as_deref(), |name| std::env::var(name).ok())?;
    if let Some(data) = cli.data {
        settings.data = data;
    }
    let house = || House::open(&settings.keys_dir(), &clock);
    match cli.verb {
        Verb::Up => up::run(settings, clock).await,
        Verb::Studio => studio::run(settings, clock).await,
        Verb::Service => service::run(settings, clock).await,
        Verb::Migrate => databases::migrate_postgres(&settings, &house()?, &clock).await,
        Verb::Doctor { json } => doctor::run(json, &settings, house()?, &clock).await,
        Verb::User(verb) => people::user(verb, &settings, house()?).await,
        Verb::Organisation(verb) => people::organisation(verb, &settings, house()?).await,
        Verb::BridgeCode(at) => bridge_code::run(&at.url, house()?).await,
        Verb::BridgeToken => {
            own_bridge::print_token(&clock);
            Ok(())
        }
        Verb::Smoke(smoke) => smoke::run(&smoke, house()?, &clock).await,
        Verb::Openapi { room } => {
            let text = match room {
                cli::Room::Studio => fluxprint_studio::http::description(),
                cli::Room::Service => fluxprint_service::http::description(),
            };
            print!("{text}");
            Ok(())
        }
    }
}
