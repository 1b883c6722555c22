//! Opens the two databases: SQLite in the data folder, or PostgreSQL where `DATABASE_URL` says.

use crate::house::House;
use crate::problem::Problem;
use crate::settings::Settings;
use fluxprint_clock::SystemClock;
use fluxprint_store::{Config, ServiceStore, StoreError, StudioStore, migrate};
use secrecy::ExposeSecret;

/// Both rooms' databases.
pub struct Databases {
    /// People and projects; for now, organisations.
    pub studio: StudioStore,
    /// Printers and jobs.
    pub service: ServiceStore,
}

impl Databases {
    /// Opens both; PostgreSQL is brought up to date first.
    ///
    /// # Errors
    /// When they cannot be reached.
    pub async fn open(
        settings: &Settings,
        house: &House,
        clock: &SystemClock,
    ) -> Result<Self, Problem> {
        let (studio, service) = configs(settings, house, clock)?;
        migrate_postgres(settings, house, clock).await?;
        Ok(Self {
            studio: StudioStore::open(&studio)
                .await
                .map_err(|error| problem(&error))?,
            service: ServiceStore::open(&service)
                .await
                .map_err(|error| problem(&error))?,
        })
    }
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
    let passwords = house.passwords(clock)?;
    migrate(url.expose_secret(), &passwords)
        .await
        .map_err(|error| problem(&error))
}

fn configs(
    settings: &Settings,
    house: &House,
    clock: &SystemClock,
) -> Result<(Config, Config), Problem> {
    let Some(url) = &settings.database_url else {
        let sqlite = Config::Sqlite {
            dir: settings.data.clone(),
        };
        return Ok((sqlite.clone(), sqlite));
    };
    let passwords = house.passwords(clock)?;
    let postgres = |password: &str| Config::Postgres {
        url: url.expose_secret().to_owned(),
        password: Some(password.to_owned()),
    };
    Ok((postgres(&passwords.studio), postgres(&passwords.service)))
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
