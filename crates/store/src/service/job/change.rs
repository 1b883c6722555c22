//! What people and tasks do to jobs and their copies: prepare, hold, release.

use crate::audit;
use crate::db::transaction;
use crate::error::Result;
use crate::limits::ROWS_MAX;
use crate::outbox;
use crate::service::copy::{self, Cause, Copy, advance};
use crate::service::job::{Jobs, load};
use crate::service::reason::Reason;
use crate::statement::statements;
use crate::tx::Tx;
use crate::value::args;
use fluxprint_domain::Timestamp;
use fluxprint_domain::id::{CopyId, JobId, SliceId};
use fluxprint_domain::job::{Event, State};
use serde_json::json;

statements! {
    SET_SLICE = "UPDATE jobs SET slice_id = $3, estimate = COALESCE($4, estimate)
        WHERE org_id = $1 AND id = $2";
    // `+id`: SQLite would rather walk the primary key, which is every copy there ever was.
    HELD = "SELECT id FROM copies WHERE org_id = $1 AND state = 'held' AND reason_code = $2
        AND state NOT IN ('completed', 'failed', 'canceled') ORDER BY +id LIMIT +$3",
        postgres "SELECT id FROM copies WHERE org_id = $1 AND state = 'held' AND reason_code = $2
        AND state NOT IN ('completed', 'failed', 'canceled') ORDER BY id LIMIT +$3";
}

/// Why copies are held whose printer was out of sight for too long.
pub const HELD_AFTER_ABSENCE: &str = "HELD_AFTER_ABSENCE";

/// A whole job or one of its copies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// Every copy of it.
    Job(JobId),
    /// Only this one.
    Copy(CopyId),
}

impl Jobs<'_> {
    /// The model is checked and sliced: copies that prepare join the queue.
    ///
    /// # Errors
    /// [`crate::StoreError::NotFound`].
    pub async fn prepared(
        &self,
        id: JobId,
        slice: SliceId,
        estimate: Option<&str>,
        who: &str,
        now: Timestamp,
    ) -> Result<()> {
        transaction!(self.db.write(self.org), |tx| {
            let copies = preparing(tx, id).await?;
            if copies.is_empty() {
                return Ok(());
            }
            tx.swap(SET_SLICE, args![tx.org, id, slice, estimate])
                .await?;
            let cause = Cause {
                who,
                now,
                reason: None,
            };
            move_all(tx, copies, Event::Prepared, cause).await?;
            let facts = json!({ "slice": slice });
            audit::append(tx, now, who, "job prepared", id, &facts).await
        })
    }

    /// The model cannot be printed: copies that prepare have failed.
    ///
    /// # Errors
    /// [`crate::StoreError::NotFound`].
    pub async fn cannot_prepare(
        &self,
        id: JobId,
        reason: &Reason,
        who: &str,
        now: Timestamp,
    ) -> Result<()> {
        transaction!(self.db.write(self.org), |tx| {
            let copies = preparing(tx, id).await?;
            if copies.is_empty() {
                return Ok(());
            }
            let cause = Cause {
                who,
                now,
                reason: Some(reason),
            };
            move_all(tx, copies, Event::CannotBePrepared, cause).await?;
            let facts = json!({ "code": reason.code });
            audit::append(tx, now, who, "job cannot be prepared", id, &facts).await
        })
    }

    /// Holds back what waits. Of a job, every copy that can be held.
    ///
    /// # Errors
    /// [`crate::StoreError::Refused`] when nothing of it can be held; [`crate::StoreError::NotFound`].
    pub async fn hold(
        &self,
        target: Target,
        reason: Option<&Reason>,
        who: &str,
        now: Timestamp,
    ) -> Result<()> {
        let cause = Cause { who, now, reason };
        transaction!(self.db.write(self.org), |tx| {
            let copies = targeted(tx, target).await?;
            move_some(tx, copies, Event::Hold, "held", cause).await
        })
    }

    /// Holds back what waits among these copies, because its printer was out of sight for too long,
    /// and tells of it once; returns how many were held.
    ///
    /// # Errors
    /// [`crate::StoreError::NotFound`].
    pub async fn hold_after_absence(
        &self,
        copies: &[CopyId],
        reason: &Reason,
        who: &str,
        now: Timestamp,
    ) -> Result<u32> {
        let cause = Cause {
            who,
            now,
            reason: Some(reason),
        };
        transaction!(self.db.write(self.org), |tx| {
            let mut held = 0;
            for id in copies {
                let mut copy = copy::load(tx, *id).await?;
                if copy.state == State::Queued {
                    advance(&mut copy, Event::Hold, cause)?;
                    write(tx, &copy, "held", cause).await?;
                    held += 1;
                }
            }
            if held > 0 {
                let facts = json!({ "copies": held, "reason": reason.facts() });
                audit::append(tx, now, who, "queue held", tx.org, &facts).await?;
                outbox::append(tx, now, outbox::QUEUE_HELD, &facts).await?;
            }
            Ok(held)
        })
    }

    /// Lets everything go on that is held because a printer was out of sight; returns how many
    /// copies.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn release_after_absence(&self, who: &str, now: Timestamp) -> Result<u32> {
        let cause = Cause {
            who,
            now,
            reason: None,
        };
        transaction!(self.db.write(self.org), |tx| {
            let values = args![tx.org, HELD_AFTER_ABSENCE, ROWS_MAX];
            let rows = tx.all(HELD, values).await?;
            for row in &rows {
                let mut copy = copy::load(tx, row.get("id")?).await?;
                advance(&mut copy, Event::Release, cause)?;
                copy.not_started_count = 0;
                write(tx, &copy, "released", cause).await?;
            }
            Ok(u32::try_from(rows.len()).unwrap_or(u32::MAX))
        })
    }

    /// Lets what is held go on, with a clean slate of tries.
    ///
    /// # Errors
    /// [`crate::StoreError::Refused`] when nothing of it is held; [`crate::StoreError::NotFound`].
    pub async fn release(&self, target: Target, who: &str, now: Timestamp) -> Result<()> {
        let cause = Cause {
            who,
            now,
            reason: None,
        };
        transaction!(self.db.write(self.org), |tx| {
            let copies = targeted(tx, target).await?;
            move_some(tx, copies, Event::Release, "released", cause).await
        })
    }
}

