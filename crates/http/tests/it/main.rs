//! The room over real connections.
#![expect(clippy::unwrap_used, reason = "tests")]

mod server;
