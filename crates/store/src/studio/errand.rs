//! Errands: what the print service is still to be told, written in the transaction that made it
//! true. Delivered at least once; each of them does no harm when it is delivered twice.

use crate::db::transaction;
use crate::error::{Result, StoreError};
use crate::limits::PAGE_ROWS_MAX;
use crate::row::Row;
use crate::service::handle;
use crate::service::reason::storable;
use crate::statement::statements;
use crate::tx::Tx;
use crate::value::args;
use fluxprint_domain::id::{ErrandId, PersonId};
use fluxprint_domain::{Sha256, Timestamp};
use serde_json::{Value as Json, json};

statements! {
    INSERT = "INSERT INTO errands (org_id, id, kind, subject, payload, person_id, due_at, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $7)";
    OF = "SELECT id, kind, subject, payload, person_id, tries, done_at FROM errands
        WHERE org_id = $1 AND kind = $2 AND subject = $3 AND failed_at IS NULL";
    FORGET = "DELETE FROM errands WHERE org_id = $1 AND kind = $2 AND subject = $3";
    DUE = "SELECT id, kind, subject, payload, person_id, tries FROM errands
        WHERE org_id = $1 AND kind = $2 AND due_at <= $3 AND done_at IS NULL AND failed_at IS NULL
        ORDER BY due_at, id LIMIT +$4";
    DONE = "UPDATE errands SET done_at = $3, last_error = NULL
        WHERE org_id = $1 AND id = $2 AND done_at IS NULL";
    LATER = "UPDATE errands SET tries = tries + 1, due_at = $3, last_error = $4
        WHERE org_id = $1 AND id = $2 AND done_at IS NULL AND failed_at IS NULL";
    FAILED = "UPDATE errands SET tries = tries + 1, failed_at = $3, last_error = $4
        WHERE org_id = $1 AND id = $2 AND done_at IS NULL AND failed_at IS NULL";
    // What nobody asks for any more: holds that were told, and models that no file has any more.
    PRUNE = "DELETE FROM errands WHERE org_id = $1 AND created_at < $2
        AND (done_at IS NOT NULL OR failed_at IS NOT NULL) AND (kind = 'hold' OR NOT EXISTS
            (SELECT 1 FROM file_versions v WHERE v.org_id = errands.org_id AND lower(hex(v.sha256)) = subject))",
        postgres "DELETE FROM errands WHERE org_id = $1 AND created_at < $2
        AND (done_at IS NOT NULL OR failed_at IS NOT NULL) AND (kind = 'hold' OR NOT EXISTS
            (SELECT 1 FROM file_versions v WHERE v.org_id = errands.org_id AND encode(v.sha256, 'hex') = subject))";
}

handle!(
    /// The errands of an organisation.
    Errands
);

/// The lane of an errand: a hold does not wait behind a large model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// Bytes of models.
    Models,
    /// Whether printing is held back.
    Holds,
}

impl Lane {
    fn word(self) -> &'static str {
        match self {
            Self::Models => "model",
            Self::Holds => "hold",
        }
    }
}

/// The one subject of holds: there is one for each organisation.
const HOLD: &str = "organisation";

/// What is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// The bytes of a model.
    Model {
        /// Their hash.
        sha256: Sha256,
        /// What people call it.
        name: String,
    },
    /// Whether all printing of the organisation is held back.
    Hold(bool),
}

/// Something the service is to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Errand {
    /// Its id.
    pub id: ErrandId,
    /// What.
    pub message: Message,
    /// Who caused it; nobody when the installation did.
    pub person: Option<PersonId>,
    /// How often it was tried.
    pub tries: u32,
}

