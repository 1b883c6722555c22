//! Looks: reads of one statement.
//!
//! One statement sees one consistent state by itself. So a look needs no transaction, and on a
//! connection that is kept for looks it is one question and one answer, where a transaction of a
//! pool takes five.

use crate::db::{Db, unless_busy};
use crate::error::{Result, StoreError};
use crate::limits::LOCK_WAIT_S;
use crate::row::Row;
use crate::statement::Statement;
use crate::tx::bound;
use crate::value::Value;
use fluxprint_domain::id::OrganisationId;
use sqlx::{Connection as _, PgConnection, SqliteConnection};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;

/// The connections that are kept for looks.
#[derive(Debug)]
pub(crate) struct Looks {
    kept: Mutex<Vec<Looker>>,
    places: Semaphore,
}

/// One of them.
#[derive(Debug)]
enum Looker {
    Lite(SqliteConnection),
    Pg {
        connection: PgConnection,
        /// Whose rows row-level security lets through.
        org: Option<OrganisationId>,
    },
}

impl Looks {
    /// At most `places` at a time; none is open yet.
    pub(crate) fn new(places: usize) -> Self {
        Self {
            kept: Mutex::default(),
            places: Semaphore::new(places),
        }
    }

    fn kept(&self) -> MutexGuard<'_, Vec<Looker>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) -> Option<Looker> {
        self.kept().pop()
    }

    /// Only after a whole answer: a connection in the middle of one is dropped, and closed by that.
    fn keep(&self, looker: Looker) {
        let mut kept = self.kept();
        if !self.places.is_closed() {
            kept.push(looker);
        }
    }

    /// Lets no more looks in and closes what is kept.
    pub(crate) async fn close(&self) {
        self.places.close();
        let kept = std::mem::take(&mut *self.kept());
        for looker in kept {
            let closed = match looker {
                Looker::Lite(connection) => connection.close().await,
                Looker::Pg { connection, .. } => connection.close().await,
            };
            if let Err(error) = closed {
                tracing::debug!(%error, "a connection ended before it was closed");
            }
        }
    }
}

impl Looker {
    async fn all(
        &mut self,
        org: OrganisationId,
        statement: Statement,
        values: &[Value],
    ) -> Result<Vec<Row>> {
        let values = values.iter().cloned();
        Ok(match self {
            Self::Lite(connection) => {
                let query = bound!(sqlx::query(statement.sqlite), values);
                let rows = query.fetch_all(connection).await?;
                rows.into_iter().map(Row::Lite).collect()
            }
            Self::Pg {
                connection,
                org: told,
            } => {
                if *told != Some(org) {
                    *told = None;
                    let id = org.uuid().hyphenated().to_string();
                    sqlx::query("SELECT set_config('fluxprint.org', $1, false)")
                        .bind(id)
                        .execute(&mut *connection)
                        .await?;
                    *told = Some(org);
                }
                let query = bound!(sqlx::query(statement.postgres), values);
                let rows = query.fetch_all(connection).await?;
                rows.into_iter().map(Row::Pg).collect()
            }
        })
    }
}

impl Db {
    /// Every row of one statement that only reads. Each statement used here bounds their number by
    /// a LIMIT or by what it names.
    pub(crate) async fn look(
        &self,
        org: OrganisationId,
        statement: Statement,
        values: Vec<Value>,
    ) -> Result<Vec<Row>> {
        let mut tries = 0;
        loop {
            let done = self.look_once(org, statement, &values).await;
            if let Some(done) = unless_busy(done, &mut tries).await {
                return done;
            }
        }
    }

    /// The one row of a statement that only reads.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is none.
    pub(crate) async fn look_at(
        &self,
        org: OrganisationId,
        statement: Statement,
        values: Vec<Value>,
    ) -> Result<Row> {
        let rows = self.look(org, statement, values).await?;
        rows.into_iter().next().ok_or(StoreError::NotFound)
    }

    async fn look_once(
        &self,
        org: OrganisationId,
        statement: Statement,
        values: &[Value],
    ) -> Result<Vec<Row>> {
        let looks = self.looks();
        let wait = Duration::from_secs(LOCK_WAIT_S);
        let Ok(Ok(_place)) = tokio::time::timeout(wait, looks.places.acquire()).await else {
            return Err(StoreError::Busy);
        };
        // What a kept connection says against it may be that it has ended meanwhile: a new one decides.
        while let Some(mut looker) = looks.take() {
            if let Ok(rows) = looker.all(org, statement, values).await {
                looks.keep(looker);
                return Ok(rows);
            }
        }
        let mut looker = self.looker().await?;
        let rows = looker.all(org, statement, values).await?;
        looks.keep(looker);
        Ok(rows)
    }

    fn looks(&self) -> &Looks {
        match self {
            Self::Lite { looks, .. } | Self::Pg { looks, .. } => looks,
        }
    }

    /// A connection of the pool, which it will not see again.
    async fn looker(&self) -> Result<Looker> {
        Ok(match self {
            Self::Lite { readers, .. } => Looker::Lite(readers.acquire().await?.detach()),
            Self::Pg { pool, .. } => Looker::Pg {
                connection: pool.acquire().await?.detach(),
                org: None,
            },
        })
    }
}
