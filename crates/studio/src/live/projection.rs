//! Keeps the studio's picture of prints near what the service says. The queue tells of all jobs
//! that are not over; a job that has left it is asked for by itself.

use super::heard_job::HeardJob;
use super::limits::{ASKED_AT_ONCE, NEWEST_JOBS};
use super::picture::Picture;
use crate::gateway::{Call, GatewayError};
use crate::studio::Studio;
use axum::http::StatusCode;
use fluxprint_domain::id::{JobId, OrganisationId};
use fluxprint_domain::job::State;
use fluxprint_store::StoreError;
use fluxprint_store::studio::print::Print;
use serde::Deserialize;
use serde_json::Value;
use std::collections::HashMap;

/// Why the picture could not be brought up to date.
#[derive(Debug, thiserror::Error)]
pub(super) enum Behind {
    #[error("{0}")]
    Store(#[from] StoreError),
    #[error("{0}")]
    Gateway(#[from] GatewayError),
}

/// The picture of one organisation's prints.
pub(super) struct Projection<'a> {
    studio: &'a Studio,
    org: OrganisationId,
}

impl<'a> Projection<'a> {
    pub fn new(studio: &'a Studio, org: OrganisationId) -> Self {
        Self { studio, org }
    }

    /// Takes in a queue that was true at change number `seq`. A job that cannot be asked for stays
    /// as it is until the next look: it must not stop the others.
    pub async fn take_in(&self, picture: &Picture, token: &str, seq: i64) -> Result<(), Behind> {
        let (prints, now) = (self.studio.store.prints(self.org), self.studio.clock.now());
        let open = prints.open().await?.into_iter();
        let mut open: HashMap<JobId, Print> = open.map(|print| (print.job, print)).collect();
        let mut news = false;
        for heard in picture.queued() {
            let known = open.remove(&heard.id());
            let progress_pct = known.and_then(|known| known.progress_pct);
            if let Some(print) = heard.print(progress_pct, seq, now) {
                news |= prints.hear(print).await?;
            }
        }
        for known in open.into_values().take(ASKED_AT_ONCE) {
            match self.ask(known, token, seq).await {
                Ok(badge) => news |= badge,
                Err(Behind::Gateway(error)) => {
                    tracing::warn!(job = %known.job, %error, "how a job stands could not be asked");
                    // Nobody is there to answer for the others either.
                    if matches!(error, GatewayError::Away(_) | GatewayError::Slow) {
                        break;
                    }
                }
                Err(error) => return Err(error),
            }
        }
        if news {
            self.studio.live.poke();
        }
        Ok(())
    }

    /// Takes in those of the newest jobs that were never heard of: made while nobody listened, and
    /// perhaps over by now, so that the queue does not tell of them.
    pub async fn catch_up(&self, token: &str, seq: i64) -> Result<(), Behind> {
        let call = Call::get(format!("/v1/jobs?limit={NEWEST_JOBS}"));
        let page: Value = self.studio.gateway.send(call, token).await?.json().await?;
        let jobs = page.get("jobs").and_then(Value::as_array);
        let (prints, now) = (self.studio.store.prints(self.org), self.studio.clock.now());
        let mut news = false;
        for heard in jobs.into_iter().flatten() {
            let heard = HeardJob::deserialize(heard).ok();
            if let Some(print) = heard.and_then(|heard| heard.print(None, seq, now))
                && prints.get(print.job).await?.is_none()
            {
                news |= prints.hear(print).await?;
            }
        }
        if news {
            self.studio.live.poke();
        }
        Ok(())
    }

    /// Asks for a job that has left the queue. One that the service does not know (any more) will
    /// be printed by nobody.
    async fn ask(&self, known: Print, token: &str, seq: i64) -> Result<bool, Behind> {
        let call = Call::get(format!("/v1/jobs/{}", known.job));
        let now = self.studio.clock.now();
        let print = match self.studio.gateway.send(call, token).await {
            Ok(answer) => answer.json::<HeardJob>().await?.print(None, seq, now),
            Err(GatewayError::Said(problem)) if problem.status == StatusCode::NOT_FOUND => {
                Some(Print {
                    state: State::Canceled,
                    heard_at: now,
                    seq: known.seq.max(seq),
                    ..known
                })
            }
            Err(error) => return Err(error.into()),
        };
        match print {
            Some(print) => Ok(self.studio.store.prints(self.org).hear(print).await?),
            None => Ok(false),
        }
    }

    /// Takes in how far the print of `job` is.
    pub async fn progress(&self, job: JobId, percent: f64) -> Result<(), StoreError> {
        let prints = self.studio.store.prints(self.org);
        let Some(known) = prints.get(job).await? else {
            return Ok(());
        };
        let further = Print {
            progress_pct: Some(percent.floor()),
            heard_at: self.studio.clock.now(),
            ..known
        };
        if prints.hear(further).await? {
            self.studio.live.poke();
        }
        Ok(())
    }
}
