//! What people and tasks do to jobs and their copies: prepare, hold, release.

use crate::audit;
use crate::db::transaction;
use crate::error::Result;
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
}

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
                    copy::save(tx, &copy, cause.now).await?;
                    let what = format!("copy {what}");
                    let facts = match cause.reason {
                        Some(reason) => json!({ "reason": reason.facts() }),
                        None => json!({}),
                    };
                    audit::append(tx, cause.now, cause.who, &what, copy.id, &facts).await?;
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
