//! The databases: SQLite and PostgreSQL behind one concrete type.
//!
//! Two rooms that no SQL joins, [`ServiceStore`] and [`StudioStore`], each with its own file or schema,
//! role and audit chain. One text of SQL runs on both engines; a test prepares every statement on
//! both. What a caller sees:
//!
//! - every handle is bound to an organisation (`store.jobs(org)`), every statement names it, and on
//!   PostgreSQL row-level security is the second wall. Only [`service::organisation::Organisations`]
//!   and the look-up of a bridge by its secret work across organisations: loops list the
//!   organisations, then work in one after the other;
//! - a call is one transaction that writes the change, its audit row, its event in the outbox and its
//!   counters together. Decisions come from `domain`; every write is a compare-and-set;
//! - time and ids come from the caller.

mod audit;
mod db;
mod error;
pub mod limits;
mod look;
mod migrate;
mod open;
mod outbox;
mod room;
mod row;
pub mod service;
mod statement;
pub mod studio;
mod tx;
mod value;

pub use audit::{AuditEntry, AuditHead, AuditVerdict};
pub use error::{Result, StoreError};
pub use migrate::{LoginPasswords, migrate};
pub use open::Config;
pub use outbox::Event;
pub use room::Room;
pub use service::ServiceStore;
pub use studio::StudioStore;
