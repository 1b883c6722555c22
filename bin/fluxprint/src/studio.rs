//! The studio: its parts, its loops, and the program in which it is alone.

use crate::databases;
use crate::first_owner;
use crate::house::House;
use crate::problem::Problem;
use crate::service::blobs;
use crate::serving::{Port, Serving};
use crate::settings::Settings;
use fluxprint_clock::SystemClock;
use fluxprint_domain::Clock;
use fluxprint_domain::id::Id;
use fluxprint_store::{StoreError, StudioStore};
use fluxprint_studio::{Gateway, Parts, Studio};
use std::net::SocketAddr;
use std::sync::Arc;

/// Name of the organisation that the first start makes.
pub const FIRST_ORGANISATION: &str = "Workshop";
/// Who makes it, in the audit.
pub const WHO: &str = "fluxprint";

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
    let is_new = welcome(&settings, &store, &house, &clock).await?;
    let port = Port::open(settings.addr).await?;
    let addr = port.addr;
    let studio = assemble(&settings, &house, store.clone(), gateway, addr, &clock)?;
    let proxies = studio.settings.trusted_proxies.clone();
    let routes = fluxprint_studio::router(studio.clone());
    let mut serving = Serving::begin(port, routes, proxies);
    begin(&mut serving, &studio);
    first_owner::tell(&studio, &house, is_new).await?;
    serving.until_told(addr).await;
    store.close().await;
    Ok(())
}

/// Makes the first organisation at the first start, with printing switched on or off as the settings
/// say; whether this was it.
///
/// # Errors
/// Those of the database.
pub async fn welcome(
    settings: &Settings,
    store: &StudioStore,
    house: &House,
    clock: &SystemClock,
) -> Result<bool, Problem> {
    let made = async {
        let is_new = store.organisations().await?.is_empty();
        let (id, now) = (house.organisation, clock.now());
        store
            .ensure_organisation(id, FIRST_ORGANISATION, WHO, now)
            .await?;
        let errand = Id::new(now, clock.random());
        store.flag(id).begin(settings.enabled, errand, now).await?;
        Ok(is_new)
    };
    made.await
        .map_err(|error: StoreError| databases::problem(&error))
}

/// Starts the loops of the studio.
pub fn begin(serving: &mut Serving, studio: &Arc<Studio>) {
    serving.with_room(&studio.stopping, &studio.sockets);
    let loops = &serving.loops;
    loops.spawn(fluxprint_studio::handover::run(studio.clone()));
    loops.spawn(fluxprint_studio::live::run(studio.clone()));
    loops.spawn(fluxprint_studio::chores::run(studio.clone()));
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
