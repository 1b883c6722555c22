//! HTTP as every room of ours speaks it, before anybody knows what a call is about: connections
//! with limits, bodies and queries that are read strictly, problems (RFC 9457), headers that every
//! answer carries, paces and lanes.
//!
//! A room writes its own `Failure` with what can go wrong there, takes the words that are the same
//! everywhere from [`Problem`], and hands its router to [`finished`].

mod address;
mod crowd;
pub mod cursor;
mod extract;
mod fault;
mod finish;
mod idempotency;
mod lanes;
pub mod limits;
pub mod mjpeg;
pub mod names;
mod pace;
mod patient;
mod places;
mod problem;
pub mod range;
mod server;
mod shares;
mod shown;
mod size;
pub mod upload;
mod words;

pub use address::client_address;
pub use extract::{Json, JsonBytes, MaybeJson, Query, in_path};
pub use fault::Fault;
pub use finish::{Finish, NOTHING_RUNS, finished};
pub use idempotency::idempotency_key;
pub use lanes::{Full, Lane, Lanes, TookTooLong, in_time};
pub use pace::{Left, Pace, Paces};
pub use problem::{Problem, ProblemDocument};
pub use server::{serve, serve_behind};
pub use shares::{Share, Shares};
pub use shown::Moment;
pub use size::size;
