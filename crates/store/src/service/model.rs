//! Models: files people sent, checked once.

use crate::db::transaction;
use crate::error::{Result, StoreError};
use crate::limits::PAGE_ROWS_MAX;
use crate::row::Row;
use crate::service::handle;
use crate::service::reason::{Reason, columns};
use crate::service::task::{self, NewTask, Task};
use crate::statement::statements;
use crate::tx::Tx;
use crate::value::args;
use crate::{audit, outbox};
use fluxprint_domain::units::SizeMm;
use fluxprint_domain::{Sha256, Timestamp};
use serde_json::json;

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT sha256, size_bytes, kind, name, state, x_mm, y_mm, z_mm, report, refusal_code,
            refusal_sentence, refusal_remedy, created_at FROM models WHERE org_id = $1 ",
            $rest
        )
    };
}

statements! {
    GET = select!("AND sha256 = $2");
    NEWEST = select!("ORDER BY created_at DESC, sha256 DESC LIMIT +$2");
    OLDER = select!("AND (created_at, sha256) < ($3, $4) ORDER BY created_at DESC, sha256 DESC LIMIT +$2");
    SENT = "INSERT INTO senders (org_id, sha256, person, name, sent_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (org_id, sha256, person) DO UPDATE SET name = excluded.name";
    NAME_BY = "SELECT name FROM senders WHERE org_id = $1 AND sha256 = $2 AND person = $3";
    SENT_BY = "SELECT m.sha256, m.size_bytes, m.kind, s.name, m.state, m.x_mm, m.y_mm, m.z_mm, m.report,
        m.refusal_code, m.refusal_sentence, m.refusal_remedy, s.sent_at AS created_at
        FROM senders s JOIN models m ON m.org_id = s.org_id AND m.sha256 = s.sha256
        WHERE s.org_id = $1 AND s.person = $2 AND (s.sent_at, s.sha256) < ($3, $4)
        ORDER BY s.sent_at DESC, s.sha256 DESC LIMIT +$5";
    INSERT = "INSERT INTO models (org_id, sha256, size_bytes, kind, name, state, created_at)
        VALUES ($1, $2, $3, $4, $5, 'received', $6) ON CONFLICT (org_id, sha256) DO NOTHING";
    CHECK_AGAIN = "UPDATE models SET state = 'received', refusal_code = NULL, refusal_sentence = NULL,
        refusal_remedy = NULL WHERE org_id = $1 AND sha256 = $2 AND state = 'refused'";
    CHECKED = "UPDATE models SET state = 'checked', x_mm = $3, y_mm = $4, z_mm = $5, report = $6
        WHERE org_id = $1 AND sha256 = $2 AND state = 'received'";
    REFUSED = "UPDATE models SET state = 'refused', refusal_code = $3, refusal_sentence = $4,
        refusal_remedy = $5 WHERE org_id = $1 AND sha256 = $2 AND state = 'received'";
}

handle!(
    /// The models of an organisation.
    Models
);

/// How far a model has got.
#[derive(Clone, Debug, PartialEq)]
pub enum ModelState {
    /// Stored, not yet checked.
    Received,
    /// Can be printed as far as one can tell without slicing.
    Checked {
        /// Its size; `None` when the file does not say (some G-code).
        size: Option<SizeMm>,
        /// The report, JSON.
        report: String,
    },
    /// Cannot be printed.
    Refused(Reason),
}

/// A model.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// Hash of its bytes: its name inside the organisation.
    pub sha256: Sha256,
    /// How many bytes.
    pub size_bytes: u64,
    /// What kind of file by its content ("stl", "gcode").
    pub kind: String,
    /// What people call it.
    pub name: String,
    /// How far it has got.
    pub state: ModelState,
    /// When it was received.
    pub created_at: Timestamp,
}

/// A model to be added.
#[derive(Clone, Debug)]
pub struct NewModel<'a> {
    /// Hash of its bytes.
    pub sha256: Sha256,
    /// How many bytes.
    pub size_bytes: u64,
    /// What kind of file by its content.
    pub kind: &'a str,
    /// What people call it.
    pub name: &'a str,
}

