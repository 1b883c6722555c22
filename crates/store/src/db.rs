//! The two engines behind one type, and the one place where transactions begin, end and are retried.

use crate::error::{Result, StoreError};
use crate::limits::{RETRIES_MAX, RETRY_PAUSE_MS};
use crate::look::Looks;
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
        looks: Arc<Looks>,
        /// Held as long as the database is open: a second program is refused. One that only looks
        /// holds none.
        _lock: Option<Arc<File>>,
    },
    /// PostgreSQL, connected as the room's own role.
    Pg { pool: PgPool, looks: Arc<Looks> },
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

/// Runs the body as one transaction of an organisation and gives its result:
/// `transaction!(db.write(org), |tx| { … })`. While the database is busy the body is run again, so
/// it must have no effect but on its transaction.
// A macro, because a function that takes such a body as an async closure makes futures that the
// compiler cannot prove to be `Send`.
macro_rules! transaction {
    ($db:ident.$purpose:ident($org:expr), |$tx:ident| $body:expr) => {
        $crate::db::transaction!(@ $db, $purpose, $org, $tx, $body)
    };
    ($on:ident.db.$purpose:ident($org:expr), |$tx:ident| $body:expr) => {
        $crate::db::transaction!(@ $on.db, $purpose, $org, $tx, $body)
    };
    (@ $db:expr, $purpose:ident, $org:expr, $tx:ident, $body:expr) => {{
        let mut tries = 0;
        loop {
            let done = match $db.$purpose($org).await {
                Ok(mut open) => {
                    let work = $crate::db::fallible(async {
                        let $tx = &mut open;
                        $body
                    });
                    let done = work.await;
                    open.end(done).await
                }
                Err(error) => Err(error),
            };
            if let Some(done) = $crate::db::unless_busy(done, &mut tries).await {
                break done;
            }
        }
    }};
}
pub(crate) use transaction;

/// Tells the compiler what a transaction's body gives.
pub(crate) fn fallible<T, F: Future<Output = Result<T>>>(work: F) -> F {
    work
}

/// The result, or nothing after a pause: then it is to be tried again. The one place where a busy
/// database, a deadlock or a failed serialisation is retried.
pub(crate) async fn unless_busy<T>(done: Result<T>, tries: &mut u32) -> Option<Result<T>> {
    match done {
        Err(StoreError::Busy) if *tries < RETRIES_MAX => {
            tokio::time::sleep(Duration::from_millis(RETRY_PAUSE_MS << *tries)).await;
            *tries += 1;
            None
        }
        done => Some(done),
    }
}

impl Db {
    /// Begins changes with audit and outbox.
    pub(crate) async fn write(&self, org: OrganisationId) -> Result<Tx> {
        self.begin(org, Purpose::Write).await
    }

    /// Begins a small change that does not wait for others of the organisation.
    pub(crate) async fn touch(&self, org: OrganisationId) -> Result<Tx> {
        self.begin(org, Purpose::Touch).await
    }

    /// Begins reading one consistent state.
    pub(crate) async fn read(&self, org: OrganisationId) -> Result<Tx> {
        self.begin(org, Purpose::Read).await
    }

    async fn begin(&self, org: OrganisationId, purpose: Purpose) -> Result<Tx> {
        let engine = match self {
            Self::Lite {
                writer, readers, ..
            } => Engine::Lite(match purpose {
                Purpose::Read => readers.begin().await?,
                Purpose::Write | Purpose::Touch => writer.begin_with("BEGIN IMMEDIATE").await?,
            }),
            Self::Pg { pool, .. } => {
                let id = org.uuid().hyphenated();
                let (mode, lock) = match purpose {
                    Purpose::Read => (" ISOLATION LEVEL REPEATABLE READ READ ONLY", String::new()),
                    Purpose::Touch => ("", String::new()),
                    // Not FOR UPDATE: rows that only refer to the organisation need not wait.
                    Purpose::Write => (
                        "",
                        format!(
                            "; SELECT 1 FROM organisations WHERE id = '{id}' FOR NO KEY UPDATE"
                        ),
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
            Self::Pg { pool, .. } => {
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
