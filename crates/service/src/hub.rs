//! The live sessions of bridges, and what was last seen of their printers.
//!
//! Everything here is memory: who is connected now, and the newest look at each printer. Truth
//! that must survive is in the store; a command that is lost with its session costs one look of
//! the dispatcher, never a job.

use fluxprint_domain::id::{BridgeId, OrganisationId, PrinterId, SessionId};
use fluxprint_domain::printer::Observation;
use fluxprint_domain::{Monotonic, Refusal, Timestamp};
use fluxprint_link::{Command, SafeAnswer};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use tokio::sync::{Notify, mpsc, oneshot};
use tokio_util::sync::CancellationToken;

/// Commands waiting for one session's socket. Beyond it the session is too slow to be trusted.
pub const COMMANDS_WAITING_MAX: usize = 256;

/// Seconds between two notes in the store that a quiet printer was heard of. Far below the five
/// minutes out of sight after which nothing goes on by itself.
const CONTACT_S: i64 = 60;

/// One connected bridge.
#[derive(Debug)]
struct Live {
    organisation: OrganisationId,
    session: SessionId,
    reconciled: bool,
    /// What the bridge was told at its welcome.
    introduced: Option<Introduced>,
    commands: mpsc::Sender<Said>,
    urgent: mpsc::Sender<Said>,
    closed: CancellationToken,
    why: Arc<OnceLock<Closing>>,
}

impl Live {
    fn close(&self, why: Closing) {
        // Said once: the first reason stands.
        let _ = self.why.set(why);
        self.closed.cancel();
    }
}

/// Why a session is closed from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closing {
    /// A newer session of the same bridge has taken over.
    Replaced,
    /// The bridge was shut out for good.
    ShutOut,
    /// It has to come back and tell the truth anew.
    Anew,
}

/// A command on its way to a bridge.
#[derive(Debug)]
pub struct Said {
    /// What is to be done.
    pub command: Command,
    /// Where its answer goes, if somebody waits for it.
    pub answer: Option<oneshot::Sender<SafeAnswer>>,
}

impl From<Command> for Said {
    fn from(command: Command) -> Self {
        Self {
            command,
            answer: None,
        }
    }
}

impl Said {
    fn and_wait(command: Command) -> (Self, oneshot::Receiver<SafeAnswer>) {
        let (answer, waits) = oneshot::channel();
        let said = Self {
            command,
            answer: Some(answer),
        };
        (said, waits)
    }
}

/// What a socket holds of its own entry.
#[derive(Debug)]
pub struct Entrance {
    /// Commands in order.
    pub commands: mpsc::Receiver<Said>,
    /// Safe commands, to be sent before all others.
    pub urgent: mpsc::Receiver<Said>,
    /// Ends the socket from outside: a newer session, or a revoked bridge.
    pub closed: CancellationToken,
    why: Arc<OnceLock<Closing>>,
}

impl Entrance {
    /// Why it was closed.
    #[must_use]
    pub fn why(&self) -> Closing {
        self.why.get().copied().unwrap_or(Closing::Anew)
    }
}

/// What a bridge and this program told each other at the beginning of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Introduced {
    /// The run of the bridge's program.
    pub run: u64,
    /// What our clock said when the session began: deadlines are told in this time.
    pub server_time: Timestamp,
    /// When that was.
    pub at: Monotonic,
}

/// A printer whose bridge is connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reach {
    /// The bridge.
    pub bridge: BridgeId,
    /// Its session now.
    pub session: SessionId,
    /// Whether it has told the truth in this session.
    pub reconciled: bool,
}

/// The newest look at a printer.
#[derive(Clone, Debug)]
pub struct Seen {
    /// What was seen.
    pub observation: Observation,
    /// When, by the service's clock.
    pub at: Timestamp,
}

#[derive(Debug, Default)]
struct Inner {
    bridges: HashMap<BridgeId, Live>,
    printers: HashMap<PrinterId, BridgeId>,
    seen: HashMap<PrinterId, Seen>,
    noted: HashMap<PrinterId, Timestamp>,
    /// The run of each bridge's program that has told the truth last.
    runs: HashMap<BridgeId, u64>,
}

