//! Keeps the studio's picture of prints near what the service says. The queue tells of all jobs
//! that are not over; a job that has left it is asked for by itself.

use super::heard_job::HeardJob;
use super::limits::{ASKED_AT_ONCE, PROGRESS_MS};
use super::picture::Picture;
use crate::gateway::{Call, GatewayError};
use crate::studio::Studio;
use axum::http::StatusCode;
use fluxprint_domain::Monotonic;
use fluxprint_domain::id::{JobId, OrganisationId};
use fluxprint_domain::job::State;
use fluxprint_store::StoreError;
use fluxprint_store::studio::print::Print;
use std::collections::{HashMap, HashSet};

/// Jobs of the queue that are remembered as no file's of ours.
const STRANGERS_MAX: usize = 1_000;

/// Why the picture could not be brought up to date.
#[derive(Debug, thiserror::Error)]
pub(super) enum Behind {
    #[error("{0}")]
    Store(#[from] StoreError),
    #[error("{0}")]
    Gateway(#[from] GatewayError),
}

/// The picture of one organisation's prints, while its stream is open.
pub(super) struct Projection<'a> {
    studio: &'a Studio,
    org: OrganisationId,
    strangers: HashSet<JobId>,
    noted: HashMap<JobId, (Monotonic, f64)>,
}

impl<'a> Projection<'a> {
    pub fn new(studio: &'a Studio, org: OrganisationId) -> Self {
        Self {
            studio,
            org,
            strangers: HashSet::new(),
            noted: HashMap::new(),
        }
    }

    /// Takes in a queue that was true at change number `seq`.
    pub async fn take_in(
        &mut self,
        picture: &Picture,
        token: &str,
        seq: i64,
    ) -> Result<(), Behind> {
        let prints = self.studio.store.prints(self.org);
        let open = prints.open().await?.into_iter();
        let mut open: HashMap<JobId, Print> = open.map(|print| (print.job, print)).collect();
        let mut asked = 0;
        for queued in picture.queued() {
            let Ok(job) = queued.job.parse::<JobId>() else {
                continue;
            };
            let state = State::from_word(queued.state);
            let (known, state) = match (open.remove(&job), state) {
                (Some(known), Some(state)) => (known, state),
                _ if self.strangers.contains(&job) || asked >= ASKED_AT_ONCE => continue,
                _ => {
                    asked += 1;
                    self.ask(job, queued.place, token, seq).await?;
                    continue;
                }
            };
            let now = Print {
                state,
                place: queued.place,
                heard_at: self.studio.clock.now(),
                seq,
                ..known
            };
            prints.hear(now).await?;
        }
        for job in open.into_keys().take(ASKED_AT_ONCE) {
            self.noted.remove(&job);
            self.ask(job, None, token, seq).await?;
        }
        self.studio.live.poke();
        Ok(())
    }

    /// Asks for one job: it is new to us, or it has left the queue.
    async fn ask(
        &mut self,
        job: JobId,
        place: Option<u32>,
        token: &str,
        seq: i64,
    ) -> Result<(), Behind> {
        let answer = self
            .studio
            .gateway
            .send(Call::get(format!("/v1/jobs/{job}")), token);
        let heard: HeardJob = match answer.await {
            Ok(answer) => answer.json().await?,
            Err(GatewayError::Said(problem)) if problem.status == StatusCode::NOT_FOUND => {
                return self.gone(job, seq).await;
            }
            Err(error) => return Err(error.into()),
        };
        let prints = self.studio.store.prints(self.org);
        match heard.print(place, seq, self.studio.clock.now()) {
            Some(print) => prints.hear(print).await.map(drop)?,
            None if self.strangers.len() < STRANGERS_MAX => {
                self.strangers.insert(job);
            }
            None => {}
        }
        Ok(())
    }

    /// The service does not know the job (any more): nobody will print it.
    async fn gone(&self, job: JobId, seq: i64) -> Result<(), Behind> {
        let prints = self.studio.store.prints(self.org);
        if let Some(known) = prints.get(job).await? {
            let canceled = Print {
                state: State::Canceled,
                heard_at: self.studio.clock.now(),
                seq: known.seq.max(seq),
                ..known
            };
            prints.hear(canceled).await?;
        }
        Ok(())
    }

    /// Takes in how far the print of `job` is; not more often than people look.
    pub async fn progress(&mut self, job: &str, percent: f64, seq: i64) -> Result<(), StoreError> {
        let Ok(job) = job.parse::<JobId>() else {
            return Ok(());
        };
        let (percent, now) = (percent.floor(), self.studio.clock.monotonic());
        let waits = self.noted.get(&job).is_some_and(|(at, noted)| {
            now.ms_since(*at) < PROGRESS_MS || (noted - percent).abs() < 1.0
        });
        if waits || self.strangers.contains(&job) {
            return Ok(());
        }
        let prints = self.studio.store.prints(self.org);
        let Some(known) = prints.get(job).await? else {
            return Ok(());
        };
        self.noted.insert(job, (now, percent));
        let further = Print {
            progress_pct: Some(percent),
            heard_at: self.studio.clock.now(),
            seq: known.seq.max(seq),
            ..known
        };
        if prints.hear(further).await? {
            self.studio.live.poke();
        }
        Ok(())
    }
}
