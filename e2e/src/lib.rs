//! The whole product as separate programs, for tests that kill and unplug them.
//!
//! [`World`] starts the built programs on loopback: `fluxprint up`, `fluxprint-bridge run`, and an
//! OctoPrint (virtual or real) behind a recording proxy that counts starts. [`Journey`] sends a person
//! through it: a script that drives a real browser.

mod api;
mod browser;
mod config;
mod engine;
mod octoprint;
mod part;
mod program;
mod small_disk;
mod wait;
mod world;

pub use api::Api;
pub use browser::Journey;
pub use config::{Pace, WorldConfig};
pub use engine::Engine;
pub use octoprint::OctoPrint;
pub use part::{block, part_file};
pub use program::{Program, programs_dir};
pub use wait::{WAIT, wait_for};
pub use world::World;
