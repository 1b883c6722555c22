//! The service's end of a session.

use crate::channel::{Channel, LinkError, Tick};
use crate::frame::{Body, Frame};
use crate::limits::{ATTEMPTS_PER_PRINTER_MAX, HANDSHAKE_MS, PRINTERS_MAX};
use crate::message::{Answer, Challenge, Command, Hello, Report, Telemetry, Turned, Welcome};
use fluxprint_domain::{Monotonic, Nonce, Refusal};

/// What the bridge said, once it has its place in the session.
#[derive(Clone, Debug, PartialEq)]
pub enum ServiceInput {
    /// The opening. Answer with [`ServiceEnd::welcome`] or [`ServiceEnd::turn_away`].
    Hello {
        /// What the bridge says of itself.
        hello: Hello,
        /// The highest version both speak.
        version: u16,
    },
    /// What is true.
    Report(Report),
    /// One look at a printer.
    Telemetry(Telemetry),
    /// What became of a command.
    Answer(Answer),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    AwaitHello,
    HelloHeard,
    AwaitReport,
    Open,
    Closed,
}

/// The service's end: feeds on text and time, yields [`ServiceInput`]s and frames to send.
#[derive(Debug)]
pub struct ServiceEnd {
    channel: Channel,
    stage: Stage,
    began: Monotonic,
}

impl ServiceEnd {
    /// An upgraded socket: the challenge is to be sent first.
    ///
    /// # Errors
    /// [`LinkError::Congested`], never in practice: it is the first frame.
    pub fn open(now: Monotonic, nonce: Nonce) -> Result<(Self, Frame), LinkError> {
        let mut channel = Channel::new(now);
        let frame = channel.send(now, Body::Challenge(Challenge { nonce }))?;
        let end = Self {
            channel,
            stage: Stage::AwaitHello,
            began: now,
        };
        Ok((end, frame))
    }

    /// Whether the bridge has told the whole truth in this session.
    #[must_use]
    pub fn reconciled(&self) -> bool {
        self.stage == Stage::Open
    }

    /// Takes a text message in.
    ///
    /// # Errors
    /// Any [`LinkError`] ends the session.
    pub fn receive(
        &mut self,
        now: Monotonic,
        text: &str,
    ) -> Result<Option<ServiceInput>, LinkError> {
        let Some((_, body)) = self.channel.receive(now, text)? else {
            return Ok(None);
        };
        match (self.stage, body) {
            (Stage::AwaitHello, Body::Hello(hello)) => self.hello(hello).map(Some),
            (Stage::AwaitReport, Body::Report(report)) if report.full => {
                self.stage = Stage::Open;
                bounded(report).map(Some)
            }
            (Stage::Open, Body::Report(report)) => bounded(report).map(Some),
            (Stage::Open, Body::Telemetry(seen)) => Ok(Some(ServiceInput::Telemetry(seen))),
            (Stage::Open, Body::Answer(answer)) => Ok(Some(ServiceInput::Answer(answer))),
            (Stage::AwaitReport | Stage::Open, Body::Ping) => Ok(None),
            _ => Err(LinkError::OutOfTurn),
        }
    }

    fn hello(&mut self, hello: Hello) -> Result<ServiceInput, LinkError> {
        if hello.printers.len() > PRINTERS_MAX {
            return Err(LinkError::TooLong);
        }
        self.stage = Stage::HelloHeard;
        let shared = hello
            .versions
            .iter()
            .filter(|v| crate::VERSIONS.contains(v))
            .max();
        let version = *shared.ok_or(LinkError::NoCommonVersion)?;
        Ok(ServiceInput::Hello { hello, version })
    }

    /// Lets the bridge in.
    ///
    /// # Errors
    /// [`LinkError::OutOfTurn`] before its hello.
    pub fn welcome(&mut self, now: Monotonic, welcome: Welcome) -> Result<Frame, LinkError> {
        if self.stage != Stage::HelloHeard {
            return Err(LinkError::OutOfTurn);
        }
        self.stage = Stage::AwaitReport;
        self.channel.send(now, Body::Welcome(welcome))
    }

    /// Turns the bridge away; send the frame, then close.
    ///
    /// # Errors
    /// [`LinkError::Congested`], never in practice: it is the first frame.
    pub fn turn_away(&mut self, now: Monotonic, turned: Turned) -> Result<Frame, LinkError> {
        self.stage = Stage::Closed;
        self.channel.send(now, Body::Turned(turned))
    }

    /// Numbers a command for sending. The frame's number identifies the later [`Answer`].
    ///
    /// # Errors
    /// `Ok(Err(`[`Refusal::NotReconciled`]`))` for any command before the bridge's full report;
    /// a [`LinkError`] ends the session.
    pub fn command(
        &mut self,
        now: Monotonic,
        command: Command,
    ) -> Result<Result<Frame, Refusal>, LinkError> {
        if self.stage != Stage::Open {
            return Ok(Err(Refusal::NotReconciled));
        }
        self.channel.send(now, Body::Command(command)).map(Ok)
    }

    /// Looks at the clock.
    ///
    /// # Errors
    /// [`LinkError::Dead`] when the bridge is gone or does not open in time.
    pub fn tick(&mut self, now: Monotonic) -> Result<Tick, LinkError> {
        match self.stage {
            Stage::Open | Stage::AwaitReport => self.channel.tick(now),
            _ if now.ms_since(self.began) >= HANDSHAKE_MS => Err(LinkError::Dead),
            _ => Ok(Tick::Quiet),
        }
    }
}

fn bounded(report: Report) -> Result<ServiceInput, LinkError> {
    let small = report.printers.len() <= PRINTERS_MAX
        && report
            .printers
            .iter()
            .all(|p| p.attempts.len() <= ATTEMPTS_PER_PRINTER_MAX);
    if small {
        Ok(ServiceInput::Report(report))
    } else {
        Err(LinkError::TooLong)
    }
}
