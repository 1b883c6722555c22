//! The studio's room: people and their sessions, projects, files, what the service was told.

mod entrance;
pub mod errand;
pub mod file;
pub mod flag;
pub mod link;
pub mod member;
pub mod organisation;
pub mod person;
pub mod print;
pub mod print_intent;
pub mod project;
pub mod session;
pub mod sign_in;
pub mod upload;

use crate::audit::{self, AuditEntry, AuditHead, AuditVerdict};
use crate::db::Db;
use crate::db::transaction;
use crate::error::Result;
use crate::limits::ROWS_MAX;
use crate::open::{Config, close};
use crate::outbox::{self, Event};
use crate::room::Room;
use crate::row::Row;
pub use crate::service::counter;
use crate::statement::{Statement, statements};
use crate::value::args;
use fluxprint_domain::Timestamp;
use fluxprint_domain::id::OrganisationId;
use serde_json::{Value as Json, json};

statements! {
    ENSURE = "INSERT INTO organisations (id, name, created_at) VALUES ($1, $2, $3)
        ON CONFLICT (id) DO NOTHING";
    LIST = "SELECT id, name FROM organisations ORDER BY id LIMIT $1";
}

/// Every statement of this room.
pub(crate) const ROOM: &[&[Statement]] = &[
    audit::STATEMENTS,
    outbox::STATEMENTS,
    counter::STATEMENTS,
    errand::STATEMENTS,
    file::STATEMENTS,
    flag::STATEMENTS,
    member::STATEMENTS,
    print::STATEMENTS,
    print_intent::STATEMENTS,
    session::STATEMENTS,
    upload::STATEMENTS,
    sign_in::STATEMENTS,
    project::STATEMENTS,
    person::STATEMENTS,
    organisation::STATEMENTS,
    link::STATEMENTS,
    STATEMENTS,
];

/// An organisation was made.
pub const ORGANISATION_ADDED: &str = "organisation:added";

/// The studio's database.
#[derive(Clone, Debug)]
pub struct StudioStore {
    pub(crate) db: Db,
}

/// Declares the handles of the nouns: each is bound to one organisation.
macro_rules! handles {
    ($($(#[$doc:meta])* $noun:ident => $handle:ident in $module:ident;)*) => {
        impl StudioStore {$(
            $(#[$doc])*
            #[must_use]
            pub fn $noun(&self, org: OrganisationId) -> $module::$handle<'_> {
                $module::$handle { db: &self.db, org }
            }
        )*}
    };
}

handles! {
    /// What the service is still to be told.
    errands => Errands in errand;
    /// Its files.
    files => Files in file;
    /// Uploads that are under way.
    uploads => Uploads in upload;
    /// The members of an organisation.
    members => Members in member;
    /// Whether it prints.
    flag => Flag in flag;
    /// What was heard of its prints.
    prints => Prints in print;
    /// Prints that the service is just being asked for.
    print_intents => PrintIntents in print_intent;
    /// Its one-time links.
    links => Links in link;
    /// Its projects.
    projects => Projects in project;
    /// Its counters of limits.
    counters => Counters in counter;
}

/// An organisation as the studio knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organisation {
    /// Its id.
    pub id: OrganisationId,
    /// Its name.
    pub name: String,
}

impl StudioStore {
    /// People's sessions: they belong to no organisation.
    #[must_use]
    pub fn sessions(&self) -> session::Sessions<'_> {
        session::Sessions { db: &self.db }
    }

    /// Everybody who has an account here.
    #[must_use]
    pub fn people(&self) -> person::People<'_> {
        person::People { db: &self.db }
    }

    /// What failed sign-ins are held against whom.
    #[must_use]
    pub fn sign_ins(&self) -> sign_in::SignIns<'_> {
        sign_in::SignIns { db: &self.db }
    }

    /// Opens the studio's database; on SQLite makes it and brings it up to date.
    ///
    /// # Errors
    /// As [`crate::ServiceStore::open`].
    pub async fn open(config: &Config) -> Result<Self> {
        Ok(Self {
            db: config.open(Room::Studio).await?,
        })
    }

    /// Waits for open transactions and closes every connection.
    pub async fn close(&self) {
        close(&self.db).await;
    }

    /// Makes an organisation unless it is there; the outbox tells the service of it.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn ensure_organisation(
        &self,
        id: OrganisationId,
        name: &str,
        who: &str,
        now: Timestamp,
    ) -> Result<()> {
        transaction!(self.db.write(id), |tx| {
            if tx.run(ENSURE, args![id, name, now]).await? == 0 {
                return Ok(());
            }
            let facts = json!({ "name": name });
            audit::append(tx, now, who, "organisation added", id, &facts).await?;
            outbox::append(tx, now, ORGANISATION_ADDED, &facts).await
        })
    }

    /// The organisations, oldest first.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn organisations(&self) -> Result<Vec<Organisation>> {
        let nobody = OrganisationId::from_uuid(uuid::Uuid::nil());
        let rows = transaction!(self.db.read(nobody), |tx| tx
            .all(LIST, args![ROWS_MAX])
            .await)?;
        let organisation = |row: &Row| {
            Ok(Organisation {
                id: row.get("id")?,
                name: row.get("name")?,
            })
        };
        rows.iter().map(organisation).collect()
    }

    /// Notes an act that changes no other row ("token minted").
    ///
    /// # Errors
    /// [`crate::StoreError::NotFound`] without such an organisation.
    pub async fn note(
        &self,
        org: OrganisationId,
        at: Timestamp,
        who: &str,
        what: &str,
        object: &str,
        facts: &Json,
    ) -> Result<()> {
        transaction!(self.db.write(org), |tx| {
            audit::append(tx, at, who, what, object, facts).await
        })
    }

    /// The audit rows after number `after`, oldest first, at most `limit` of them.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn audit(
        &self,
        org: OrganisationId,
        after: i64,
        limit: u32,
    ) -> Result<Vec<AuditEntry>> {
        transaction!(self.db.read(org), |tx| audit::list(tx, after, limit).await)
    }

    /// Checks every seal of an organisation's chain; `noted` is a head exported earlier.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn verify_audit(
        &self,
        org: OrganisationId,
        noted: Option<AuditHead>,
    ) -> Result<AuditVerdict> {
        transaction!(self.db.read(org), |tx| audit::verify(tx, noted).await)
    }

    /// The events of an organisation after number `seq`, oldest first, at most `limit` of them.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn events_since(
        &self,
        org: OrganisationId,
        seq: i64,
        limit: u32,
    ) -> Result<Vec<Event>> {
        transaction!(self.db.read(org), |tx| outbox::since(tx, seq, limit).await)
    }

    /// The number of the newest event of an organisation, 0 when there is none.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn latest_event(&self, org: OrganisationId) -> Result<i64> {
        outbox::latest(&self.db, org).await
    }

    /// Forgets the events from before `before`; returns how many.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn prune_events(&self, org: OrganisationId, before: Timestamp) -> Result<u64> {
        transaction!(self.db.touch(org), |tx| outbox::prune(tx, before).await)
    }

    /// Prepares every statement of this room and returns the ones that do not fit the tables.
    ///
    /// # Errors
    /// Whatever keeps the database from answering at all.
    pub async fn check_statements(&self) -> Result<Vec<String>> {
        self.db.check_statements(Room::Studio).await
    }
}