/// The copies that are meant.
pub(crate) async fn targeted(tx: &mut Tx, target: Target) -> Result<Vec<Copy>> {
    match target {
        Target::Job(id) => Ok(load(tx, id).await?.copies),
        Target::Copy(id) => Ok(vec![copy::load(tx, id).await?]),
    }
}

async fn preparing(tx: &mut Tx, id: JobId) -> Result<Vec<Copy>> {
    let copies = targeted(tx, Target::Job(id)).await?;
    Ok(copies
        .into_iter()
        .filter(|copy| copy.state == State::Preparing)
        .collect())
}

async fn move_all(tx: &mut Tx, copies: Vec<Copy>, event: Event, cause: Cause<'_>) -> Result<()> {
    for mut copy in copies {
        advance(&mut copy, event, cause)?;
        copy::save(tx, &copy, cause.now).await?;
    }
    Ok(())
}

/// Moves those copies on that the event fits; refuses when it fits none.
async fn move_some(
    tx: &mut Tx,
    copies: Vec<Copy>,
    event: Event,
    what: &str,
    cause: Cause<'_>,
) -> Result<()> {
    let mut refused = None;
    let mut fits = false;
    for mut copy in copies {
        match advance(&mut copy, event, cause) {
            Ok(changed) => {
                fits = true;
                if changed {
                    copy.not_started_count = 0;
                    write(tx, &copy, what, cause).await?;
                }
            }
            Err(obstacle) => refused = Some(obstacle),
        }
    }
    match refused {
        Some(obstacle) if !fits => Err(obstacle),
        _ => Ok(()),
    }
}

/// Saves a copy and notes what was done to it.
async fn write(tx: &mut Tx, copy: &Copy, what: &str, cause: Cause<'_>) -> Result<()> {
    copy::save(tx, copy, cause.now).await?;
    let what = format!("copy {what}");
    let facts = match cause.reason {
        Some(reason) => json!({ "reason": reason.facts() }),
        None => json!({}),
    };
    audit::append(tx, cause.now, cause.who, &what, copy.id, &facts).await
}
