//! The bridge protocol, version 1: its messages and its two ends as sans-IO state machines.
//!
//! A bridge dials the service over a WebSocket and shows its token in the upgrade request. Every
//! text message is one [`Frame`]. The service opens with a [`Challenge`]; the bridge answers with
//! [`Hello`], which its device key has signed ([`proof`]); the service lets it in with [`Welcome`] or
//! not with [`Turned`]; the bridge then sends a full report of what is true. Only
//! then ([`ServiceEnd::reconciled`]) may the service send a start.
//!
//! Two rules keep the two sides honest:
//! - **The bridge tells what is true, not what happened.** Reports are state, so a lost or
//!   repeated one does no harm, and nothing is replayed across sessions in either direction.
//! - **Commands are a closed list.** There is no URL, path, method, header or free G-code in it
//!   (safety rule B-04), so a hostile service cannot turn a bridge into a proxy.
//!
//! Sequence numbers and acknowledgements live inside one session: they find loss and half-open
//! connections, and bound what is under way.

mod bridge_end;
pub mod camera;
mod channel;
mod frame;
pub mod limits;
mod message;
pub mod proof;
mod service_end;

pub use bridge_end::{BridgeEnd, BridgeInput, StartGate};
pub use channel::{Channel, LinkError, Tick};
pub use frame::{Body, Frame};
pub use message::{
    Answer, AttemptReport, ByHand, Challenge, Command, Hello, LocalPrinter, NamedPrinter, NewToken,
    PrinterReport, Refused, Report, SafeAnswer, Stage, Start, Telemetry, Turned, Welcome,
};
pub use service_end::{ServiceEnd, ServiceInput};

/// The protocol versions this build speaks, oldest first.
pub const VERSIONS: &[u16] = &[1];
