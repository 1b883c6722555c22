//! The bridge's end of a session.

use crate::channel::{Channel, LinkError, Tick};
use crate::frame::{Body, Frame};
use crate::limits::HANDSHAKE_MS;
use crate::message::{
    Answer, ByHand, Challenge, Command, Hello, Report, Start, Telemetry, Turned, Welcome,
};
use fluxprint_domain::id::SessionId;
use fluxprint_domain::{Monotonic, Refusal, Timestamp};

/// What the service said.
#[derive(Clone, Debug, PartialEq)]
pub enum BridgeInput {
    /// Prove who you are: answer with [`BridgeEnd::hello`].
    Challenge(Challenge),
    /// The session is open: send the full report now.
    Welcome(Welcome),
    /// The service does not want this bridge; the session ends.
    Turned(Turned),
    /// Do this. The number goes into an [`Answer`].
    Command {
        /// Number of the frame.
        number: u64,
        /// What to do.
        command: Command,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    AwaitChallenge,
    OwesHello,
    AwaitWelcome,
    OwesReport(StartGate),
    Open(StartGate),
    Closed,
}

/// Decides whether a start may still be carried out: ties the service's clock of one session to
/// our monotonic clock. The service read its clock somewhere between our hello and its welcome;
/// counting from our hello can only run ahead of the service, so a deadline measured this way
/// passes early rather than late. Whoever carries out starts holds the gate of the session that
/// is open, and none when none is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StartGate {
    session: SessionId,
    server_time: Timestamp,
    hello_at: Monotonic,
}

impl StartGate {
    /// Whether this start belongs to this session and its deadline has not passed. Asked
    /// when the start arrives and again right before the printer is told to start.
    ///
    /// # Errors
    /// [`Refusal::StartOutdated`] for another session, [`Refusal::StartTooLate`] after the deadline.
    pub fn check(&self, now: Monotonic, start: &Start) -> Result<(), Refusal> {
        if start.session != self.session {
            return Err(Refusal::StartOutdated);
        }
        if self.server_now(now) <= start.not_after {
            Ok(())
        } else {
            Err(Refusal::StartTooLate)
        }
    }

    /// The same for what is done by hand.
    ///
    /// # Errors
    /// [`Refusal::CommandTooLate`] for another session or after the deadline.
    pub fn check_by_hand(&self, now: Monotonic, order: &ByHand) -> Result<(), Refusal> {
        if order.session == self.session && self.server_now(now) <= order.not_after {
            Ok(())
        } else {
            Err(Refusal::CommandTooLate)
        }
    }

    fn server_now(&self, now: Monotonic) -> Timestamp {
        let since_us = i64::try_from(now.0.saturating_sub(self.hello_at.0)).unwrap_or(i64::MAX);
        Timestamp(self.server_time.0.saturating_add(since_us))
    }
}

/// The bridge's end: feeds on text and time, yields [`BridgeInput`]s and frames to send.
#[derive(Debug)]
pub struct BridgeEnd {
    channel: Channel,
    stage: Stage,
    hello_at: Monotonic,
}

impl BridgeEnd {
    /// A connected socket: the service speaks first.
    #[must_use]
    pub fn new(now: Monotonic) -> Self {
        Self {
            channel: Channel::new(now),
            stage: Stage::AwaitChallenge,
            hello_at: now,
        }
    }

    /// Answers the challenge.
    ///
    /// # Errors
    /// [`LinkError::OutOfTurn`] when there is none to be answered.
    pub fn hello(&mut self, now: Monotonic, hello: Hello) -> Result<Frame, LinkError> {
        if self.stage != Stage::OwesHello {
            return Err(LinkError::OutOfTurn);
        }
        self.stage = Stage::AwaitWelcome;
        self.hello_at = now;
        self.channel.send(now, Body::Hello(hello))
    }

    /// Takes a text message in.
    ///
    /// # Errors
    /// Any [`LinkError`] ends the session.
    pub fn receive(
        &mut self,
        now: Monotonic,
        text: &str,
    ) -> Result<Option<BridgeInput>, LinkError> {
        let Some((number, body)) = self.channel.receive(now, text)? else {
            return Ok(None);
        };
        match (self.stage, body) {
            (Stage::AwaitChallenge, Body::Challenge(challenge)) => {
                self.stage = Stage::OwesHello;
                Ok(Some(BridgeInput::Challenge(challenge)))
            }
            (Stage::AwaitWelcome, Body::Welcome(welcome)) => self.welcome(welcome).map(Some),
            (Stage::AwaitWelcome, Body::Turned(turned)) => {
                self.stage = Stage::Closed;
                Ok(Some(BridgeInput::Turned(turned)))
            }
            (Stage::Open(_), Body::Command(command)) => {
                Ok(Some(BridgeInput::Command { number, command }))
            }
            (Stage::OwesReport(_) | Stage::Open(_), Body::Ping) => Ok(None),
            _ => Err(LinkError::OutOfTurn),
        }
    }

    fn welcome(&mut self, welcome: Welcome) -> Result<BridgeInput, LinkError> {
        if !crate::VERSIONS.contains(&welcome.version) {
            return Err(LinkError::NoCommonVersion);
        }
        self.stage = Stage::OwesReport(StartGate {
            session: welcome.session,
            server_time: welcome.server_time,
            hello_at: self.hello_at,
        });
        Ok(BridgeInput::Welcome(welcome))
    }

    /// Numbers a report for sending. The first of a session must be full.
    ///
    /// # Errors
    /// [`LinkError::OutOfTurn`] before the welcome or for a partial first report.
    pub fn report(&mut self, now: Monotonic, report: Report) -> Result<Frame, LinkError> {
        match self.stage {
            Stage::OwesReport(gate) if report.full => self.stage = Stage::Open(gate),
            Stage::Open(_) => {}
            _ => return Err(LinkError::OutOfTurn),
        }
        self.channel.send(now, Body::Report(report))
    }

    /// Numbers a look at a printer, unless so much is under way that it is better skipped.
    ///
    /// # Errors
    /// [`LinkError::OutOfTurn`] before the first report.
    pub fn telemetry(
        &mut self,
        now: Monotonic,
        seen: Telemetry,
    ) -> Result<Option<Frame>, LinkError> {
        if !matches!(self.stage, Stage::Open(_)) {
            return Err(LinkError::OutOfTurn);
        }
        if self.channel.is_crowded() {
            return Ok(None);
        }
        self.channel.send(now, Body::Telemetry(seen)).map(Some)
    }

    /// Numbers the answer to a command.
    ///
    /// # Errors
    /// [`LinkError::OutOfTurn`] before the first report.
    pub fn answer(&mut self, now: Monotonic, answer: Answer) -> Result<Frame, LinkError> {
        if !matches!(self.stage, Stage::Open(_)) {
            return Err(LinkError::OutOfTurn);
        }
        self.channel.send(now, Body::Answer(answer))
    }

    /// The gate for starts of this session, once the full report is sent.
    #[must_use]
    pub fn gate(&self) -> Option<StartGate> {
        match self.stage {
            Stage::Open(gate) => Some(gate),
            _ => None,
        }
    }

    /// Looks at the clock.
    ///
    /// # Errors
    /// [`LinkError::Dead`] when the service is gone or does not answer the hello in time.
    pub fn tick(&mut self, now: Monotonic) -> Result<Tick, LinkError> {
        match self.stage {
            Stage::OwesReport(_) | Stage::Open(_) => self.channel.tick(now),
            _ if now.ms_since(self.hello_at) >= HANDSHAKE_MS => Err(LinkError::Dead),
            _ => Ok(Tick::Quiet),
        }
    }
}
