//! What the bridge must not forget: INTENT before a start, RESULT after it, the highest
//! epoch of each printer, and what a printer looked like when it was last seen.
//!
//! SQLite with `synchronous=FULL`: what is written is on the disk before anything is done. There is
//! one connection, so every change is alone.

mod row;

pub use row::{Row, may_follow};

use crate::doubt::Mark;
use crate::error::BridgeError;
use fluxprint_domain::attempt::Phase;
use fluxprint_domain::bed::Epoch;
use fluxprint_domain::id::AttemptId;
use fluxprint_domain::printer::Build;
use fluxprint_domain::{Clock, Sha256};
use fluxprint_link::{Refused, Start};
use fluxprint_printers::PrintCounts;
use row::word;
use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// The journal.
#[derive(Clone)]
pub struct Journal {
    db: SqlitePool,
    clock: Arc<dyn Clock>,
}

/// What the journal remembers of a printer.
#[derive(Clone, Debug, PartialEq)]
pub struct Remembered {
    /// The highest epoch that was accepted.
    pub epoch: Epoch,
    /// What it looked like when it was last seen.
    pub mark: Option<Mark>,
    /// Whether its bed is in doubt and the service has not been told yet.
    pub doubt: bool,
}

/// How writing an INTENT ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intent {
    /// It is on the disk: the start may be sent, once.
    Written,
    /// The try is not staged any more (it was cancelled, or started before).
    NotStaged,
    /// A start of this or a higher epoch was accepted before.
    OldEpoch,
}

