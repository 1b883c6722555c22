//! The service: its parts, its loops, and the program in which it is alone.

use crate::databases;
use crate::house::House;
use crate::own_bridge;
use crate::problem::Problem;
use crate::serving::{Port, Serving};
use crate::settings::Settings;
use crate::slicing;
use axum::Router;
use fluxprint_blobs::LocalBlobs;
use fluxprint_clock::SystemClock;
use fluxprint_domain::Clock;
use fluxprint_service::http::door::Trust;
use fluxprint_service::{Parts, Service, http};
use fluxprint_store::ServiceStore;
use fluxprint_tokens::{AUDIENCE, ISSUER, SharedSecret, Verifier};
use secrecy::ExposeSecret;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Longest wait for the studio's keys to begin to come.
const CONNECT: Duration = Duration::from_secs(5);

/// Runs the service alone, until SIGINT or SIGTERM. Whose tokens it believes the studio publishes.
///
/// # Errors
/// When a part that is needed cannot be used.
pub async fn run(settings: Settings, clock: Arc<SystemClock>) -> Result<(), Problem> {
    settings.notices(false);
    let trust = published(&settings)?;
    let house = House::open(&settings.keys_dir(), &clock)?;
    databases::migrate_postgres(&settings, &house, &clock).await?;
    let store = databases::service(&settings, &house, &clock).await?;
    own_bridge::provision(&settings, &store, &house, &clock).await?;
    let port = Port::open(settings.addr).await?;
    let addr = port.addr;
    let service = assemble(&settings, store.clone(), trust, (addr, &clock)).await?;
    let proxies = service.settings.trusted_proxies.clone();
    let routes = http::router(service.clone(), Router::new());
    let mut serving = Serving::begin(port, routes, proxies);
    begin(&mut serving, &service, &settings).await?;
    serving.until_told(addr).await;
    store.close().await;
    Ok(())
}

/// Starts the loops of the service.
///
/// # Errors
/// When the address of the metrics is taken.
pub async fn begin(
    serving: &mut Serving,
    service: &Arc<Service>,
    settings: &Settings,
) -> Result<(), Problem> {
    serving.with_room(&service.stopping, &service.sockets);
    let loops = &serving.loops;
    loops.spawn(fluxprint_service::worker::run(service.clone()));
    loops.spawn(fluxprint_service::dispatcher::run(service.clone()));
    loops.spawn(fluxprint_service::publisher::run(service.clone()));
    loops.spawn(fluxprint_service::chores::run(service.clone()));
    loops.spawn(fluxprint_service::alerts::run(service.clone()));
    if let Some(addr) = settings.metrics_addr {
        let metrics = http::health::metrics(service.clone());
        serving.with_metrics(addr, metrics).await?;
    }
    Ok(())
}

/// Puts the service together.
///
/// # Errors
/// When a part that is needed cannot be used.
pub async fn assemble(
    settings: &Settings,
    store: ServiceStore,
    trust: Trust,
    (addr, clock): (SocketAddr, &Arc<SystemClock>),
) -> Result<Arc<Service>, Problem> {
    let work_root = work_root(&settings.data)?;
    let shared: Arc<dyn Clock> = clock.clone();
    Ok(Arc::new(Service::new(Parts {
        clock: shared,
        store,
        blobs: Arc::new(blobs(settings.data.join("blobs"), clock)?),
        slicer: slicing::find(&settings.slicer).await,
        work_root,
        trust,
        settings: settings.of_service(addr)?,
    })))
}

/// Opens a folder of files.
///
/// # Errors
/// When it cannot be used.
pub fn blobs(folder: PathBuf, clock: &SystemClock) -> Result<LocalBlobs, Problem> {
    LocalBlobs::open(folder, clock.now()).map_err(|error| Problem::Part {
        part: "the file store",
        why: error.to_string(),
        remedy: "Check the data folder and who may write it",
    })
}

/// Believes the studio of this very house.
///
/// # Errors
/// When the shared secret is none.
pub fn of_the_house(settings: &Settings, house: &House) -> Result<Trust, Problem> {
    let verifier = Verifier::new(ISSUER, AUDIENCE).with_jwks(&house.keys.jwks());
    Ok(Trust::fixed(with_secret(verifier, settings)?))
}

/// Believes the keys that the studio publishes.
fn published(settings: &Settings) -> Result<Trust, Problem> {
    let url = settings.keys_url()?;
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT)
        .no_proxy()
        .build()
        .map_err(|error| Problem::Part {
            part: "the HTTP client",
            why: error.to_string(),
            remedy: "Check the certificates of this machine",
        })?;
    let verifier = with_secret(Verifier::new(ISSUER, AUDIENCE), settings)?;
    Ok(Trust::published(verifier, url, client))
}

fn with_secret(verifier: Verifier, settings: &Settings) -> Result<Verifier, Problem> {
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
