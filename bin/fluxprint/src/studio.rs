//! The studio: its parts, its loops, and the program in which it is alone.

use crate::databases;
use crate::house::House;
use crate::problem::Problem;
use crate::service::blobs;
use crate::serving::{Port, Serving};
use crate::settings::Settings;
use fluxprint_clock::SystemClock;
use fluxprint_domain::Clock;
use fluxprint_store::StudioStore;
use fluxprint_studio::{Gateway, Parts, Studio};
use std::net::SocketAddr;
use std::sync::Arc;

/// Runs the studio alone, until SIGINT or SIGTERM; the service is another program.
///
/// # Errors
/// When a part that is needed cannot be used.
pub async fn run(settings: Settings, clock: Arc<SystemClock>) -> Result<(), Problem> {
    settings.notices(false);
    settings.of_studio(settings.addr)?;
    settings.service_url()?;
    let house = House::open(&settings.keys_dir(), &clock)?;
    let gateway = outside(&settings, &house, &clock)?;
    databases::migrate_postgres(&settings, &house, &clock).await?;
    let store = databases::studio(&settings, &house, &clock).await?;
    let port = Port::open(settings.addr).await?;
    let addr = port.addr;
    let studio = assemble(&settings, &house, store.clone(), gateway, addr, &clock)?;
    let mut serving = Serving::begin(port, fluxprint_studio::router(studio.clone()));
    begin(&mut serving, &studio);
    serving.until_told(addr).await;
    store.close().await;
    Ok(())
}

/// Starts the loops of the studio.
pub fn begin(serving: &mut Serving, studio: &Arc<Studio>) {
    serving.with_room(&studio.stopping, &studio.sockets);
}

/// Puts the studio together, which will be served at `addr`.
///
/// # Errors
/// When a part that is needed cannot be used.
pub fn assemble(
    settings: &Settings,
    house: &House,
    store: StudioStore,
    gateway: Gateway,
    addr: SocketAddr,
    clock: &Arc<SystemClock>,
) -> Result<Arc<Studio>, Problem> {
    let shared: Arc<dyn Clock> = clock.clone();
    Ok(Arc::new(Studio::new(Parts {
        clock: shared,
        store,
        blobs: Arc::new(blobs(settings.data.join("files"), clock)?),
        keys: house.keys.clone(),
        gateway,
        settings: settings.of_studio(addr)?,
    })))
}

fn outside(
    settings: &Settings,
    house: &House,
    clock: &Arc<SystemClock>,
) -> Result<Gateway, Problem> {
    let gateway = Gateway::outside(settings.service_url()?, house.keys.minter(), clock.clone());
    gateway.map_err(|error| Problem::Part {
        part: "the way to the service",
        why: error.to_string(),
        remedy: "Correct FLUXPRINT_SERVICE_URL, and check the certificates of this machine",
    })
}
