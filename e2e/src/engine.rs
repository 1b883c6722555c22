//! Which database a world runs on.

use anyhow::Result;
use fluxprint_sim::postgres::{Postgres, TestDatabase};
use std::process::Command;

/// The two engines; every important test runs on both.
#[derive(Debug)]
pub enum Engine {
    /// Files in the data folder.
    Sqlite,
    /// A database of its own in the run's cluster.
    Postgres(TestDatabase<'static>),
}

impl Engine {
    /// A fresh PostgreSQL database.
    ///
    /// # Errors
    /// When no cluster can be had.
    pub fn postgres() -> Result<Self> {
        Ok(Self::Postgres(Postgres::shared()?.database("e2e", None)?))
    }

    /// Tells a program about it.
    pub fn tell(&self, command: &mut Command) {
        if let Self::Postgres(database) = self {
            command.env("DATABASE_URL", database.url());
        }
    }
}
