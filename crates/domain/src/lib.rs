//! The nouns of FluxPrint and their lives. Pure: no I/O, no runtime, no system clock.
//!
//! Three lives are never merged: what people want ([`job`]), one try on one printer ([`attempt`])
//! and what a machine is observed to do ([`printer`]). Transitions are functions from a state and
//! an event to a new state or a [`refusal::Refusal`]; the database repeats their invariants.

pub mod alert;
pub mod attempt;
pub mod bed;
pub mod clock;
pub mod colour;
pub mod control;
pub mod expected;
pub mod hash;
pub mod id;
pub mod job;
pub mod limits;
pub mod matching;
pub mod octets;
pub mod print_choice;
pub mod printer;
pub mod queue;
pub mod refusal;
pub mod role;
pub mod tags;
pub mod units;

pub use clock::{Clock, Monotonic, Timestamp};
pub use hash::Sha256;
pub use octets::{DeviceKey, Nonce, Signature};
pub use refusal::Refusal;