impl Errands<'_> {
    /// Those that are due at `now`, the longest due first.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn due(&self, lane: Lane, now: Timestamp) -> Result<Vec<Errand>> {
        let values = args![self.org, lane.word(), now, PAGE_ROWS_MAX];
        let rows = self.db.look(self.org, DUE, values).await?;
        rows.iter().map(errand).collect()
    }

    /// The service was told. Nothing when something newer took the errand's place meanwhile.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn done(&self, id: ErrandId, now: Timestamp) -> Result<()> {
        transaction!(self.db.touch(self.org), |tx| {
            tx.run(DONE, args![tx.org, id, now]).await.map(drop)
        })
    }

    /// It did not work; to be tried again at `due_at`.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn later(&self, id: ErrandId, due_at: Timestamp, why: &str) -> Result<()> {
        transaction!(self.db.touch(self.org), |tx| {
            let values = args![tx.org, id, due_at, storable(why)];
            tx.run(LATER, values).await.map(drop)
        })
    }

    /// It will not work.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn failed(&self, id: ErrandId, now: Timestamp, why: &str) -> Result<()> {
        transaction!(self.db.touch(self.org), |tx| {
            let values = args![tx.org, id, now, storable(why)];
            tx.run(FAILED, values).await.map(drop)
        })
    }

    /// The errand of a model, and whether it is done; `None` for one that was never told or was
    /// given up.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn of_model(&self, sha256: Sha256) -> Result<Option<(Errand, bool)>> {
        let values = args![self.org, Lane::Models.word(), sha256.to_string()];
        let rows = self.db.look(self.org, OF, values).await?;
        let known = |row: &Row| {
            let done_at: Option<Timestamp> = row.get("done_at")?;
            Ok((errand(row)?, done_at.is_some()))
        };
        rows.first().map(known).transpose()
    }

    /// The service does not have a model that it may have been told of: it is told anew.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn tell_again(
        &self,
        id: ErrandId,
        sha256: Sha256,
        name: &str,
        person: PersonId,
        now: Timestamp,
    ) -> Result<Errand> {
        transaction!(self.db.write(self.org), |tx| {
            forget(tx, Lane::Models, &sha256.to_string()).await?;
            model(tx, id, sha256, name, person, now).await
        })?;
        let name = name.to_owned();
        Ok(Errand {
            id,
            message: Message::Model { sha256, name },
            person: Some(person),
            tries: 0,
        })
    }

    /// The service is to hold printing back or to let it go on, whatever it was told before.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn hold(
        &self,
        id: ErrandId,
        on_hold: bool,
        person: Option<PersonId>,
        now: Timestamp,
    ) -> Result<()> {
        transaction!(self.db.write(self.org), |tx| {
            hold(tx, id, on_hold, person, now).await
        })
    }

    /// Forgets what was over before `before` and nobody asks for; returns how many.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn prune(&self, before: Timestamp) -> Result<u64> {
        transaction!(self.db.touch(self.org), |tx| tx
            .run(PRUNE, args![tx.org, before])
            .await)
    }
}

/// The service is to have the bytes of a model. One errand for each model: one that is under way or
/// done stays, one that failed is tried anew, because the reason may be gone.
pub(crate) async fn model(
    tx: &mut Tx,
    id: ErrandId,
    sha256: Sha256,
    name: &str,
    person: PersonId,
    now: Timestamp,
) -> Result<()> {
    let subject = sha256.to_string();
    let stands = args![tx.org, Lane::Models.word(), &subject];
    if tx.maybe(OF, stands).await?.is_some() {
        return Ok(());
    }
    forget(tx, Lane::Models, &subject).await?;
    let payload = json!({ "name": name });
    insert(tx, id, Lane::Models, &subject, &payload, Some(person), now).await
}

/// The service is to hold all printing of the organisation back, or to let it go on. Takes the place
/// of whatever it was to be told of that before.
pub(crate) async fn hold(
    tx: &mut Tx,
    id: ErrandId,
    hold: bool,
    person: Option<PersonId>,
    now: Timestamp,
) -> Result<()> {
    forget(tx, Lane::Holds, HOLD).await?;
    let payload = json!({ "hold": hold });
    insert(tx, id, Lane::Holds, HOLD, &payload, person, now).await
}

pub(crate) async fn forget(tx: &mut Tx, lane: Lane, subject: &str) -> Result<()> {
    let values = args![tx.org, lane.word(), subject];
    tx.run(FORGET, values).await.map(drop)
}

async fn insert(
    tx: &mut Tx,
    id: ErrandId,
    lane: Lane,
    subject: &str,
    payload: &Json,
    person: Option<PersonId>,
    now: Timestamp,
) -> Result<()> {
    let payload = payload.to_string();
    let values = args![tx.org, id, lane.word(), subject, payload, person, now];
    tx.run(INSERT, values).await.map(drop)
}

fn errand(row: &Row) -> Result<Errand> {
    Ok(Errand {
        id: row.get("id")?,
        message: message(row)?,
        person: row.get("person_id")?,
        tries: row.get("tries")?,
    })
}

fn message(row: &Row) -> Result<Message> {
    let unreadable = || StoreError::Unreadable("errand");
    let payload: Json =
        serde_json::from_str(&row.get::<String>("payload")?).map_err(|_| unreadable())?;
    let read = match row.get::<String>("kind")?.as_str() {
        "model" => {
            let sha256 = row.get::<String>("subject")?.parse().ok();
            let name = payload.get("name").and_then(Json::as_str);
            sha256.zip(name).map(|(sha256, name)| Message::Model {
                sha256,
                name: name.to_owned(),
            })
        }
        _ => payload
            .get("hold")
            .and_then(Json::as_bool)
            .map(Message::Hold),
    };
    read.ok_or_else(unreadable)
}
