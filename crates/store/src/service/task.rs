//! Background tasks: at-least-once, with a lease and a fence.
//!
//! A claim raises the fence, and only who holds the newest fence may finish or fail the task: a
//! worker that was out for longer than its lease changes nothing any more.

use crate::db::transaction;
use crate::error::{Result, StoreError};
use crate::limits::{TASK_PAUSE_S, TASK_TRIES_MAX};
use crate::row::Row;
use crate::service::handle;
use crate::service::reason::storable;
use crate::statement::statements;
use crate::tx::Tx;
use crate::value::args;
use fluxprint_domain::Timestamp;
use fluxprint_domain::id::TaskId;

statements! {
    ENQUEUE = "INSERT INTO tasks (org_id, id, kind, subject, payload, state, fence, tries, run_after, created_at)
        VALUES ($1, $2, $3, $4, $5, 'ready', 0, 0, $6, $6)
        ON CONFLICT (org_id, kind, subject) WHERE state IN ('ready', 'running') DO NOTHING";
    CLAIM = "UPDATE tasks SET state = 'running', owner = $2, lease_until = $3, fence = fence + 1, tries = tries + 1
        WHERE org_id = $1 AND id = (SELECT id FROM tasks WHERE org_id = $1
            AND state IN ('ready', 'running') AND ((state = 'ready' AND run_after <= $4) OR (state = 'running' AND lease_until <= $4))
            ORDER BY run_after, id LIMIT 1)
        RETURNING id, kind, subject, payload, fence, tries",
        postgres "UPDATE tasks SET state = 'running', owner = $2, lease_until = $3, fence = fence + 1, tries = tries + 1
        WHERE org_id = $1 AND id = (SELECT id FROM tasks WHERE org_id = $1
            AND state IN ('ready', 'running') AND ((state = 'ready' AND run_after <= $4) OR (state = 'running' AND lease_until <= $4))
            ORDER BY run_after, id LIMIT 1 FOR UPDATE SKIP LOCKED)
        RETURNING id, kind, subject, payload, fence, tries";
    EXTEND = "UPDATE tasks SET lease_until = $4
        WHERE org_id = $1 AND id = $2 AND fence = $3 AND state = 'running'";
    FINISH = "UPDATE tasks SET state = 'done', lease_until = NULL
        WHERE org_id = $1 AND id = $2 AND fence = $3 AND state = 'running'";
    FAIL = "UPDATE tasks SET state = $4, run_after = $5, last_error = $6, owner = NULL, lease_until = NULL
        WHERE org_id = $1 AND id = $2 AND fence = $3 AND state = 'running'";
    PRUNE = "DELETE FROM tasks WHERE org_id = $1 AND state = 'done' AND created_at < $2";
}

handle!(
    /// The background tasks of an organisation.
    Tasks
);

/// What a task does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskKind {
    /// Checks a model; its subject is the model's hash.
    CheckModel,
    /// Slices a model; its subject is the slice's id.
    SliceModel,
}

impl TaskKind {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::CheckModel, Self::SliceModel];

    /// The word of the database.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::CheckModel => "check_model",
            Self::SliceModel => "slice_model",
        }
    }
}

/// A task to be done, written in the transaction of what needs it.
#[derive(Clone, Debug)]
pub struct NewTask {
    /// Its id.
    pub id: TaskId,
    /// What it does.
    pub kind: TaskKind,
    /// To what. While a task of this kind is waiting for or working on it, a second one is not made.
    pub subject: String,
    /// JSON of what else it needs.
    pub payload: String,
}

/// A task that was claimed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// Which one.
    pub id: TaskId,
    /// What it does.
    pub kind: TaskKind,
    /// To what.
    pub subject: String,
    /// JSON of what else it needs.
    pub payload: String,
    /// Proves that this claim is the newest.
    pub fence: i64,
    /// Which try this is, from 1.
    pub tries: u32,
}

