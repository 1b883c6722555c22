//! `fluxprint up`: studio, service and worker in one process on one port.

use crate::house::House;
use crate::one_port::one_port;
use crate::own_bridge;
use crate::problem::Problem;
use crate::serving::{Port, Serving};
use crate::settings::Settings;
use crate::studio::{FIRST_ORGANISATION, WHO};
use crate::{databases, first_owner, service, studio};
use axum::Router;
use fluxprint_clock::SystemClock;
use fluxprint_domain::Clock;
use fluxprint_store::{ServiceStore, StoreError};
use fluxprint_studio::Gateway;
use std::sync::Arc;

/// Runs until SIGINT or SIGTERM.
///
/// # Errors
/// When a part that is needed cannot be used.
pub async fn run(settings: Settings, clock: Arc<SystemClock>) -> Result<(), Problem> {
    settings.notices(true);
    settings.of_studio(settings.addr)?;
    let house = House::open(&settings.keys_dir(), &clock)?;
    databases::migrate_postgres(&settings, &house, &clock).await?;
    let people = databases::studio(&settings, &house, &clock).await?;
    let prints = databases::service(&settings, &house, &clock).await?;
    let is_new = studio::welcome(&settings, &people, &house, &clock).await?;
    introduce(&settings, &prints, &house, &clock).await?;
    let trust = service::of_the_house(&settings, &house)?;
    own_bridge::provision(&settings, &prints, &house, &clock).await?;
    let port = Port::open(settings.addr).await?;
    let addr = port.addr;
    let at = (addr, &clock);
    let service = service::assemble(&settings, prints.clone(), trust, at).await?;
    let of_service = fluxprint_service::http::router(service.clone(), Router::new());
    let gateway = Gateway::inside(of_service.clone(), house.keys.minter(), clock.clone());
    let studio = studio::assemble(&settings, &house, people.clone(), gateway, addr, &clock)?;
    let of_studio = fluxprint_studio::router(studio.clone());
    let proxies = studio.settings.trusted_proxies.clone();
    let mut serving = Serving::begin(port, one_port(of_studio, of_service), proxies);
    service::begin(&mut serving, &service, &settings).await?;
    studio::begin(&mut serving, &studio);
    first_owner::tell(&studio, &house, is_new).await?;
    serving.until_told(addr).await;
    prints.close().await;
    people.close().await;
    Ok(())
}

/// The service of this process learns of the first organisation before the first call, with
/// printing switched on or off as the settings say.
async fn introduce(
    settings: &Settings,
    prints: &ServiceStore,
    house: &House,
    clock: &SystemClock,
) -> Result<(), Problem> {
    let (id, now) = (house.organisation, clock.now());
    let organisations = prints.organisations();
    let made = async {
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
