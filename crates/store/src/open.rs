//! Opens the database of a room.

use crate::db::Db;
use crate::error::{Result, StoreError};
use crate::limits::{
    LOCK_WAIT_S, POSTGRES_CONNECTIONS, POSTGRES_LOOKS, SQLITE_LOOKS, SQLITE_READERS, STATEMENT_S,
};
use crate::look::Looks;
use crate::migrate::{migrate_sqlite, wanted_version};
use crate::room::Room;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, PgPool, SqlitePool};
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

/// Where the databases are.
#[derive(Clone)]
pub enum Config {
    /// Two files, `studio.db` and `service.db`, in this folder. Made and brought up to date by
    /// whoever opens them; only one program at a time may.
    Sqlite {
        /// The folder; made when it is missing.
        dir: PathBuf,
    },
    /// One PostgreSQL database. `migrate` has to have been run.
    Postgres {
        /// Its address. Host, port, database and TLS settings are taken from it; the role is
        /// always the room's own.
        url: String,
        /// The password of the room's role; `None` takes the one in `url`.
        password: Option<String>,
    },
}

impl Config {
    /// Opens the database of one room.
    pub(crate) async fn open(&self, room: Room) -> Result<Db> {
        match self {
            Self::Sqlite { dir } => open_sqlite(dir, room).await,
            Self::Postgres { url, password } => {
                let pool = open_postgres(url, password.as_deref(), room).await?;
                let looks = Arc::new(Looks::new(POSTGRES_LOOKS));
                Ok(Db::Pg { pool, looks })
            }
        }
    }
}

impl Config {
    /// Opens the database of one room beside whoever has it open: nothing can be changed.
    pub(crate) async fn open_to_read(&self, room: Room) -> Result<Db> {
        match self {
            Self::Sqlite { dir } => look_at_sqlite(dir, room).await,
            Self::Postgres { .. } => self.open(room).await,
        }
    }
}

async fn look_at_sqlite(dir: &Path, room: Room) -> Result<Db> {
    let file = dir.join(format!("{}.db", room.word()));
    if !file.is_file() {
        return Err(StoreError::NotFound);
    }
    let options = SqliteConnectOptions::new()
        .filename(file)
        .busy_timeout(Duration::from_secs(LOCK_WAIT_S))
        .pragma("query_only", "1")
        .disable_statement_logging();
    let readers = sqlite_pool(SQLITE_READERS).connect_with(options).await?;
    let version: Option<i64> = sqlx::query_scalar("SELECT MAX(version) FROM _sqlx_migrations")
        .fetch_one(&readers)
        .await
        .map_err(|_| StoreError::OtherSchema)?;
    if version < Some(wanted_version(room)) {
        return Err(StoreError::OtherSchema);
    }
    Ok(Db::Lite {
        writer: readers.clone(),
        readers,
        looks: Arc::new(Looks::new(SQLITE_LOOKS)),
        _lock: None,
    })
}

async fn open_sqlite(dir: &Path, room: Room) -> Result<Db> {
    std::fs::create_dir_all(dir)?;
    let lock = File::create(dir.join(format!("{}.lock", room.word())))?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(StoreError::InUse(dir.to_owned())),
        Err(TryLockError::Error(error)) => return Err(error.into()),
    }
    let options = SqliteConnectOptions::new()
        .filename(dir.join(format!("{}.db", room.word())))
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // NORMAL may lose commits at a power cut, and with them jobs that were acknowledged.
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_secs(LOCK_WAIT_S))
        .foreign_keys(true)
        .disable_statement_logging();
    let writer = sqlite_pool(1).connect_with(options.clone()).await?;
    migrate_sqlite(room, &writer).await?;
    let readers = sqlite_pool(SQLITE_READERS).connect_lazy_with(options.pragma("query_only", "1"));
    Ok(Db::Lite {
        writer,
        readers,
        looks: Arc::new(Looks::new(SQLITE_LOOKS)),
        _lock: Some(Arc::new(lock)),
    })
}

/// On a full disk SQLite takes a transaction back by itself, and then the roll-back that follows
/// fails: such a connection would never begin a transaction again, so it is thrown away.
fn sqlite_pool(connections_max: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections_max)
        .acquire_timeout(Duration::from_secs(LOCK_WAIT_S))
        // A file does not hang up.
        .test_before_acquire(false)
        .after_release(|connection, _| {
            Box::pin(async move {
                if connection.is_in_transaction() {
                    // A roll-back that was only asked for has been done once the ping is answered.
                    connection.ping().await?;
                }
                Ok(!connection.is_in_transaction())
            })
        })
}

async fn open_postgres(url: &str, password: Option<&str>, room: Room) -> Result<PgPool> {
    let mut options = PgConnectOptions::from_str(url)?
        .username(room.login())
        .application_name(room.login())
        .options([
            ("search_path", room.word().to_owned()),
            ("statement_timeout", format!("{STATEMENT_S}s")),
            ("lock_timeout", format!("{LOCK_WAIT_S}s")),
            (
                "idle_in_transaction_session_timeout",
                format!("{STATEMENT_S}s"),
            ),
        ])
        .disable_statement_logging();
    if let Some(password) = password {
        options = options.password(password);
    }
    let pool = PgPoolOptions::new()
        .max_connections(POSTGRES_CONNECTIONS)
        .acquire_timeout(Duration::from_secs(LOCK_WAIT_S))
        .connect_with(options)
        .await?;
    let version: Option<i64> = sqlx::query_scalar("SELECT MAX(version) FROM _sqlx_migrations")
        .fetch_one(&pool)
        .await
        .map_err(|_| StoreError::OtherSchema)?;
    // A newer database is fine: migrations only expand, because two versions run at once.
    if version.is_some_and(|version| version >= wanted_version(room)) {
        Ok(pool)
    } else {
        Err(StoreError::OtherSchema)
    }
}

/// Closes every connection; an SQLite file's writer last, so that its write-ahead log is folded in.
pub(crate) async fn close(db: &Db) {
    match db {
        Db::Lite {
            writer,
            readers,
            looks,
            ..
        } => {
            looks.close().await;
            SqlitePool::close(readers).await;
            SqlitePool::close(writer).await;
        }
        Db::Pg { pool, looks } => {
            looks.close().await;
            pool.close().await;
        }
    }
}
