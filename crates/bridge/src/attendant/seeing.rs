//! What an attendant makes of what it sees.

use super::Attendant;
use super::cleaning::{self, Which};
use super::orders::selects;
use super::sight::Missing;
use crate::desk::nothing_seen;
use crate::doubt::{self, Mark};
use crate::error::BridgeError;
use crate::failpoint;
use crate::journal::Row;
use crate::limits::CLEAN_EVERY_MS;
use crate::recovery::{self, Judgement, Known};
use crate::words;
use fluxprint_domain::attempt::Phase;
use fluxprint_domain::id::AttemptId;
use fluxprint_domain::printer::{Activity, Observation, PrinterState};
use fluxprint_link::Refused;
use fluxprint_printers::{OwnPath, PrintCounts, PrinterError, Seen};

impl Attendant {
    /// Takes in what the watch has seen; `None`: the watch died, and another one begins.
    ///
    /// # Errors
    /// When the journal cannot be read or written.
    pub async fn saw(&mut self, seen: Option<Seen>) -> Result<(), BridgeError> {
        match seen {
            Some(Seen::Observation(now)) => self.observed(now).await,
            Some(Seen::Event(event)) => self.happened(event).await,
            Some(Seen::Gap) | None => {
                self.sight.unseen = true;
                Ok(())
            }
            Some(Seen::Lost(error)) => {
                self.lost(&error);
                Ok(())
            }
        }
    }

    /// A look of our own, beside the watch.
    pub(super) async fn look(&mut self) -> Result<(), BridgeError> {
        self.sight.looked_at = Some(self.now());
        match self.desk.printer.look().await {
            Ok(now) => self.observed(now).await,
            Err(error) => {
                self.lost(&error);
                Ok(())
            }
        }
    }

    /// Often while a start waits to be seen or a print is missing; starts that wait are given up
    /// here too when the printer's program does not even answer.
    ///
    /// # Errors
    /// When the journal cannot be read or written.
    pub async fn looked_at_the_clock(&mut self) -> Result<(), BridgeError> {
        self.clean_now_and_then().await?;
        self.watch_over(None).await;
        if self.sight.missing.is_empty() {
            return Ok(());
        }
        let now = self.now();
        let due = self
            .sight
            .looked_at
            .is_none_or(|at| now.ms_since(at) >= self.office.pace.start_look_ms);
        if due {
            self.look().await?;
        }
        for row in self.rows().await? {
            let sent = self.sight.missing.get(&row.attempt).is_some_and(|m| m.sent);
            if sent && row.phase == Phase::Intent {
                self.missing(&row).await?;
            }
        }
        Ok(())
    }

    /// Files of ended tries go while nothing moves: nobody waits for a pause or a cancel then.
    async fn clean_now_and_then(&mut self) -> Result<(), BridgeError> {
        let now = self.now();
        let began = *self.sight.cleaned_at.get_or_insert(now);
        let idle = self.desk.face().observation.state == PrinterState::Ready;
        if !idle || now.ms_since(began) < CLEAN_EVERY_MS {
            return Ok(());
        }
        self.sight.cleaned_at = Some(now);
        let cleaned = cleaning::clean(&self.desk, &self.office, Which::Aged).await?;
        if let Err(error) = cleaned {
            tracing::info!(printer = self.desk.name, code = error.code(), "{error}");
        }
        Ok(())
    }

    fn lost(&mut self, error: &PrinterError) {
        self.sight.unseen = true;
        self.sight.identified = false;
        self.out_of_sight();
        // Out of sight is not missing.
        self.sight.missing.retain(|_, missing| missing.sent);
        let seen = nothing_seen(PrinterState::Offline, Some(words::in_one_line(error)));
        self.hand_on(seen);
    }

