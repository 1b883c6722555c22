//! The print service: models, slices, jobs, printers, bridges, and the queue between them.
//!
//! Handlers call `store` and `domain` directly. Beside them three loops and a socket per bridge:
//! [`worker`] checks and slices, [`dispatcher`] gives copies to printers and starts them,
//! [`publisher`] tells listeners what the outbox holds, [`bridge_socket`] talks to one bridge.

pub mod bridge_socket;
pub mod choice;
pub mod dispatcher;
pub mod events;
pub mod failpoint;
pub mod hub;
pub mod limits;
pub mod pricing;
pub mod publisher;
pub mod report;
pub mod service;
pub mod settings;
pub mod worker;

pub use service::Service;
