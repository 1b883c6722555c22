//! The store on both engines: every sentence here is tried on SQLite and on PostgreSQL.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod accounts;
mod alerts;
mod attempts;
mod audit;
mod beds;
mod bridges;
mod doctor;
mod files;
mod identity;
mod jobs;
mod limits;
mod lost_answer;
mod models;
mod order;
mod pages;
mod people;
mod prints;
mod schema;
mod send;
mod studio_world;
mod tasks;
mod tenants;
mod told;
mod trouble;
mod world;
