//! The print service: printers, bridges, models, jobs and the queue, behind one HTTP interface.
//!
//! [`http`] answers callers, [`bridge_socket`] talks with the bridges, [`dispatcher`] gives copies
//! to printers and [`worker`] checks and slices. They share one [`Service`] and meet in its store:
//! whoever changes something writes it there first and then wakes the others.

pub mod alerts;
pub mod bridge_socket;
pub mod camera;
pub mod choice;
pub mod chores;
pub mod dispatcher;
pub mod event_socket;
pub mod events;
pub mod failpoint;
pub mod history;
pub mod http;
pub mod hub;
pub mod limits;
pub mod metrics;
pub mod pricing;
pub mod publisher;
pub mod report;
mod rest;
pub mod rotation;
mod service;
mod settings;
pub mod telling;
pub mod worker;

pub use service::{Parts, Service};
pub use settings::{Limits, Settings};
