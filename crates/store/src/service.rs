//! The service's room: printers, bridges, models, slices, jobs, attempts, tasks.

pub mod alert;
pub mod attempt;
pub mod bed;
pub mod bridge;
pub mod copy;
pub mod counter;
pub mod doctor;
pub mod event;
pub mod job;
pub mod model;
pub mod organisation;
pub mod printer;
pub mod reason;
pub mod slice;
pub mod task;

use crate::db::Db;
use crate::error::Result;
use crate::open::{Config, close};
use crate::room::Room;
use crate::statement::Statement;
use fluxprint_domain::id::OrganisationId;

/// Every statement of this room.
pub(crate) const STATEMENTS: &[&[Statement]] = &[
    crate::audit::STATEMENTS,
    crate::outbox::STATEMENTS,
    alert::STATEMENTS,
    attempt::STATEMENTS,
    attempt::assign::STATEMENTS,
    attempt::held::STATEMENTS,
    bed::STATEMENTS,
    bridge::STATEMENTS,
    bridge::identity::STATEMENTS,
    bridge::pairing::STATEMENTS,
    copy::STATEMENTS,
    counter::STATEMENTS,
    doctor::STATEMENTS,
    job::STATEMENTS,
    job::change::STATEMENTS,
    job::create::STATEMENTS,
    job::deeds::STATEMENTS,
    job::order::STATEMENTS,
    job::page::STATEMENTS,
    job::told::STATEMENTS,
    job::waiting::STATEMENTS,
    model::STATEMENTS,
    organisation::STATEMENTS,
    printer::STATEMENTS,
    printer::register::STATEMENTS,
    slice::STATEMENTS,
    task::STATEMENTS,
];

/// The service's database.
#[derive(Clone, Debug)]
pub struct ServiceStore {
    pub(crate) db: Db,
}

/// Declares the handles of the nouns: each is bound to one organisation.
macro_rules! handles {
    ($($(#[$doc:meta])* $noun:ident => $handle:ident in $module:ident;)*) => {
        impl ServiceStore {$(
            $(#[$doc])*
            #[must_use]
            pub fn $noun(&self, org: OrganisationId) -> $module::$handle<'_> {
                $module::$handle { db: &self.db, org }
            }
        )*}
    };
}

/// Declares the handle of one noun.
macro_rules! handle {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy)]
        pub struct $name<'a> {
            pub(crate) db: &'a $crate::db::Db,
            pub(crate) org: fluxprint_domain::id::OrganisationId,
        }
    };
}
pub(crate) use handle;

handles! {
    /// The bridges of an organisation.
    bridges => Bridges in bridge;
    /// The printers of an organisation.
    printers => Printers in printer;
    /// The beds of its printers.
    beds => Beds in bed;
    /// Its models.
    models => Models in model;
    /// Its slices.
    slices => Slices in slice;
    /// Its jobs.
    jobs => Jobs in job;
    /// Its attempts.
    attempts => Attempts in attempt;
    /// Its alerts.
    alerts => Alerts in alert;
    /// Its background tasks.
    tasks => Tasks in task;
    /// Its counters of limits.
    counters => Counters in counter;
    /// Its outbox.
    events => Events in event;
    /// Its audit chain.
    audit => Audit in event;
    /// The check of its invariants.
    doctor => Doctor in doctor;
}

impl ServiceStore {
    /// Opens the service's database; on SQLite makes it and brings it up to date.
    ///
    /// # Errors
    /// [`crate::StoreError::InUse`] for a data folder in use, [`crate::StoreError::OtherSchema`] for
    /// a PostgreSQL database that was not migrated, and whatever keeps it from being reached.
    pub async fn open(config: &Config) -> Result<Self> {
        Ok(Self {
            db: config.open(Room::Service).await?,
        })
    }

    /// Opens the service's database only to look at it, also beside a program that has it open.
    ///
    /// # Errors
    /// [`crate::StoreError::NotFound`] without a database, [`crate::StoreError::OtherSchema`] for one
    /// of an older version, and whatever keeps it from being reached.
    pub async fn open_to_read(config: &Config) -> Result<Self> {
        Ok(Self {
            db: config.open_to_read(Room::Service).await?,
        })
    }

    /// Waits for open transactions and closes every connection.
    pub async fn close(&self) {
        close(&self.db).await;
    }

    /// The organisations, across all of them.
    #[must_use]
    pub fn organisations(&self) -> organisation::Organisations<'_> {
        organisation::Organisations { db: &self.db }
    }

    /// Asks the database one trivial question: whether it can serve.
    ///
    /// # Errors
    /// Whatever keeps it from answering.
    pub async fn ping(&self) -> Result<()> {
        self.organisations().list().await.map(drop)
    }

    /// Prepares every statement of this room and returns the ones that do not fit the tables.
    ///
    /// # Errors
    /// Whatever keeps the database from answering at all.
    pub async fn check_statements(&self) -> Result<Vec<String>> {
        self.db.check_statements(Room::Service).await
    }
}
