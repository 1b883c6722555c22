//! `fluxprint up`: service and worker in one process.

use crate::databases::{self, Databases};
use crate::house::House;
use crate::problem::Problem;
use crate::settings::Settings;
use crate::slicing;
use fluxprint_blobs::LocalBlobs;
use fluxprint_clock::SystemClock;
use fluxprint_domain::Clock;
use fluxprint_service::http::door::Trust;
use fluxprint_service::{Parts, Service, http};
use fluxprint_store::StoreError;
use fluxprint_tokens::{AUDIENCE, ISSUER, SharedSecret, Verifier};
use secrecy::ExposeSecret;
use std::future::Future;
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::task::TaskTracker;

/// Name of the organisation that the first start makes.
const FIRST_ORGANISATION: &str = "Workshop";
/// How long open calls and sockets may take to end.
const DRAIN: Duration = Duration::from_secs(10);

/// Runs until SIGINT or SIGTERM.
///
/// # Errors
/// When a part that is needed cannot be used.
pub async fn run(settings: Settings, clock: Arc<SystemClock>) -> Result<(), Problem> {
    let house = House::open(&settings.keys_dir(), &clock)?;
    let databases = Databases::open(&settings, &house, &clock).await?;
    welcome(&settings, &databases, &house, &clock).await?;
    let service = assemble(&settings, &house, &databases, &clock).await?;
    let listener = listen(settings.addr).await?;
    let addr = listener
        .local_addr()
        .map_err(|error| unusable(settings.addr, &error))?;
    let loops = TaskTracker::new();
    loops.spawn(fluxprint_service::worker::run(service.clone()));
    loops.spawn(fluxprint_service::dispatcher::run(service.clone()));
    loops.spawn(fluxprint_service::publisher::run(service.clone()));
    loops.spawn(fluxprint_service::chores::run(service.clone()));
    if let Some(addr) = settings.metrics_addr {
        let metrics = http::health::metrics(service.clone());
        let stopping = service.stopping.clone();
        let listener = listen(addr).await?;
        loops.spawn(async move {
            let _ = axum::serve(listener, metrics)
                .with_graceful_shutdown(stopping.cancelled_owned())
                .await;
        });
    }
    let routes = http::router(service.clone(), fluxprint_studio::published(&house.keys));
    let serving = tokio::spawn(fluxprint_http::serve(listener, routes, service.stopping.clone()));
    announce(addr);
    told_to_end().await;
    tracing::info!("ending: no new calls, open ones are finished");
    service.stopping.cancel();
    loops.close();
    service.sockets.close();
    let _ = tokio::time::timeout(DRAIN, async {
        loops.wait().await;
        service.sockets.wait().await;
        let _ = serving.await;
    })
    .await;
    databases.service.close().await;
    databases.studio.close().await;
    Ok(())
}

/// Makes the first organisation, with printing switched on or off as the settings say. The studio's
/// outbox will carry it over once there are two programs.
async fn welcome(
    settings: &Settings,
    databases: &Databases,
    house: &House,
    clock: &SystemClock,
) -> Result<(), Problem> {
    const WHO: &str = "fluxprint up";
    let (id, now) = (house.organisation, clock.now());
    let organisations = databases.service.organisations();
    let made = async {
        databases
            .studio
            .ensure_organisation(id, FIRST_ORGANISATION, WHO, now)
            .await?;
        let is_new = matches!(organisations.get(id).await, Err(StoreError::NotFound));
        organisations.ensure(id, FIRST_ORGANISATION, now).await?;
        if is_new && !settings.enabled {
            organisations.set_hold(id, true, WHO, now).await?;
        }
        Ok(())
    };
    made.await
        .map_err(|error: StoreError| databases::problem(&error))
}

async fn assemble(
    settings: &Settings,
    house: &House,
    databases: &Databases,
    clock: &Arc<SystemClock>,
) -> Result<Arc<Service>, Problem> {
    let work_root = work_root(&settings.data)?;
    let blobs = LocalBlobs::open(settings.data.join("blobs"), clock.now());
    let blobs = blobs.map_err(|error| Problem::Part {
        part: "the file store",
        why: error.to_string(),
        remedy: "Check the data folder and who may write it",
    })?;
    let shared: Arc<dyn Clock> = clock.clone();
    Ok(Arc::new(Service::new(Parts {
        clock: shared,
        store: databases.service.clone(),
        blobs: Arc::new(blobs),
        slicer: slicing::find(&settings.slicer).await,
        work_root,
        trust: Trust::fixed(verifier(settings, house)?),
        settings: settings.of_service(),
    })))
}

fn verifier(settings: &Settings, house: &House) -> Result<Verifier, Problem> {
    let verifier = Verifier::new(ISSUER, AUDIENCE).with_jwks(&house.keys.jwks());
    let Some(secret) = &settings.jwt_secret else {
        return Ok(verifier);
    };
    let wrong = |_| Problem::ShortSecret("JWT_SECRET");
    let secret = SharedSecret::new(secret.expose_secret().as_bytes()).map_err(wrong)?;
    verifier.with_secrets(&[secret]).map_err(wrong)
}

/// The folder that tasks work in; each has its own inside.
fn work_root(data: &Path) -> Result<PathBuf, Problem> {
    let root = data.join("work");
    let made = std::fs::create_dir_all(&root).and_then(|()| root.canonicalize());
    made.map_err(|why| Problem::File { path: root, why })
}

async fn listen(addr: SocketAddr) -> Result<TcpListener, Problem> {
    TcpListener::bind(addr)
        .await
        .map_err(|error| unusable(addr, &error))
}

fn unusable(addr: SocketAddr, error: &std::io::Error) -> Problem {
    Problem::Part {
        part: "the address to listen on",
        why: format!("{addr}: {error}"),
        remedy: "Set FLUXPRINT_ADDR to an address of this machine that nobody else uses",
    }
}

/// One line of JSON for whoever started us.
fn announce(addr: SocketAddr) {
    let line = serde_json::json!({ "ready": true, "url": format!("http://{addr}") });
    let mut out = std::io::stdout().lock();
    // Nobody reads it: then nobody is missing it.
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
    tracing::info!(%addr, "ready");
}

fn told_to_end() -> impl Future<Output = ()> {
    let signals = [SignalKind::interrupt(), SignalKind::terminate()].map(signal);
    async move {
        let [Ok(mut interrupt), Ok(mut terminate)] = signals else {
            tracing::error!("signals cannot be listened to");
            return;
        };
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    }
}
