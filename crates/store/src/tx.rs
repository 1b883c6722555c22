//! One transaction on either engine. The rest of the room is written once, against this.

use crate::error::{Result, StoreError};
use crate::row::Row;
use crate::statement::Statement;
use crate::value::Value;
use fluxprint_domain::id::OrganisationId;
use sqlx::{Postgres, Sqlite, Transaction};

/// An open transaction that works for one organisation. Dropping it rolls it back.
pub(crate) struct Tx {
    pub(crate) engine: Engine,
    /// The organisation whose rows it may touch.
    pub(crate) org: OrganisationId,
}

/// Which engine it runs on.
pub(crate) enum Engine {
    Lite(Transaction<'static, Sqlite>),
    Pg(Transaction<'static, Postgres>),
}

/// Expands one body for each engine: binds the values, then runs `$call` with `$end` on the result.
macro_rules! on_engine {
    ($tx:expr, $statement:expr, $values:expr, $call:ident, |$done:ident, $wrap:ident| $end:expr) => {
        match &mut $tx.engine {
            Engine::Lite(tx) => {
                let $wrap = Row::Lite;
                let query = bound!(sqlx::query($statement.sqlite), $values);
                let $done = query.$call(&mut **tx).await?;
                $end
            }
            Engine::Pg(tx) => {
                let $wrap = Row::Pg;
                let query = bound!(sqlx::query($statement.postgres), $values);
                let $done = query.$call(&mut **tx).await?;
                $end
            }
        }
    };
}

macro_rules! bound {
    ($query:expr, $values:expr) => {
        $values
            .into_iter()
            .fold($query, |query, value| match value {
                Value::Int(it) => query.bind(it),
                Value::Real(it) => query.bind(it),
                Value::Bool(it) => query.bind(it),
                Value::Text(it) => query.bind(it),
                Value::Bytes(it) => query.bind(it),
                Value::Uuid(it) => query.bind(it),
            })
    };
}

pub(crate) use bound;

impl Tx {
    /// Runs a statement; returns how many rows it changed.
    pub(crate) async fn run(&mut self, statement: Statement, values: Vec<Value>) -> Result<u64> {
        Ok(on_engine!(
            self,
            statement,
            values,
            execute,
            |done, _wrap| done.rows_affected()
        ))
    }

    /// Runs a compare-and-set that has to hit exactly one row.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when the row is no longer what it was.
    pub(crate) async fn swap(&mut self, statement: Statement, values: Vec<Value>) -> Result<()> {
        match self.run(statement, values).await? {
            1 => Ok(()),
            _ => Err(StoreError::Stale),
        }
    }

    /// The first row, if there is any.
    pub(crate) async fn maybe(
        &mut self,
        statement: Statement,
        values: Vec<Value>,
    ) -> Result<Option<Row>> {
        Ok(on_engine!(
            self,
            statement,
            values,
            fetch_optional,
            |row, wrap| row.map(wrap)
        ))
    }

    /// The first row.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is none.
    pub(crate) async fn one(&mut self, statement: Statement, values: Vec<Value>) -> Result<Row> {
        self.maybe(statement, values)
            .await?
            .ok_or(StoreError::NotFound)
    }

    /// Every row. Each statement used here bounds their number by a LIMIT or by what it names.
    pub(crate) async fn all(
        &mut self,
        statement: Statement,
        values: Vec<Value>,
    ) -> Result<Vec<Row>> {
        Ok(on_engine!(
            self,
            statement,
            values,
            fetch_all,
            |rows, wrap| rows.into_iter().map(wrap).collect()
        ))
    }

    /// Commits what went well, takes back what did not.
    pub(crate) async fn end<T>(self, done: Result<T>) -> Result<T> {
        match done {
            Ok(value) => self.commit().await.map(|()| value),
            Err(error) => {
                self.rollback().await;
                Err(error)
            }
        }
    }

    /// An error here means that nobody knows, unless the engine says otherwise.
    async fn commit(self) -> Result<()> {
        let committed = match self.engine {
            Engine::Lite(tx) => tx.commit().await,
            Engine::Pg(tx) => tx.commit().await,
        };
        committed.map_err(|error| match StoreError::from(error) {
            StoreError::Backend(error) => StoreError::Unknown(error),
            known => known,
        })
    }

    /// Takes everything back.
    async fn rollback(self) {
        let ended = match self.engine {
            Engine::Lite(tx) => tx.rollback().await,
            Engine::Pg(tx) => tx.rollback().await,
        };
        if let Err(error) = ended {
            tracing::debug!(%error, "a rollback failed; the connection is thrown away");
        }
    }
}