/// Every live session of this process.
#[derive(Debug, Default)]
pub struct Hub {
    inner: Mutex<Inner>,
    wake: Notify,
}

impl Hub {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        // Every critical section only moves values in and out of maps; a panic in one leaves them whole.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells the dispatcher that something changed.
    pub fn wake(&self) {
        self.wake.notify_one();
    }

    /// Waits for [`Hub::wake`].
    pub async fn wakened(&self) {
        self.wake.notified().await;
    }

    /// A bridge has said hello. A session it already has is closed: the newer wins.
    pub fn enter(
        &self,
        organisation: OrganisationId,
        bridge: BridgeId,
        session: SessionId,
        printers: impl IntoIterator<Item = PrinterId>,
    ) -> Entrance {
        let (commands, commands_rx) = mpsc::channel(COMMANDS_WAITING_MAX);
        let (urgent, urgent_rx) = mpsc::channel(COMMANDS_WAITING_MAX);
        let closed = CancellationToken::new();
        let why = Arc::<OnceLock<Closing>>::default();
        let live = Live {
            organisation,
            session,
            reconciled: false,
            introduced: None,
            commands,
            urgent,
            closed: closed.clone(),
            why: why.clone(),
        };
        let mut inner = self.inner();
        inner.printers.retain(|_, of| *of != bridge);
        inner
            .printers
            .extend(printers.into_iter().map(|printer| (printer, bridge)));
        if let Some(older) = inner.bridges.insert(bridge, live) {
            older.close(Closing::Replaced);
        }
        Entrance {
            commands: commands_rx,
            urgent: urgent_rx,
            closed,
            why,
        }
    }

    /// The session is about to be welcomed.
    pub fn introduced(&self, bridge: BridgeId, session: SessionId, introduced: Introduced) {
        if let Some(live) = self.inner().bridges.get_mut(&bridge)
            && live.session == session
        {
            live.introduced = Some(introduced);
        }
    }

    /// Whether the bridge, or this program, was restarted since they spoke last: what was on its way
    /// between them then may be anywhere.
    #[must_use]
    pub fn restarted(&self, bridge: BridgeId, session: SessionId) -> bool {
        let inner = self.inner();
        let live = inner.bridges.get(&bridge);
        let run = live
            .filter(|live| live.session == session)
            .and_then(|live| live.introduced)
            .map(|introduced| introduced.run);
        run.is_none() || run != inner.runs.get(&bridge).copied()
    }

    /// The time of a session: what our clock said at its beginning and what has passed since. A step
    /// of the wall clock does not move it, as it does not move the bridge's.
    #[must_use]
    pub fn session_time(&self, session: SessionId, now: Monotonic) -> Option<Timestamp> {
        let inner = self.inner();
        let live = inner
            .bridges
            .values()
            .find(|live| live.session == session)?;
        let Introduced {
            server_time, at, ..
        } = live.introduced?;
        let passed_us = i64::try_from(now.ms_since(at)).ok()?.checked_mul(1_000)?;
        Some(Timestamp(server_time.0.checked_add(passed_us)?))
    }

    /// The bridge has told the whole truth in this session: starts may be sent.
    pub fn reconciled(&self, bridge: BridgeId, session: SessionId) {
        let mut inner = self.inner();
        let mut run = None;
        if let Some(live) = inner.bridges.get_mut(&bridge)
            && live.session == session
        {
            live.reconciled = true;
            run = live.introduced.map(|introduced| introduced.run);
        }
        if let Some(run) = run {
            inner.runs.insert(bridge, run);
        }
        drop(inner);
        self.wake();
    }

    /// The session is over. Ignored when a newer one has taken its place.
    pub fn leave(&self, bridge: BridgeId, session: SessionId) {
        let mut inner = self.inner();
        if inner
            .bridges
            .get(&bridge)
            .is_some_and(|live| live.session == session)
        {
            inner.bridges.remove(&bridge);
            inner.printers.retain(|_, of| *of != bridge);
        }
        drop(inner);
        self.wake();
    }

