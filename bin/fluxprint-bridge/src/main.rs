//! `fluxprint-bridge`: wires the bridge to the system's clock, OctoPrint and the terminal.

mod arguments;
mod pairing;
mod status;

use arguments::{Arguments, Verb};
use clap::Parser;
use fluxprint_bridge::camera::Cameras;
use fluxprint_bridge::config::{Config, PrinterConfig};
use fluxprint_bridge::limits::Pace;
use fluxprint_bridge::{Bridge, BridgeError, Credentials, OwnPrinter, Service};
use fluxprint_clock::SystemClock;
use fluxprint_domain::Clock;
use fluxprint_printers::octoprint::OctoPrint;
use std::io::IsTerminal;
use std::process::ExitCode;
use std::sync::Arc;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    // First thing: everything that speaks TLS uses this one provider. Only a second call can fail.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let arguments = Arguments::parse();
    log_to_stderr(arguments.log_json);
    let runtime = match tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("The bridge cannot start: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(carry_out(arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}\n{} [{}]", error.remedy(), error.code());
            ExitCode::from(error.exit_code())
        }
    }
}

/// The log is for people on a terminal and for machines elsewhere; `RUST_LOG` chooses how much.
fn log_to_stderr(json: bool) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_target(false)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    if json {
        log.json().init();
    } else {
        log.init();
    }
}

async fn carry_out(arguments: Arguments) -> Result<(), BridgeError> {
    let file = arguments.config.as_deref();
    let config = Config::read(file, &|name| std::env::var(name).ok())?;
    match arguments.verb {
        Verb::Pair { code, name } => pairing::pair(config, code.as_deref(), name).await,
        Verb::Run => run(config).await,
        Verb::Status { json } => status::show(&config.data, clock(), json).await,
    }
}

fn clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock::new())
}

async fn run(config: Config) -> Result<(), BridgeError> {
    if config.printers.is_empty() {
        return Err(BridgeError::Config(
            "there is no printer: set OCTOPRINT_URL and OCTOPRINT_API_KEY, or name printers in the file".into(),
        ));
    }
    let clock = clock();
    let own = Credentials::open(&config.data, config.token, clock.as_ref())?;
    let service = Service::new(config.api_url, Some(Arc::new(own)))?;
    let cameras = Cameras::told(&config.printers);
    let printers: Result<Vec<_>, _> = config
        .printers
        .into_iter()
        .map(|told| own_printer(told, &clock))
        .collect();
    let bridge = Bridge::new(&config.data, service, printers?, clock, Pace::default()).await?;
    let bridge = bridge.with_cameras(cameras);
    let stop = CancellationToken::new();
    tokio::spawn(stop_on_signal(stop.clone()));
    tokio::spawn(say_ready(bridge.opened()));
    bridge.run(stop).await;
    Ok(())
}

fn own_printer(told: PrinterConfig, clock: &Arc<dyn Clock>) -> Result<OwnPrinter, BridgeError> {
    let printer = OctoPrint::new(told.url, told.key, clock.clone()).map_err(|error| {
        BridgeError::Config(format!("printer {:?}: {}", told.name, error.sentence()))
    })?;
    Ok(OwnPrinter {
        name: told.name,
        build: told.build,
        limits: told.limits,
        is_virtual: told.is_virtual,
        printer: Arc::new(printer),
    })
}

/// One line for whoever supervises us, when the first session is open.
async fn say_ready(mut opened: tokio::sync::watch::Receiver<Option<fluxprint_bridge::Opened>>) {
    if let Ok(open) = opened.wait_for(Option::is_some).await
        && let Some(open) = *open
    {
        println!(
            "{}",
            serde_json::json!({ "ready": true, "bridge": open.bridge, "session": open.session })
        );
    }
}

async fn stop_on_signal(stop: CancellationToken) {
    let (Ok(mut term), Ok(mut int)) = (
        signal(SignalKind::terminate()),
        signal(SignalKind::interrupt()),
    ) else {
        tracing::error!(
            "signals cannot be heard; end the bridge with SIGKILL, which is just as safe"
        );
        return;
    };
    tokio::select! {
        _ = term.recv() => {}
        _ = int.recv() => {}
    }
    tracing::info!("stopping; prints go on");
    stop.cancel();
}
