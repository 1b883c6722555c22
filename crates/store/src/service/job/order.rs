//! The order of the queue, and who has changed it. Every change counts the order's version up; a
//! move names the version it was decided on, and does nothing when that is no longer the newest: so
//! of two people who move at once, neither undoes what the other did without having seen it.

use crate::audit;
use crate::db::transaction;
use crate::error::Result;
use crate::outbox;
use crate::service::job::{Job, Jobs, load};
use crate::service::organisation;
use crate::statement::statements;
use crate::tx::Tx;
use crate::value::args;
use fluxprint_domain::id::JobId;
use fluxprint_domain::job::State;
use fluxprint_domain::queue::{OrderVersion, Priority};
use fluxprint_domain::{Refusal, Timestamp};
use serde_json::json;

statements! {
    LAST = "SELECT COALESCE(MAX(position), 0) AS position FROM jobs WHERE org_id = $1";
    MAKE_ROOM = "UPDATE jobs SET position = position + 1 WHERE org_id = $1 AND position >= $2
        AND state NOT IN ('completed', 'failed', 'canceled')";
    PUT = "UPDATE jobs SET position = $3 WHERE org_id = $1 AND id = $2";
    PRIORITISE = "UPDATE jobs SET priority = $3, priority_by = $4, position = $5 WHERE org_id = $1 AND id = $2";
    // Counts no further than it has to.
    RAISED_BY = "SELECT COUNT(*) AS raised FROM (SELECT 1 FROM jobs WHERE org_id = $1 AND priority = 0
        AND priority_by = $2 AND state NOT IN ('completed', 'failed', 'canceled') LIMIT +$3) AS counted";
    COUNT_UP = "UPDATE organisations SET order_version = order_version + 1 WHERE id = $1";
}

/// Where a job is to stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beside {
    /// Right before this one.
    Before(JobId),
    /// Right after this one.
    After(JobId),
}

/// What became of a move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reordered {
    /// It was made; the order has this version now.
    Done(OrderVersion),
    /// The order had been changed meanwhile; nothing was moved.
    OtherVersion(OrderVersion),
}

/// What became of a change of priority.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prioritised {
    /// It has that priority.
    Done,
    /// The person has raised as many as one may.
    TooMany,
}

impl Jobs<'_> {
    /// Moves a job that waits beside another one of its priority, if `seen` is still the newest
    /// version of the order.
    ///
    /// # Errors
    /// [`crate::StoreError::Refused`] for a job that does not wait, a neighbour that is over, and
    /// one of another priority; [`crate::StoreError::NotFound`].
    pub async fn reorder(
        &self,
        seen: OrderVersion,
        id: JobId,
        to: Beside,
        who: &str,
        now: Timestamp,
    ) -> Result<Reordered> {
        transaction!(self.db.write(self.org), |tx| reorder(
            tx, seen, id, to, who, now
        )
        .await)
    }

    /// Makes a job more or less urgent: it becomes the last of those. One person may have
    /// `raised_max` jobs raised that are not over.
    ///
    /// # Errors
    /// [`crate::StoreError::Refused`] for a job that does not wait; [`crate::StoreError::NotFound`].
    pub async fn prioritise(
        &self,
        id: JobId,
        priority: Priority,
        raised_max: u32,
        who: &str,
        now: Timestamp,
    ) -> Result<Prioritised> {
        transaction!(self.db.write(self.org), |tx| prioritise(
            tx, id, priority, raised_max, who, now
        )
        .await)
    }
}

/// The position behind all others.
pub(super) async fn end(tx: &mut Tx) -> Result<i64> {
    let last: i64 = tx.one(LAST, args![tx.org]).await?.get("position")?;
    Ok(last.saturating_add(1))
}

async fn reorder(
    tx: &mut Tx,
    seen: OrderVersion,
    id: JobId,
    to: Beside,
    who: &str,
    now: Timestamp,
) -> Result<Reordered> {
    let newest = organisation::load(tx).await?.order_version;
    if newest != seen {
        return Ok(Reordered::OtherVersion(newest));
    }
    let before = waiting(tx, id, "move").await?;
    let (neighbour, behind) = match to {
        Beside::Before(neighbour) => (neighbour, 0),
        Beside::After(neighbour) => (neighbour, 1),
    };
    if neighbour == id {
        return Ok(Reordered::Done(newest));
    }
    let beside = load(tx, neighbour).await?;
    if beside.state().is_over() {
        return Err(Refusal::AlreadyEnded.into());
    }
    if beside.priority != before.priority {
        return Err(Refusal::OtherPriority.into());
    }
    let position = beside.position.saturating_add(behind);
    tx.run(MAKE_ROOM, args![tx.org, position]).await?;
    tx.swap(PUT, args![tx.org, id, position]).await?;
    let after = load(tx, id).await?;
    let facts = json!({ "from": before.place, "to": after.place });
    audit::append(tx, now, who, "job moved", id, &facts).await?;
    Ok(Reordered::Done(changed(tx, &after, now).await?))
}

async fn prioritise(
    tx: &mut Tx,
    id: JobId,
    priority: Priority,
    raised_max: u32,
    who: &str,
    now: Timestamp,
) -> Result<Prioritised> {
    let before = waiting(tx, id, "change the priority of").await?;
    if before.priority == priority {
        return Ok(Prioritised::Done);
    }
    if priority == Priority::Raised {
        let values = args![tx.org, who, raised_max];
        let raised: u32 = tx.one(RAISED_BY, values).await?.get("raised")?;
        if raised >= raised_max {
            return Ok(Prioritised::TooMany);
        }
    }
    let position = end(tx).await?;
    let values = args![tx.org, id, priority, who, position];
    tx.swap(PRIORITISE, values).await?;
    let after = load(tx, id).await?;
    let facts = json!({ "priority": priority, "from": before.place, "to": after.place });
    audit::append(tx, now, who, "job prioritised", id, &facts).await?;
    changed(tx, &after, now).await?;
    Ok(Prioritised::Done)
}

/// A job of which something still waits for its turn.
async fn waiting(tx: &mut Tx, id: JobId, asked: &'static str) -> Result<Job> {
    let job = load(tx, id).await?;
    let waits = |state| matches!(state, State::Preparing | State::Held | State::Queued);
    if job.copies.iter().any(|copy| waits(copy.state)) {
        return Ok(job);
    }
    Err(match job.state() {
        over if over.is_over() => Refusal::AlreadyEnded,
        state => Refusal::NotNow {
            asked,
            while_it_is: state.word(),
        },
    }
    .into())
}

/// Counts the version of the order up and tells of it.
async fn changed(tx: &mut Tx, job: &Job, now: Timestamp) -> Result<OrderVersion> {
    tx.swap(COUNT_UP, args![tx.org]).await?;
    let version = organisation::load(tx).await?.order_version;
    let event = json!({ "job_id": job.id, "project_id": job.project, "order_version": version });
    outbox::append(tx, now, outbox::QUEUE_UPDATED, &event).await?;
    Ok(version)
}