impl Task {
    /// Whether the earlier tries were all there may be: their workers died or gave up. The worker
    /// tells the people who wait for it and fails it for good.
    #[must_use]
    pub fn is_exhausted(&self) -> bool {
        self.tries > TASK_TRIES_MAX
    }
}

/// What became of a task that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failed {
    /// It will be tried again then.
    RetryAt(Timestamp),
    /// It stays where it is, for people to look at.
    Dead,
}

impl Tasks<'_> {
    /// Adds a task; returns whether it was, or whether one like it is already on its way.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn enqueue(&self, new: &NewTask, now: Timestamp) -> Result<bool> {
        transaction!(self.db.touch(self.org), |tx| enqueue(tx, new, now).await)
    }

    /// Takes the next task that is due, or one whose worker's lease has run out.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn claim(&self, owner: &str, lease_s: i64, now: Timestamp) -> Result<Option<Task>> {
        transaction!(self.db.touch(self.org), |tx| {
            let values = args![tx.org, owner, now.plus_s(lease_s), now];
            tx.maybe(CLAIM, values)
                .await?
                .as_ref()
                .map(task)
                .transpose()
        })
    }

    /// Keeps a task for longer.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when somebody else has taken it.
    pub async fn extend(&self, task: &Task, lease_s: i64, now: Timestamp) -> Result<()> {
        transaction!(self.db.touch(self.org), |tx| {
            tx.swap(
                EXTEND,
                args![tx.org, task.id, task.fence, now.plus_s(lease_s)],
            )
            .await
        })
    }

    /// It is done.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when somebody else has taken it.
    pub async fn finish(&self, task: &Task) -> Result<()> {
        transaction!(self.db.touch(self.org), |tx| finish(tx, task).await)
    }

    /// It did not work. With `again` it is tried later, until [`TASK_TRIES_MAX`] is reached.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when somebody else has taken it.
    pub async fn fail(
        &self,
        task: &Task,
        why: &str,
        again: bool,
        now: Timestamp,
    ) -> Result<Failed> {
        let why = storable(why);
        let failed = if again && task.tries < TASK_TRIES_MAX {
            let doublings = task.tries.saturating_sub(1).min(16);
            Failed::RetryAt(now.plus_s(TASK_PAUSE_S << doublings))
        } else {
            Failed::Dead
        };
        let (state, run_after) = match failed {
            Failed::RetryAt(at) => ("ready", at),
            Failed::Dead => ("dead", now),
        };
        transaction!(self.db.touch(self.org), |tx| {
            let values = args![tx.org, task.id, task.fence, state, run_after, &why];
            tx.swap(FAIL, values).await
        })?;
        Ok(failed)
    }

    /// Forgets the tasks that were made before `before` and are done; returns how many.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn prune(&self, before: Timestamp) -> Result<u64> {
        transaction!(self.db.touch(self.org), |tx| {
            tx.run(PRUNE, args![tx.org, before]).await
        })
    }
}

/// Adds a task in the transaction of what needs it.
pub(crate) async fn enqueue(tx: &mut Tx, new: &NewTask, now: Timestamp) -> Result<bool> {
    let values = args![
        tx.org,
        new.id,
        new.kind.word(),
        &new.subject,
        &new.payload,
        now
    ];
    Ok(tx.run(ENQUEUE, values).await? == 1)
}

/// Finishes a task in the transaction that writes its result, so that a worker whose lease ran out
/// writes nothing.
pub(crate) async fn finish(tx: &mut Tx, task: &Task) -> Result<()> {
    tx.swap(FINISH, args![tx.org, task.id, task.fence]).await
}

fn task(row: &Row) -> Result<Task> {
    let word: String = row.get("kind")?;
    let kind = TaskKind::ALL.into_iter().find(|kind| kind.word() == word);
    Ok(Task {
        id: row.get("id")?,
        kind: kind.ok_or(StoreError::Unreadable("kind"))?,
        subject: row.get("subject")?,
        payload: row.get("payload")?,
        fence: row.get("fence")?,
        tries: row.get("tries")?,
    })
}
