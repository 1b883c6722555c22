//! The service's HTTP side, with the router in process and a database of its own for each test.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod absence;
mod alerts;
mod artifacts;
mod bridge;
mod bridges;
mod by_hand;
mod camera;
mod choices;
mod chores;
mod description;
mod doors;
mod enqueue;
mod events;
mod hold;
mod identity;
mod jobs;
mod lists;
mod models;
mod order;
mod overload;
mod owned;
mod pairing;
mod printers;
mod prints;
mod problems;
mod published;
mod queue;
mod references;
mod rig;
mod server;
mod tenants;
mod timelines;
mod tokens;
mod waits;