impl Models<'_> {
    /// Adds a model together with the task that checks it, and notes who sent it and under which
    /// name. One with the same bytes stays as it is,
    /// unless it was refused: then it is checked again, because the reason may be gone (a full disk,
    /// a printer that was not there yet). The answer is what is there, and whether it is new.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] without such an organisation.
    pub async fn insert(
        &self,
        new: &NewModel<'_>,
        check: &NewTask,
        who: &str,
        now: Timestamp,
    ) -> Result<(Model, bool)> {
        transaction!(self.db.write(self.org), |tx| {
            let values = args![tx.org, new.sha256, new.size_bytes, new.kind, new.name, now];
            let added = tx.run(INSERT, values).await? == 1;
            let again = !added && tx.run(CHECK_AGAIN, args![tx.org, new.sha256]).await? == 1;
            let sender = args![tx.org, new.sha256, who, new.name, now];
            tx.run(SENT, sender).await?;
            if added || again {
                task::enqueue(tx, check, now).await?;
                let facts = json!({ "kind": new.kind, "size_bytes": new.size_bytes });
                let what = if added {
                    "model received"
                } else {
                    "model sent again"
                };
                audit::append(tx, now, who, what, new.sha256, &facts).await?;
                tell(tx, new.sha256, "received", now).await?;
            }
            Ok((load(tx, new.sha256).await?, added))
        })
    }

    /// It was checked; the task that did it is finished with it.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when it had been checked or refused before, or when somebody else has
    /// taken the task.
    pub async fn mark_checked(
        &self,
        sha256: Sha256,
        size: Option<SizeMm>,
        report: &str,
        task: &Task,
        now: Timestamp,
    ) -> Result<()> {
        transaction!(self.db.write(self.org), |tx| {
            task::finish(tx, task).await?;
            let [x, y, z] = [
                size.map(|s| s.x_mm),
                size.map(|s| s.y_mm),
                size.map(|s| s.z_mm),
            ];
            tx.swap(CHECKED, args![tx.org, sha256, x, y, z, report])
                .await?;
            audit::append(tx, now, "worker", "model checked", sha256, &json!({})).await?;
            tell(tx, sha256, "checked", now).await
        })
    }

    /// It cannot be printed; the task that found out is finished with it.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when it had been checked or refused before, or when somebody else has
    /// taken the task.
    pub async fn mark_refused(
        &self,
        sha256: Sha256,
        reason: &Reason,
        task: &Task,
        now: Timestamp,
    ) -> Result<()> {
        transaction!(self.db.write(self.org), |tx| {
            task::finish(tx, task).await?;
            let [code, sentence, remedy] = columns(Some(reason));
            tx.swap(REFUSED, args![tx.org, sha256, code, sentence, remedy])
                .await?;
            let facts = json!({ "code": reason.code });
            audit::append(tx, now, "worker", "model refused", sha256, &facts).await?;
            tell(tx, sha256, "refused", now).await
        })
    }

    /// One of them.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn get(&self, sha256: Sha256) -> Result<Model> {
        let values = args![self.org, sha256];
        model(&self.db.look_at(self.org, GET, values).await?)
    }

    /// What this person called it when sending it; `None` for somebody who has not.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn name_by(&self, sha256: Sha256, person: &str) -> Result<Option<String>> {
        let values = args![self.org, sha256, person];
        let rows = self.db.look(self.org, NAME_BY, values).await?;
        rows.first().map(|row| row.get("name")).transpose()
    }

    /// Those that this person has sent, under the names and from the moments of this person, the
    /// newest first, after the one given, at most [`PAGE_ROWS_MAX`].
    ///
    /// # Errors
    /// Those of the database.
    pub async fn sent_by(
        &self,
        person: &str,
        after: Option<(Timestamp, Sha256)>,
        limit: u32,
    ) -> Result<Vec<Model>> {
        let (at, sha256) = after.unwrap_or((Timestamp(i64::MAX), Sha256([u8::MAX; 32])));
        let limit = limit.min(PAGE_ROWS_MAX);
        let values = args![self.org, person, at, sha256, limit];
        let rows = self.db.look(self.org, SENT_BY, values).await?;
        rows.iter().map(model).collect()
    }

    /// The newest first, after the one given, at most [`PAGE_ROWS_MAX`].
    ///
    /// # Errors
    /// Those of the database.
    pub async fn list(&self, after: Option<(Timestamp, Sha256)>, limit: u32) -> Result<Vec<Model>> {
        let limit = limit.min(PAGE_ROWS_MAX);
        let (statement, values) = match after {
            Some((at, sha256)) => (OLDER, args![self.org, limit, at, sha256]),
            None => (NEWEST, args![self.org, limit]),
        };
        let rows = self.db.look(self.org, statement, values).await?;
        rows.iter().map(model).collect()
    }
}

async fn load(tx: &mut Tx, sha256: Sha256) -> Result<Model> {
    model(&tx.one(GET, args![tx.org, sha256]).await?)
}

async fn tell(tx: &mut Tx, sha256: Sha256, state: &str, now: Timestamp) -> Result<()> {
    let event = json!({ "sha256": sha256, "state": state });
    outbox::append(tx, now, outbox::MODEL_STATUS, &event).await
}

fn model(row: &Row) -> Result<Model> {
    let state = match row.get::<String>("state")?.as_str() {
        "received" => ModelState::Received,
        "checked" => ModelState::Checked {
            size: size(row)?,
            report: row.get("report")?,
        },
        "refused" => ModelState::Refused(
            Reason::read(row, Reason::REFUSAL)?.ok_or(StoreError::Unreadable("refusal"))?,
        ),
        _ => return Err(StoreError::Unreadable("model state")),
    };
    Ok(Model {
        sha256: row.get("sha256")?,
        size_bytes: row.get("size_bytes")?,
        kind: row.get("kind")?,
        name: row.get("name")?,
        state,
        created_at: row.get("created_at")?,
    })
}

/// The three columns of a size, NULL together.
pub(crate) fn size(row: &Row) -> Result<Option<SizeMm>> {
    let Some(x_mm) = row.get("x_mm")? else {
        return Ok(None);
    };
    Ok(Some(SizeMm {
        x_mm,
        y_mm: row.get("y_mm")?,
        z_mm: row.get("z_mm")?,
    }))
}