    /// Closes a bridge's session: it has to come back and tell the truth again.
    pub fn close(&self, bridge: BridgeId) {
        if let Some(live) = self.inner().bridges.get(&bridge) {
            live.close(Closing::Anew);
        }
    }

    /// Closes a bridge's session for good: it was shut out.
    pub fn shut_out(&self, bridge: BridgeId) {
        if let Some(live) = self.inner().bridges.get(&bridge) {
            live.close(Closing::ShutOut);
        }
    }

    /// The run of the program that is connected as this bridge now.
    #[must_use]
    pub fn run_of(&self, bridge: BridgeId) -> Option<u64> {
        let inner = self.inner();
        Some(inner.bridges.get(&bridge)?.introduced?.run)
    }

    /// Hands a command to the session of a bridge; its answer comes out of the receiver.
    ///
    /// # Errors
    /// [`Refusal::PrinterOffline`] when it is not connected, or takes no more.
    pub fn ask_bridge(
        &self,
        bridge: BridgeId,
        command: Command,
    ) -> Result<oneshot::Receiver<SafeAnswer>, Refusal> {
        let (said, waits) = Said::and_wait(command);
        let inner = self.inner();
        let live = inner.bridges.get(&bridge).ok_or(Refusal::PrinterOffline)?;
        let sent = live.commands.try_send(said);
        sent.map_err(|_| Refusal::PrinterOffline)?;
        Ok(waits)
    }

    /// The session through which a printer can be reached now.
    #[must_use]
    pub fn reach(&self, printer: PrinterId) -> Option<Reach> {
        let inner = self.inner();
        let bridge = *inner.printers.get(&printer)?;
        let live = inner.bridges.get(&bridge)?;
        Some(Reach {
            bridge,
            session: live.session,
            reconciled: live.reconciled,
        })
    }

    /// Hands a command to the session that reaches `printer`, if it is still `session`.
    ///
    /// # Errors
    /// [`Refusal::PrinterOffline`] when there is no such session, or it takes no more.
    pub fn send(
        &self,
        printer: PrinterId,
        session: SessionId,
        command: Command,
    ) -> Result<(), Refusal> {
        let said = Said::from(command);
        self.hand_over(printer, Some(session), said, |live| &live.commands)
    }

    /// The same, for somebody who waits for the bridge's answer. No answer (the session is over, or
    /// it takes long) leaves open whether it was done.
    ///
    /// # Errors
    /// As [`Self::send`].
    pub fn ask(
        &self,
        printer: PrinterId,
        session: SessionId,
        command: Command,
    ) -> Result<oneshot::Receiver<SafeAnswer>, Refusal> {
        let (said, waits) = Said::and_wait(command);
        self.hand_over(printer, Some(session), said, |live| &live.commands)?;
        Ok(waits)
    }

    /// As [`Self::send_urgent`], for somebody who waits for the bridge's answer.
    ///
    /// # Errors
    /// As [`Self::send_urgent`].
    pub fn ask_urgent(
        &self,
        printer: PrinterId,
        command: Command,
    ) -> Result<oneshot::Receiver<SafeAnswer>, Refusal> {
        let (said, waits) = Said::and_wait(command);
        self.hand_over(printer, None, said, |live| &live.urgent)?;
        Ok(waits)
    }

    /// Hands a safe command (pause, cancel, heaters off, emergency stop) to whatever session
    /// reaches `printer`, before all other commands.
    ///
    /// # Errors
    /// [`Refusal::PrinterOffline`] when there is none.
    pub fn send_urgent(&self, printer: PrinterId, command: Command) -> Result<(), Refusal> {
        self.hand_over(printer, None, command.into(), |live| &live.urgent)
    }

