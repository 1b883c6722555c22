//! `fluxprint up`: studio, service and worker in one process on one port.

use crate::house::House;
use crate::one_port::one_port;
use crate::problem::Problem;
use crate::serving::{Port, Serving};
use crate::settings::Settings;
use crate::{databases, service, studio};
use axum::Router;
use fluxprint_clock::SystemClock;
use fluxprint_domain::Clock;
use fluxprint_store::{ServiceStore, StoreError, StudioStore};
use fluxprint_studio::Gateway;
use std::sync::Arc;

/// Name of the organisation that the first start makes.
const FIRST_ORGANISATION: &str = "Workshop";

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
    welcome(&settings, (&people, &prints), &house, &clock).await?;
    let trust = service::of_the_house(&settings, &house)?;
    let service = service::assemble(&settings, prints.clone(), trust, &clock).await?;
    let of_service = fluxprint_service::http::router(service.clone(), Router::new());
    let port = Port::open(settings.addr).await?;
    let addr = port.addr;
    let gateway = Gateway::inside(of_service.clone(), house.keys.minter(), clock.clone());
    let studio = studio::assemble(&settings, &house, people.clone(), gateway, addr, &clock)?;
    let routes = one_port(fluxprint_studio::router(studio.clone()), of_service);
    let mut serving = Serving::begin(port, routes);
    service::begin(&mut serving, &service, &settings).await?;
    studio::begin(&mut serving, &studio);
    serving.until_told(addr).await;
    prints.close().await;
    people.close().await;
    Ok(())
}

/// Makes the first organisation, with printing switched on or off as the settings say. The studio's
/// outbox will carry it over once there are two programs.
async fn welcome(
    settings: &Settings,
    (people, prints): (&StudioStore, &ServiceStore),
    house: &House,
    clock: &SystemClock,
) -> Result<(), Problem> {
    const WHO: &str = "fluxprint up";
    let (id, now) = (house.organisation, clock.now());
    let organisations = prints.organisations();
    let made = async {
        people
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
