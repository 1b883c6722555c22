//! The studio's HTTP side, with the router in process and a database of its own for each test.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod camera;
mod csrf;
mod description;
mod disk;
mod doors;
mod files;
mod hostile_service;
mod links;
mod live;
mod members;
mod operator;
mod owned;
mod page;
mod pages;
mod played_service;
mod printing;
mod projects;
mod published;
mod rig;
mod sessions;
mod sign_in;
mod step_up;
mod tenants;
