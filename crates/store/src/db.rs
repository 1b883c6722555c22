//! The two engines behind one type, and the one place where transactions begin, end and are retried.

use crate::error::{Result, StoreError};
use crate::limits::{RETRIES_MAX, RETRY_PAUSE_MS};
use crate::room::Room;
use crate::tx::{Engine, Tx};
use fluxprint_domain::id::OrganisationId;
use sqlx::{AssertSqlSafe, Executor as _, PgPool, SqlSafeStr as _, SqlitePool};
use std::fs::File;
use std::sync::Arc;
use std::time::Duration;

/// An open database of one room.
#[derive(Clone, Debug)]
pub(crate) enum Db {
    /// SQLite: one writer, several readers.
    Lite {
        writer: SqlitePool,
        readers: SqlitePool,
        /// Held as long as the database is open: a second program is refused.
        _lock: Arc<File>,
    },
    /// PostgreSQL, connected as the room's own role.
    Pg(PgPool),
}

/// What a transaction is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// Changes with audit and outbox: one at a time in an organisation, as SQLite does by nature.
    /// So audit rows and outbox rows get their numbers in the order of their commits.
    Write,
    /// Small changes without either (leases, last contact).
    Touch,
    /// Reads one consistent state.
    Read,
}

impl Db {
    /// Runs `work` as one transaction and commits it. May run it several times: `work` must have
    /// no effect but on its transaction.
    pub(crate) async fn write<T>(
        &self,
        org: OrganisationId,
        work: impl AsyncFn(&mut Tx) -> Result<T>,
    ) -> Result<T> {
        self.retrying(org, Purpose::Write, work).await
    }

    /// Like [`Self::write`], without waiting for others of the organisation.
    pub(crate) async fn touch<T>(
        &self,
        org: OrganisationId,
        work: impl AsyncFn(&mut Tx) -> Result<T>,
    ) -> Result<T> {
        self.retrying(org, Purpose::Touch, work).await
    }

    /// Runs `work` on one consistent state.
    pub(crate) async fn read<T>(
        &self,
        org: OrganisationId,
        work: impl AsyncFn(&mut Tx) -> Result<T>,
    ) -> Result<T> {
        self.retrying(org, Purpose::Read, work).await
    }

    async fn retrying<T>(
        &self,
        org: OrganisationId,
        purpose: Purpose,
        work: impl AsyncFn(&mut Tx) -> Result<T>,
    ) -> Result<T> {
        let mut tries = 0;
        loop {
            match self.once(org, purpose, &work).await {
                Err(StoreError::Busy) if tries < RETRIES_MAX => tries += 1,
                done => return done,
            }
            tokio::time::sleep(Duration::from_millis(RETRY_PAUSE_MS << tries)).await;
        }
    }

    async fn once<T>(
        &self,
        org: OrganisationId,
        purpose: Purpose,
        work: &impl AsyncFn(&mut Tx) -> Result<T>,
    ) -> Result<T> {
        let mut tx = self.begin(org, purpose).await?;
        match work(&mut tx).await {
            Ok(value) => tx.commit().await.map(|()| value),
            Err(error) => {
                tx.rollback().await;
                Err(error)
            }
        }
    }

    async fn begin(&self, org: OrganisationId, purpose: Purpose) -> Result<Tx> {
        let engine = match self {
            Self::Lite {
                writer, readers, ..
            } => Engine::Lite(match purpose {
                Purpose::Read => readers.begin().await?,
                Purpose::Write | Purpose::Touch => writer.begin_with("BEGIN IMMEDIATE").await?,
            }),
            Self::Pg(pool) => {
                let id = org.uuid().hyphenated();
                let (mode, lock) = match purpose {
                    Purpose::Read => (" ISOLATION LEVEL REPEATABLE READ READ ONLY", String::new()),
                    Purpose::Touch => ("", String::new()),
                    Purpose::Write => (
                        "",
                        format!("; SELECT 1 FROM organisations WHERE id = '{id}' FOR UPDATE"),
                    ),
                };
                // One round trip. Safe: the only thing written into the text is a UUID.
                let begin =
                    format!("BEGIN{mode}; SELECT set_config('fluxprint.org', '{id}', true){lock}");
                Engine::Pg(pool.begin_with(AssertSqlSafe(begin)).await?)
            }
        };
        Ok(Tx { engine, org })
    }
}

impl Db {
    /// Prepares every statement of a room; returns the name and trouble of those that fail.
    pub(crate) async fn check_statements(&self, room: Room) -> Result<Vec<String>> {
        let mut wrong = Vec::new();
        match self {
            Self::Lite { readers, .. } => {
                let mut connection = readers.acquire().await?;
                for statement in room.statements() {
                    let sql = statement.sqlite.into_sql_str();
                    if let Err(error) = (&mut *connection).prepare(sql).await {
                        wrong.push(format!("{}: {error}", statement.name));
                    }
                }
            }
            Self::Pg(pool) => {
                let mut connection = pool.acquire().await?;
                for statement in room.statements() {
                    let sql = statement.postgres.into_sql_str();
                    if let Err(error) = (&mut *connection).prepare(sql).await {
                        wrong.push(format!("{}: {error}", statement.name));
                    }
                }
            }
        }
        Ok(wrong)
    }
}
