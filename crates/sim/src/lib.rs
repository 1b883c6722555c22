//! The room `sim`: stand-ins for the world outside, for tests, demos and load.
//!
//! Nothing here is linked into the product's own programs (edge E7).

pub mod camera;
mod cuttable;
pub mod fake_clock;
mod leash;
pub mod load;
mod loopback;
pub mod octoprint;
mod own_thread;
pub mod postgres;
pub mod proxy;
pub mod real_octoprint;
pub mod wire;

pub use fake_clock::FakeClock;
