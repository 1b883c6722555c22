//! `BRIDGE_AUTH_TOKEN`: the credential of exactly one bridge, given by whoever runs both. The first
//! device key that comes with it is bound to it.

use crate::databases;
use crate::house::House;
use crate::problem::Problem;
use crate::settings::Settings;
use fluxprint_clock::SystemClock;
use fluxprint_domain::Clock;
use fluxprint_domain::id::BridgeId;
use fluxprint_store::{ServiceStore, StoreError};
use fluxprint_tokens::bearer::{self, Bearer};
use secrecy::ExposeSecret;

/// What people see until somebody renames it.
const NAME: &str = "bridge";

/// Makes the bridge of the operator's token, once. One that was shut out stays out.
///
/// # Errors
/// Those of the database.
pub async fn provision(
    settings: &Settings,
    store: &ServiceStore,
    house: &House,
    clock: &SystemClock,
) -> Result<(), Problem> {
    let Some(token) = &settings.bridge_auth_token else {
        return Ok(());
    };
    let (hash, now) = (bearer::hash(token.expose_secret()), clock.now());
    let made = async {
        match store.bridge_provisioned(hash).await? {
            Some(known) if known.revoked_at.is_some() => {
                tracing::warn!(
                    "BRIDGE_AUTH_TOKEN belongs to a bridge that was shut out; make another one with: fluxprint bridge-token"
                );
            }
            Some(_) => {}
            None => {
                let (org, id) = (house.organisation, BridgeId::fresh(clock));
                let organisations = store.organisations();
                organisations.ensure(org, &org.to_string(), now).await?;
                let new = (id, NAME);
                store.provision_bridge(org, new, hash, now).await?;
            }
        }
        Ok(())
    };
    made.await
        .map_err(|error: StoreError| databases::problem(&error))
}

/// Prints a new token, for the environment of the service and of one bridge.
pub fn print_token(clock: &SystemClock) {
    println!("{}", Bearer::mint(bearer::BRIDGE, clock).text());
}