impl Journal {
    /// Opens the journal at `path`, making it if there is none.
    ///
    /// # Errors
    /// [`BridgeError::Journal`] when it cannot be read or written.
    pub async fn open(path: &Path, clock: Arc<dyn Clock>) -> Result<Self, BridgeError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_secs(5));
        let db = SqlitePoolOptions::new()
            .max_connections(1)
            .min_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options)
            .await?;
        sqlx::raw_sql(include_str!("schema.sql"))
            .execute(&db)
            .await?;
        Ok(Self { db, clock })
    }

    /// Closes it, so that another may open it.
    pub async fn close(&self) {
        self.db.close().await;
    }

    /// One try.
    ///
    /// # Errors
    /// As every question to the journal: [`BridgeError::Journal`], [`BridgeError::JournalEntry`].
    pub async fn row(&self, attempt: AttemptId) -> Result<Option<Row>, BridgeError> {
        let found = sqlx::query("SELECT * FROM attempts WHERE attempt = $1")
            .bind(attempt.to_string())
            .fetch_optional(&self.db)
            .await?;
        found.as_ref().map(Row::read).transpose()
    }

    /// The tries of a printer, oldest first: those the service has not settled, or those it has.
    ///
    /// # Errors
    /// As [`Self::row`].
    pub async fn rows_of(&self, printer: &str, settled: bool) -> Result<Vec<Row>, BridgeError> {
        let found = sqlx::query(
            "SELECT * FROM attempts WHERE printer = $1 AND settled = $2 ORDER BY attempt",
        )
        .bind(printer)
        .bind(settled)
        .fetch_all(&self.db)
        .await?;
        found.iter().map(Row::read).collect()
    }

    /// Every try, for people who look after the bridge.
    ///
    /// # Errors
    /// As [`Self::row`].
    pub async fn all_rows(&self) -> Result<Vec<Row>, BridgeError> {
        let found = sqlx::query("SELECT * FROM attempts ORDER BY printer, attempt")
            .fetch_all(&self.db)
            .await?;
        found.iter().map(Row::read).collect()
    }

    /// Writes a new try down. `false` when it is known already; then nothing changes.
    ///
    /// # Errors
    /// As [`Self::row`].
    pub async fn begin(
        &self,
        attempt: AttemptId,
        printer: &str,
        sha256: Sha256,
        size_bytes: u64,
    ) -> Result<bool, BridgeError> {
        let done = sqlx::query(
            "INSERT INTO attempts (attempt, printer, sha256, size_bytes, phase, updated_at)
             VALUES ($1, $2, $3, $4, 'staging', $5) ON CONFLICT DO NOTHING",
        )
        .bind(attempt.to_string())
        .bind(printer)
        .bind(sha256.to_string())
        .bind(signed(size_bytes))
        .bind(self.clock.now().0)
        .execute(&self.db)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// The bytes are stored in the printer's program and compared. `false` when the try has ended
    /// meanwhile.
    ///
    /// # Errors
    /// As [`Self::row`].
    pub async fn staged(
        &self,
        attempt: AttemptId,
        stored_sha1: Option<&str>,
        checked_for: &Build,
    ) -> Result<bool, BridgeError> {
        let done = sqlx::query(
            "UPDATE attempts SET phase = 'staged', stored_sha1 = $2, checked_for = $3, updated_at = $4
             WHERE attempt = $1 AND phase = 'staging'",
        )
        .bind(attempt.to_string())
        .bind(stored_sha1)
        .bind(json(checked_for))
        .bind(self.clock.now().0)
        .execute(&self.db)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Moves a try on to what is proved now. `false` when that does not follow from what was
    /// proved before; then nothing changes.
    ///
    /// # Errors
    /// As [`Self::row`].
    pub async fn advance(
        &self,
        attempt: AttemptId,
        to: Phase,
        because: Option<Refused>,
    ) -> Result<bool, BridgeError> {
        let Some(row) = self.row(attempt).await? else {
            return Ok(false);
        };
        if !may_follow(row.phase, to) {
            return Ok(false);
        }
        let done = sqlx::query(
            "UPDATE attempts SET phase = $3, because = $4, updated_at = $5
             WHERE attempt = $1 AND phase = $2",
        )
        .bind(attempt.to_string())
        .bind(word(row.phase))
        .bind(word(to))
        .bind(because.as_ref().map(json))
        .bind(self.clock.now().0)
        .execute(&self.db)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Writes INTENT and the epoch, both or neither. After [`Intent::Written`] they are on the disk.
    ///
    /// # Errors
    /// As [`Self::row`]; then the start must not be sent.
    pub async fn intent(
        &self,
        printer: &str,
        start: &Start,
        before: PrintCounts,
    ) -> Result<Intent, BridgeError> {
        let mut both = self.db.begin().await?;
        let epoch = sqlx::query(
            "INSERT INTO printers (name, epoch_highest) VALUES ($1, $2)
             ON CONFLICT (name) DO UPDATE SET epoch_highest = excluded.epoch_highest
             WHERE excluded.epoch_highest > epoch_highest",
        )
        .bind(printer)
        .bind(start.epoch.0)
        .execute(&mut *both)
        .await?;
        if epoch.rows_affected() != 1 {
            return Ok(Intent::OldEpoch);
        }
        let intent = sqlx::query(
            "UPDATE attempts SET phase = 'intent', epoch = $2, bed_token = $3,
                    success_before = $4, failure_before = $5, updated_at = $6
             WHERE attempt = $1 AND phase = 'staged' AND cancel_asked = 0",
        )
        .bind(start.attempt.to_string())
        .bind(start.epoch.0)
        .bind(start.bed_token.to_string())
        .bind(signed(before.success))
        .bind(signed(before.failure))
        .bind(self.clock.now().0)
        .execute(&mut *both)
        .await?;
        if intent.rows_affected() != 1 {
            return Ok(Intent::NotStaged);
        }
        both.commit().await?;
        Ok(Intent::Written)
    }

    /// Notes that a try is to be cancelled.
    ///
    /// # Errors
    /// As [`Self::row`].
    pub async fn ask_cancel(&self, attempt: AttemptId) -> Result<(), BridgeError> {
        sqlx::query("UPDATE attempts SET cancel_asked = 1 WHERE attempt = $1")
            .bind(attempt.to_string())
            .execute(&self.db)
            .await?;
        Ok(())
    }

    /// Notes that the service has written the last phase of a try down. `false` when the try is
    /// unknown or not over.
    ///
    /// # Errors
    /// As [`Self::row`].
    pub async fn settle(&self, attempt: AttemptId) -> Result<bool, BridgeError> {
        let over = self
            .row(attempt)
            .await?
            .is_some_and(|row| row.phase.is_last());
        if over {
            sqlx::query("UPDATE attempts SET settled = 1 WHERE attempt = $1")
                .bind(attempt.to_string())
                .execute(&self.db)
                .await?;
        }
        Ok(over)
    }

    /// Forgets a settled try.
    ///
    /// # Errors
    /// As [`Self::row`].
    pub async fn forget(&self, attempt: AttemptId) -> Result<(), BridgeError> {
        sqlx::query("DELETE FROM attempts WHERE attempt = $1 AND settled = 1")
            .bind(attempt.to_string())
            .execute(&self.db)
            .await?;
        Ok(())
    }

    /// What is remembered of a printer.
    ///
    /// # Errors
    /// As [`Self::row`].
    pub async fn printer(&self, name: &str) -> Result<Remembered, BridgeError> {
        let found: Option<(i64, Option<String>, bool)> =
            sqlx::query_as("SELECT epoch_highest, mark, doubt FROM printers WHERE name = $1")
                .bind(name)
                .fetch_optional(&self.db)
                .await?;
        let (epoch, mark, doubt) = found.unwrap_or((0, None, false));
        Ok(Remembered {
            epoch: Epoch(epoch),
            // A mark of another version is no memory: it raises doubt, which is safe.
            mark: mark.and_then(|text| serde_json::from_str(&text).ok()),
            doubt,
        })
    }

    /// Remembers what a printer looks like, and doubt about its bed (never takes doubt away).
    ///
    /// # Errors
    /// As [`Self::row`].
    pub async fn remember(&self, name: &str, mark: &Mark, doubt: bool) -> Result<(), BridgeError> {
        sqlx::query(
            "INSERT INTO printers (name, mark, doubt) VALUES ($1, $2, $3)
             ON CONFLICT (name) DO UPDATE SET mark = excluded.mark, doubt = max(doubt, excluded.doubt)",
        )
        .bind(name)
        .bind(json(mark))
        .bind(doubt)
        .execute(&self.db)
        .await?;
        Ok(())
    }

    /// The service has heard of the doubt.
    ///
    /// # Errors
    /// As [`Self::row`].
    pub async fn doubt_was_told(&self, name: &str) -> Result<(), BridgeError> {
        sqlx::query("UPDATE printers SET doubt = 0 WHERE name = $1")
            .bind(name)
            .execute(&self.db)
            .await?;
        Ok(())
    }
}

/// SQLite's integers are signed; sizes and counts beyond them do not occur.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn json(value: &impl serde::Serialize) -> String {
    // Types of ours with text keys: writing them cannot fail, and an empty text reads as nothing.
    serde_json::to_string(value).unwrap_or_default()
}
