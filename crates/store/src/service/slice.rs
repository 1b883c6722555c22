//! Slices: a model made into G-code with one profile by one version of the slicer, done once.
//!
//! Uploaded G-code is kept as a slice too, with the service's own name for "not sliced" as its
//! version and the uploaded bytes as its G-code, so that every print has its approved bytes in one place.

use crate::db::transaction;
use crate::error::{Result, StoreError};
use crate::row::Row;
use crate::service::handle;
use crate::service::reason::{Reason, columns};
use crate::service::task::{self, NewTask, Task, TaskKind};
use crate::statement::statements;
use crate::tx::Tx;
use crate::value::args;
use fluxprint_domain::id::{SliceId, TaskId};
use fluxprint_domain::{Sha256, Timestamp};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, model_sha256, profile_hash, slicer_version, state, gcode_sha256, size_bytes,
            facts, nozzle_c_max, bed_c_max, refusal_code, refusal_sentence, refusal_remedy
            FROM slices WHERE org_id = $1 ",
            $rest
        )
    };
}

statements! {
    GET = select!("AND id = $2");
    FIND = select!("AND model_sha256 = $2 AND profile_hash = $3 AND slicer_version = $4");
    INSERT = "INSERT INTO slices (org_id, id, model_sha256, profile_hash, slicer_version, state, created_at)
        VALUES ($1, $2, $3, $4, $5, 'wanted', $6)";
    WANT_AGAIN = "UPDATE slices SET state = 'wanted', refusal_code = NULL, refusal_sentence = NULL,
        refusal_remedy = NULL WHERE org_id = $1 AND id = $2 AND state = 'failed'";
    FINISH = "UPDATE slices SET state = 'done', gcode_sha256 = $3, size_bytes = $4, facts = $5,
        nozzle_c_max = $6, bed_c_max = $7 WHERE org_id = $1 AND id = $2 AND state = 'wanted'";
    FAIL = "UPDATE slices SET state = 'failed', refusal_code = $3, refusal_sentence = $4,
        refusal_remedy = $5 WHERE org_id = $1 AND id = $2 AND state = 'wanted'";
}

handle!(
    /// The slices of an organisation.
    Slices
);

/// What slicing gave.
#[derive(Clone, Debug, PartialEq)]
pub struct SliceResult {
    /// Hash of the G-code: the approved bytes.
    pub gcode_sha256: Sha256,
    /// How many bytes.
    pub size_bytes: u64,
    /// Time, filament, extents: JSON.
    pub facts: String,
    /// Highest nozzle temperature asked for.
    pub nozzle_c_max: f64,
    /// Highest bed temperature asked for.
    pub bed_c_max: f64,
}

/// How far a slice has got.
#[derive(Clone, Debug, PartialEq)]
pub enum SliceState {
    /// Somebody waits for it.
    Wanted,
    /// Done.
    Done(SliceResult),
    /// It could not be made.
    Failed(Reason),
}

/// A slice.
#[derive(Clone, Debug, PartialEq)]
pub struct Slice {
    /// Which one.
    pub id: SliceId,
    /// Of which model.
    pub model_sha256: Sha256,
    /// With which profile.
    pub profile_hash: Sha256,
    /// By which version.
    pub slicer_version: String,
    /// How far it has got.
    pub state: SliceState,
}

/// A slice somebody needs.
#[derive(Clone, Debug)]
pub struct WantedSlice<'a> {
    /// The id it gets if it is new.
    pub id: SliceId,
    /// Of which model.
    pub model_sha256: Sha256,
    /// With which profile.
    pub profile_hash: Sha256,
    /// By which version.
    pub slicer_version: &'a str,
}

impl Slices<'_> {
    /// The slice of this model, profile and version, asked for unless it is there. One that failed
    /// is asked for again. `task` is the id and the payload of the task that makes it; without one,
    /// the caller finishes it itself.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] without such a model.
    pub async fn want(
        &self,
        wanted: &WantedSlice<'_>,
        task: Option<(TaskId, &str)>,
        now: Timestamp,
    ) -> Result<Slice> {
        transaction!(self.db.write(self.org), |tx| {
            let WantedSlice {
                id,
                model_sha256,
                profile_hash,
                slicer_version,
            } = *wanted;
            let values = args![tx.org, model_sha256, profile_hash, slicer_version];
            let id = match tx.maybe(FIND, values).await? {
                Some(row) => {
                    let found = slice(&row)?;
                    if tx.run(WANT_AGAIN, args![tx.org, found.id]).await? == 0 {
                        return Ok(found);
                    }
                    found.id
                }
                None => {
                    let values = args![tx.org, id, model_sha256, profile_hash, slicer_version, now];
                    tx.run(INSERT, values).await?;
                    id
                }
            };
            if let Some((task_id, payload)) = task {
                let task = NewTask {
                    id: task_id,
                    kind: TaskKind::SliceModel,
                    subject: id.to_string(),
                    payload: payload.to_owned(),
                };
                task::enqueue(tx, &task, now).await?;
            }
            load(tx, id).await
        })
    }

    /// It is done; the task that made it is finished with it.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when it is not wanted (any more), or when somebody else has taken the task.
    pub async fn finish(
        &self,
        id: SliceId,
        result: &SliceResult,
        task: Option<&Task>,
    ) -> Result<()> {
        transaction!(self.db.write(self.org), |tx| {
            if let Some(task) = task {
                task::finish(tx, task).await?;
            }
            let values = args![
                tx.org,
                id,
                result.gcode_sha256,
                result.size_bytes,
                &result.facts,
                result.nozzle_c_max,
                result.bed_c_max
            ];
            tx.swap(FINISH, values).await
        })
    }

    /// It could not be made, and trying again as it is would not help; the task that found out is
    /// finished with it.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when it is not wanted (any more), or when somebody else has taken the task.
    pub async fn fail(&self, id: SliceId, reason: &Reason, task: Option<&Task>) -> Result<()> {
        transaction!(self.db.write(self.org), |tx| {
            if let Some(task) = task {
                task::finish(tx, task).await?;
            }
            let [code, sentence, remedy] = columns(Some(reason));
            tx.swap(FAIL, args![tx.org, id, code, sentence, remedy])
                .await
        })
    }

    /// One of them.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn get(&self, id: SliceId) -> Result<Slice> {
        let values = args![self.org, id];
        slice(&self.db.look_at(self.org, GET, values).await?)
    }
}

async fn load(tx: &mut Tx, id: SliceId) -> Result<Slice> {
    slice(&tx.one(GET, args![tx.org, id]).await?)
}

fn slice(row: &Row) -> Result<Slice> {
    let state = match row.get::<String>("state")?.as_str() {
        "wanted" => SliceState::Wanted,
        "done" => SliceState::Done(SliceResult {
            gcode_sha256: row.get("gcode_sha256")?,
            size_bytes: row.get("size_bytes")?,
            facts: row.get("facts")?,
            nozzle_c_max: row.get("nozzle_c_max")?,
            bed_c_max: row.get("bed_c_max")?,
        }),
        "failed" => SliceState::Failed(
            Reason::read(row, Reason::REFUSAL)?.ok_or(StoreError::Unreadable("refusal"))?,
        ),
        _ => return Err(StoreError::Unreadable("slice state")),
    };
    Ok(Slice {
        id: row.get("id")?,
        model_sha256: row.get("model_sha256")?,
        profile_hash: row.get("profile_hash")?,
        slicer_version: row.get("slicer_version")?,
        state,
    })
}