    async fn observed(&mut self, mut seen: Observation) -> Result<(), BridgeError> {
        if seen.state == PrinterState::Offline && seen.message.is_none() {
            seen.message = Some(words::in_one_line(&PrinterError::NotConnected));
        }
        self.identify(&seen).await;
        let rows = self.rows().await?;
        let own = seen.job.as_ref().and_then(|job| OwnPath::read(&job.path));
        let live = own.as_ref().is_some_and(|own| {
            rows.iter()
                .any(|row| row.attempt == own.attempt() && row.may_be_printing())
        });
        let counts = self.counts(&rows, &seen, own.as_ref()).await;
        for row in rows.iter().filter(|row| row.may_be_printing()) {
            let of_this = counts.iter().find(|(attempt, _)| *attempt == row.attempt);
            self.judge(row, &seen, of_this.map(|(_, counts)| *counts))
                .await?;
            self.cancel_again(row, &seen).await;
        }
        let prints = own
            .and_then(|own| counts.iter().find(|(attempt, _)| *attempt == own.attempt()))
            .map(|(_, counts)| (counts.success, counts.failure));
        self.remember(&seen, live, prints).await?;
        self.watch_over(Some(&seen)).await;
        self.hand_on(seen);
        Ok(())
    }

    /// Print counters, asked only where they can tell something: a try that may be printing and is
    /// not seen to, or a file of ours on a machine that stands still and was out of sight.
    async fn counts(
        &self,
        rows: &[Row],
        seen: &Observation,
        own: Option<&OwnPath>,
    ) -> Vec<(AttemptId, PrintCounts)> {
        let mut wanted: Vec<OwnPath> = rows
            .iter()
            .filter(|row| row.may_be_printing() && Some(row.attempt) != self.starting_attempt)
            .map(Row::path)
            .filter(|path| seen.activity == Activity::Idle || !selects(seen, &path.to_string()))
            .collect();
        let still = !doubt::is_moving(seen);
        // The program counts a moment after the end.
        let settling_ms = 2 * self.office.pace.vanished_ms;
        let settling = self
            .sight
            .still_since
            .is_none_or(|at| self.now().ms_since(at) < settling_ms);
        let new = self.sight.unseen || settling;
        wanted.extend(
            own.filter(|own| still && new && !wanted.contains(own))
                .cloned(),
        );
        let mut counts = Vec::new();
        for path in wanted {
            if let Ok(Some(stored)) = self.desk.printer.stored(&path).await {
                counts.push((path.attempt(), stored.prints));
            }
        }
        counts
    }

    async fn judge(
        &mut self,
        row: &Row,
        seen: &Observation,
        counts: Option<PrintCounts>,
    ) -> Result<(), BridgeError> {
        let path = row.path().to_string();
        let known = Known {
            phase: row.phase,
            path: &path,
            at_intent: row.at_intent,
            cancel_asked: row.cancel_asked,
        };
        match recovery::judge(&known, seen, counts) {
            Judgement::NothingNew => {}
            Judgement::Is(phase, why) => {
                self.result(row.attempt, phase, why.map(Refused::from))
                    .await?
            }
            Judgement::NoTrace if self.starting_attempt == Some(row.attempt) => {}
            Judgement::NoTrace => self.missing(row).await?,
        }
        Ok(())
    }

    /// RESULT: what was seen, durable before anybody hears of it.
    pub(super) async fn result(
        &mut self,
        attempt: AttemptId,
        phase: Phase,
        because: Option<Refused>,
    ) -> Result<(), BridgeError> {
        failpoint::reach(failpoint::BEFORE_RESULT);
        self.sight.missing.remove(&attempt);
        if self.prove(attempt, phase, because).await? {
            failpoint::reach(failpoint::AFTER_RESULT);
            if phase.is_last() {
                self.sight.forget(attempt);
            }
        }
        Ok(())
    }

    /// No trace of a try: after some patience nobody can know.
    async fn missing(&mut self, row: &Row) -> Result<(), BridgeError> {
        let (now, pace) = (self.now(), self.office.pace);
        let new = Missing {
            since: now,
            sent: false,
        };
        let since = self.sight.missing.entry(row.attempt).or_insert(new).since;
        let patience_ms = match row.phase {
            Phase::Intent => pace.start_seen_ms,
            _ => pace.vanished_ms,
        };
        if now.ms_since(since) < patience_ms {
            return Ok(());
        }
        let why = recovery::given_up(row.phase);
        self.result(row.attempt, Phase::Unsure, Some(why.into()))
            .await?;
        self.doubt().await
    }

