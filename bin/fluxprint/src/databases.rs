//! Opens the two databases: SQLite in the data folder, or PostgreSQL where `DATABASE_URL` says.

use crate::house::House;
use crate::problem::Problem;
use crate::settings::Settings;
use fluxprint_clock::SystemClock;
use fluxprint_store::{Config, LoginPasswords, ServiceStore, StoreError, StudioStore, migrate};
use ring::hmac;
use secrecy::ExposeSecret;

/// Opens the studio's database: people, projects and files.
///
/// # Errors
/// When it cannot be reached.
pub async fn studio(
    settings: &Settings,
    house: &House,
    clock: &SystemClock,
) -> Result<StudioStore, Problem> {
    let config = config(settings, house, clock, |passwords| passwords.studio)?;
    let store = StudioStore::open(&config).await;
    store.map_err(|error| problem(&error))
}

/// Opens the service's database: printers and jobs.
///
/// # Errors
/// When it cannot be reached.
pub async fn service(
    settings: &Settings,
    house: &House,
    clock: &SystemClock,
) -> Result<ServiceStore, Problem> {
    let config = config(settings, house, clock, |passwords| passwords.service)?;
    let store = ServiceStore::open(&config).await;
    store.map_err(|error| problem(&error))
}

/// Opens the service's database only to look at it, also while the service has it open.
///
/// # Errors
/// When it is not there or cannot be reached.
pub async fn service_to_read(
    settings: &Settings,
    house: &House,
    clock: &SystemClock,
) -> Result<ServiceStore, Problem> {
    let config = config(settings, house, clock, |passwords| passwords.service)?;
    let store = ServiceStore::open_to_read(&config).await;
    store.map_err(|error| problem(&error))
}

/// Makes or updates the tables of a PostgreSQL database; nothing to do for SQLite.
///
/// # Errors
/// When the database does not allow it.
pub async fn migrate_postgres(
    settings: &Settings,
    house: &House,
    clock: &SystemClock,
) -> Result<(), Problem> {
    let Some(url) = &settings.database_url else {
        return Ok(());
    };
    let passwords = passwords(settings, house, clock)?;
    migrate(url.expose_secret(), &passwords)
        .await
        .map_err(|error| problem(&error))
}

fn config(
    settings: &Settings,
    house: &House,
    clock: &SystemClock,
    of_room: fn(LoginPasswords) -> String,
) -> Result<Config, Problem> {
    let Some(url) = &settings.database_url else {
        return Ok(Config::Sqlite {
            dir: settings.data.clone(),
        });
    };
    let passwords = passwords(settings, house, clock)?;
    Ok(Config::Postgres {
        url: url.expose_secret().to_owned(),
        password: Some(of_room(passwords)),
    })
}

/// The passwords of the two login roles: kept in the folder of keys, or made of the secret that
/// programs on several machines share, so that each of them comes to the same.
fn passwords(
    settings: &Settings,
    house: &House,
    clock: &SystemClock,
) -> Result<LoginPasswords, Problem> {
    let Some(secret) = &settings.secret_key else {
        return house.passwords(clock);
    };
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose_secret().as_bytes());
    let made_for = |role: &str| {
        let tag = hmac::sign(&key, format!("database role {role}").as_bytes());
        tag.as_ref()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    };
    Ok(LoginPasswords {
        studio: made_for("studio"),
        service: made_for("service"),
    })
}

/// Why the database cannot be used, and what to do.
pub fn problem(error: &StoreError) -> Problem {
    let remedy = match error {
        StoreError::InUse(_) => "End the other program, or give this one a data folder of its own",
        StoreError::OtherSchema => "Run `fluxprint migrate` of the newest version",
        StoreError::Full => "Make room on the disk of the data folder",
        _ => "Check `DATABASE_URL` or the data folder, and that the database runs",
    };
    Problem::Part {
        part: "the database",
        why: error.to_string(),
        remedy,
    }
}