    fn hand_over(
        &self,
        printer: PrinterId,
        session: Option<SessionId>,
        said: Said,
        lane: impl Fn(&Live) -> &mpsc::Sender<Said>,
    ) -> Result<(), Refusal> {
        let inner = self.inner();
        let live = inner
            .printers
            .get(&printer)
            .and_then(|bridge| inner.bridges.get(bridge));
        let live = live.filter(|live| session.is_none_or(|session| session == live.session));
        let live = live.ok_or(Refusal::PrinterOffline)?;
        lane(live).try_send(said).map_err(|_| {
            live.close(Closing::Anew);
            Refusal::PrinterOffline
        })
    }

    /// Keeps the newest look at a printer.
    pub fn saw(&self, printer: PrinterId, observation: Observation, at: Timestamp) {
        self.inner().seen.insert(printer, Seen { observation, at });
    }

    /// Forgets what was seen of a printer: a new session tells it anew.
    pub fn forget(&self, printer: PrinterId) {
        self.inner().seen.remove(&printer);
    }

    /// Whether the store should be told again that this printer was heard of.
    pub fn contact_is_due(&self, printer: PrinterId, now: Timestamp) -> bool {
        let mut inner = self.inner();
        let noted = inner.noted.get(&printer);
        let due = noted.is_none_or(|at| now.seconds_since(*at) >= CONTACT_S);
        if due {
            inner.noted.insert(printer, now);
        }
        due
    }

    /// The newest look at a printer since this process began.
    #[must_use]
    pub fn seen(&self, printer: PrinterId) -> Option<Seen> {
        self.inner().seen.get(&printer).cloned()
    }

    /// How many bridges are connected, of all organisations.
    #[must_use]
    pub fn connected(&self) -> usize {
        self.inner().bridges.len()
    }

    /// The session of this bridge of this organisation, while it is connected.
    #[must_use]
    pub fn session_of(&self, organisation: OrganisationId, bridge: BridgeId) -> Option<SessionId> {
        let inner = self.inner();
        let live = inner.bridges.get(&bridge)?;
        (live.organisation == organisation && !live.closed.is_cancelled()).then_some(live.session)
    }

    /// Whether this bridge of this organisation is connected.
    #[must_use]
    pub fn is_connected(&self, organisation: OrganisationId, bridge: BridgeId) -> bool {
        self.inner()
            .bridges
            .get(&bridge)
            .is_some_and(|live| live.organisation == organisation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id<K: fluxprint_domain::id::Kind>(n: u128) -> fluxprint_domain::id::Id<K> {
        fluxprint_domain::id::Id::new(Timestamp(0), n)
    }

    #[test]
    fn the_newer_session_of_a_bridge_wins_and_the_older_one_is_told() {
        let hub = Hub::default();
        let older = hub.enter(id(1), id(2), id(3), [id(4)]);
        let newer = hub.enter(id(1), id(2), id(5), [id(4)]);
        assert!(older.closed.is_cancelled() && !newer.closed.is_cancelled());
        hub.leave(id(2), id(3));
        assert_eq!(hub.reach(id(4)).map(|r| r.session), Some(id(5)));
        hub.leave(id(2), id(5));
        assert_eq!(hub.reach(id(4)), None);
    }

    #[test]
    fn a_command_meant_for_an_earlier_session_is_not_delivered() {
        let hub = Hub::default();
        let mut now = hub.enter(id(1), id(2), id(5), [id(4)]);
        assert_eq!(
            hub.send(id(4), id(3), Command::Refresh),
            Err(Refusal::PrinterOffline)
        );
        assert!(now.commands.try_recv().is_err());
        assert_eq!(hub.send(id(4), id(5), Command::Refresh), Ok(()));
        let said = now.commands.try_recv().unwrap();
        assert_eq!(said.command, Command::Refresh);
    }

    #[test]
    fn a_session_that_takes_no_more_is_closed() {
        let hub = Hub::default();
        let slow = hub.enter(id(1), id(2), id(3), [id(4)]);
        let refused =
            (0..=COMMANDS_WAITING_MAX).any(|_| hub.send(id(4), id(3), Command::Refresh).is_err());
        assert!(refused && slow.closed.is_cancelled());
    }
}