    /// A cancel is a safe thing: it is said until it has worked.
    async fn cancel_again(&mut self, row: &Row, seen: &Observation) {
        let moving = !matches!(seen.activity, Activity::Idle | Activity::Cancelling);
        if !row.cancel_asked || !moving || !selects(seen, &row.path().to_string()) {
            return;
        }
        let (now, again_ms) = (self.now(), self.office.pace.cancel_again_ms);
        let said = self.sight.cancel_said_at.get(&row.attempt);
        if said.is_none_or(|at| now.ms_since(*at) >= again_ms) {
            self.sight.cancel_said(row.attempt, now);
            if let Err(error) = self.desk.printer.cancel().await {
                tracing::warn!(
                    printer = self.desk.name,
                    code = error.code(),
                    "cancel: {error}"
                );
            }
        }
    }

    /// Raises doubt about the bed, durably.
    pub(super) async fn doubt(&mut self) -> Result<(), BridgeError> {
        let mark = self.sight.mark.clone();
        if let Some(mark) = mark {
            self.office
                .journal
                .remember(&self.desk.name, &mark, true)
                .await?;
        }
        self.desk.raise_doubt();
        self.office.news.notify_one();
        Ok(())
    }

    async fn remember(
        &mut self,
        seen: &Observation,
        live: bool,
        prints: Option<(u64, u64)>,
    ) -> Result<(), BridgeError> {
        if matches!(seen.state, PrinterState::Unknown) {
            return Ok(());
        }
        let before = self.sight.mark.take();
        // Counters are only asked at the moments when they may have changed.
        let same_file = before.as_ref().filter(|mark| {
            !mark.moving
                && !self.sight.unseen
                && mark.path == seen.job.as_ref().map(|job| job.path.clone())
        });
        let prints = prints.or_else(|| same_file.and_then(|mark| mark.prints));
        let live = live || doubt::runs_out(before.as_ref(), seen, self.sight.unseen);
        let mark = Mark::of(seen, live, prints);
        let ours = mark
            .path
            .as_deref()
            .is_some_and(|path| OwnPath::read(path).is_some());
        let doubt = doubt::raises_doubt(before.as_ref(), &mark, self.sight.unseen, ours);
        self.sight.unseen = false;
        if before.as_ref().is_none_or(|before| before.moving) && !mark.moving {
            self.sight.still_since = Some(self.now());
        }
        self.sight.mark = Some(mark.clone());
        if doubt || before.as_ref() != Some(&mark) {
            self.office
                .journal
                .remember(&self.desk.name, &mark, doubt)
                .await?;
        }
        if doubt {
            tracing::info!(printer = self.desk.name, "the bed may have changed unseen");
            self.desk.raise_doubt();
            self.office.news.notify_one();
        }
        Ok(())
    }

    /// Hands a look on: at once when the state has changed, otherwise now and then.
    fn hand_on(&mut self, seen: Observation) {
        let (now, pace) = (self.now(), self.office.pace);
        let every_ms = match doubt::is_moving(&seen) {
            true => pace.busy_look_ms,
            false => pace.idle_look_ms,
        };
        let looks = (seen.state, seen.activity, seen.message.clone());
        let changed = self.sight.last.as_ref() != Some(&looks);
        let due = changed
            || self
                .sight
                .handed_on_at
                .is_none_or(|at| now.ms_since(at) >= every_ms);
        if due {
            self.sight.handed_on_at = Some(now);
            self.sight.last = Some(looks);
        }
        self.desk.set_observation(seen, due);
        if due {
            self.office.news.notify_one();
        }
    }

    /// Finds out whether the printer really is the simulation its configuration calls it, each time
    /// it has been out of sight.
    async fn identify(&mut self, seen: &Observation) {
        let connected = !matches!(seen.state, PrinterState::Offline | PrinterState::Error);
        if self.sight.identified || !connected {
            return;
        }
        let Ok(identity) = self.desk.printer.identify().await else {
            return;
        };
        self.sight.identified = true;
        for warning in &identity.warnings {
            tracing::warn!(
                printer = self.desk.name,
                code = warning.code(),
                "{}",
                warning.sentence()
            );
        }
        if self.desk.said_virtual && !identity.is_virtual {
            tracing::warn!(
                printer = self.desk.name,
                "the configuration calls this printer virtual, but it is not: it is treated as a real one"
            );
        }
        self.desk
            .set_virtual(self.desk.said_virtual && identity.is_virtual);
        self.office.news.notify_one();
    }
}
