//! One text message on the socket.

use crate::message::{Answer, Challenge, Command, Hello, Report, Telemetry, Turned, Welcome};
use serde::{Deserialize, Serialize};

/// A numbered message. `seq` counts from 1 in each direction of a session; 0 marks a frame that
/// only acknowledges. `ack` is the highest number received from the other end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Frame {
    /// Number of this frame, 0 for [`Body::Ack`].
    pub seq: u64,
    /// Highest number seen from the other end.
    pub ack: u64,
    /// What is said.
    pub body: Body,
}

/// Everything that can be said. Closed: an unknown word is a typed error, never a guess.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(
    tag = "type",
    content = "with",
    rename_all = "snake_case",
    deny_unknown_fields
)]
pub enum Body {
    /// Service: prove who you are.
    Challenge(Challenge),
    /// Bridge: who I am and what I speak.
    Hello(Hello),
    /// Service: you are in.
    Welcome(Welcome),
    /// Service: you are not, and why.
    Turned(Turned),
    /// Bridge: what is true.
    Report(Report),
    /// Bridge: one look at a printer; only the newest matters.
    Telemetry(Telemetry),
    /// Service: do this.
    Command(Command),
    /// Bridge: what became of a command that has no other trace.
    Answer(Answer),
    /// Either: are you there?
    Ping,
    /// Either: I have what you sent. Carries no number of its own.
    Ack,
}
