//! Failed sign-ins, counted (S-11). A try counts against each of its keys before the password is
//! looked at, so that many tries at once are counted too; a success takes it back.
//!
//! The rule of one key: [`FREE`] failures cost nothing, each one more doubles a pause, and every
//! quarter of an hour without one halves what is held against it.

use crate::db::{Db, transaction};
use crate::error::Result;
use crate::statement::statements;
use crate::studio::session::nobody;
use crate::tx::Tx;
use crate::value::args;
use fluxprint_domain::{Sha256, Timestamp};

statements! {
    ENSURE = "INSERT INTO sign_in_failures (key_sha256, failures, window_start, not_before)
        VALUES ($1, 0, $2, $2) ON CONFLICT (key_sha256) DO NOTHING";
    GET = "SELECT failures, window_start, not_before FROM sign_in_failures WHERE key_sha256 = $1",
        postgres "SELECT failures, window_start, not_before FROM sign_in_failures WHERE key_sha256 = $1
            FOR UPDATE";
    HAS = "SELECT 1 AS one FROM sign_in_failures WHERE key_sha256 = $1";
    SET = "UPDATE sign_in_failures SET failures = $2, window_start = $3, not_before = $4
        WHERE key_sha256 = $1";
    PRUNE = "DELETE FROM sign_in_failures WHERE window_start < $2 OR (failures > 0 AND window_start < $1)";
}

/// Failures that cost nothing.
pub const FREE: u32 = 5;
/// Seconds after which half of the failures are forgotten.
pub const WINDOW_S: i64 = 15 * 60;
/// Seconds of the first pause.
const PAUSE_S: i64 = 60;
/// Seconds of the longest pause.
const PAUSE_S_MAX: i64 = 15 * 60;
/// Failures that are counted at most.
const FAILURES_MAX: u32 = 20;

/// The counters.
#[derive(Clone, Copy)]
pub struct SignIns<'a> {
    pub(crate) db: &'a Db,
}

/// What is held against one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Tally {
    failures: u32,
    window_start: Timestamp,
    not_before: Timestamp,
}

impl Tally {
    fn decayed(self, now: Timestamp) -> Self {
        let windows = now.seconds_since(self.window_start) / WINDOW_S;
        if windows < 1 {
            return self;
        }
        let halvings = u32::try_from(windows).unwrap_or(u32::MAX);
        Self {
            failures: self.failures.checked_shr(halvings).unwrap_or(0),
            window_start: now,
            ..self
        }
    }

    fn one_more(self, now: Timestamp) -> Self {
        let failures = self.failures.saturating_add(1).min(FAILURES_MAX);
        let pause_s = match failures.checked_sub(FREE) {
            None => 0,
            Some(over) => (PAUSE_S << over.min(8)).min(PAUSE_S_MAX),
        };
        Self {
            failures,
            not_before: now.plus_s(pause_s),
            ..self
        }
    }

    fn one_less(self, now: Timestamp) -> Self {
        Self {
            failures: self.failures.saturating_sub(1),
            not_before: now,
            ..self
        }
    }
}

/// Whether a sign-in may be tried now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It may, and counts as failed until it succeeds.
    Go,
    /// It may not.
    Wait {
        /// Whole seconds until it may; at least 1.
        retry_after_s: i64,
    },
}

impl SignIns<'_> {
    /// Whether this key has been seen: a browser that somebody has signed in from.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn knows(&self, key: Sha256) -> Result<bool> {
        Ok(!self.db.look(nobody(), HAS, args![key]).await?.is_empty())
    }

    /// Counts a try against every one of `keys`, unless one of them has to wait.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn begin(&self, keys: &[Sha256], now: Timestamp) -> Result<Verdict> {
        // Always in the same order: two tries never wait for each other.
        let mut keys = keys.to_vec();
        keys.sort();
        transaction!(self.db.touch(nobody()), |tx| {
            let mut tallies = Vec::new();
            for key in &keys {
                tallies.push((*key, load(tx, *key, now).await?));
            }
            let opens = tallies.iter().map(|(_, tally)| tally.not_before).max();
            if let Some(opens) = opens.filter(|opens| *opens > now) {
                let wait_us = opens.0.saturating_sub(now.0);
                let retry_after_s = wait_us.saturating_add(999_999) / 1_000_000;
                return Ok(Verdict::Wait { retry_after_s });
            }
            for (key, tally) in tallies {
                save(tx, key, tally.one_more(now)).await?;
            }
            Ok(Verdict::Go)
        })
    }

    /// The try was right: one is taken back from each of `keys`, and `browser` is known from now on,
    /// with nothing against it.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn succeeded(&self, keys: &[Sha256], browser: Sha256, now: Timestamp) -> Result<()> {
        let mut keys = keys.to_vec();
        keys.sort();
        transaction!(self.db.touch(nobody()), |tx| {
            for key in keys.iter().filter(|key| **key != browser) {
                let tally = load(tx, *key, now).await?;
                save(tx, *key, tally.one_less(now)).await?;
            }
            let clean = Tally {
                failures: 0,
                window_start: now,
                not_before: now,
            };
            tx.run(ENSURE, args![browser, now]).await?;
            save(tx, browser, clean).await
        })
    }

    /// Forgets failures from before `failed`, and browsers not seen since `known`.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn prune(&self, failed: Timestamp, known: Timestamp) -> Result<u64> {
        transaction!(self.db.touch(nobody()), |tx| tx
            .run(PRUNE, args![failed, known])
            .await)
    }
}

async fn load(tx: &mut Tx, key: Sha256, now: Timestamp) -> Result<Tally> {
    tx.run(ENSURE, args![key, now]).await?;
    let row = tx.one(GET, args![key]).await?;
    let tally = Tally {
        failures: row.get("failures")?,
        window_start: row.get("window_start")?,
        not_before: row.get("not_before")?,
    };
    Ok(tally.decayed(now))
}

async fn save(tx: &mut Tx, key: Sha256, tally: Tally) -> Result<()> {
    let values = args![key, tally.failures, tally.window_start, tally.not_before];
    tx.run(SET, values).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp(1_000_000_000);
    const CLEAN: Tally = Tally {
        failures: 0,
        window_start: START,
        not_before: START,
    };

    #[test]
    fn pauses_double_up_to_a_quarter_of_an_hour() {
        let mut tally = CLEAN;
        let pauses = (0..11).map(|_| {
            tally = tally.one_more(START);
            tally.not_before.seconds_since(START)
        });
        let wanted = [0, 0, 0, 0, 60, 120, 240, 480, 900, 900, 900];
        assert_eq!(pauses.collect::<Vec<_>>(), wanted);
    }

    #[test]
    fn a_quiet_quarter_of_an_hour_halves_what_is_held_against_a_key() {
        let tally = Tally {
            failures: 9,
            ..CLEAN
        };
        assert_eq!(tally.decayed(START.plus_s(WINDOW_S - 1)).failures, 9);
        assert_eq!(tally.decayed(START.plus_s(WINDOW_S)).failures, 4);
        assert_eq!(tally.decayed(START.plus_s(3 * WINDOW_S)).failures, 1);
        assert_eq!(tally.decayed(START.plus_s(400 * WINDOW_S)).failures, 0);
    }

    #[test]
    fn a_right_try_takes_back_only_itself() {
        let before = Tally {
            failures: 3,
            ..CLEAN
        };
        assert_eq!(before.one_more(START).one_less(START), before);
    }
}
