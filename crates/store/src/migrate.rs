//! Makes the tables and brings them up to date; only ever forward.

use crate::error::{Result, StoreError};
use crate::room::Room;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, SqlSafeStr, SqlitePool};
use std::str::FromStr;

/// Times the making of the roles is tried: roles belong to the whole cluster, so programs that
/// migrate two databases of one cluster at the same moment get into each other's way.
const ROLE_TRIES_MAX: u32 = 10;

/// The passwords of the two login roles. Letters, digits, `_` and `-` only.
pub struct LoginPasswords {
    /// Of `fluxprint_studio`.
    pub studio: String,
    /// Of `fluxprint_service`.
    pub service: String,
}

impl LoginPasswords {
    fn of(&self, room: Room) -> &str {
        match room {
            Room::Studio => &self.studio,
            Room::Service => &self.service,
        }
    }
}

/// Makes the two login roles, the two schemas and their tables, or brings them up to date.
/// `owner_url` is the address of a role that owns the database and may create roles.
///
/// # Errors
/// [`StoreError::UnfitPassword`]; [`StoreError::Migration`] when a migration fails or the database is newer than this program,
/// [`StoreError::Backend`] when it cannot be reached or does not allow it.
pub async fn migrate(owner_url: &str, passwords: &LoginPasswords) -> Result<()> {
    let mut owner = PgConnectOptions::from_str(owner_url)?.connect().await?;
    for room in Room::ALL {
        ensure_role(&mut owner, room, passwords.of(room)).await?;
        migrator(room, PG_MIGRATIONS)
            .run_direct(None, &mut owner, false)
            .await?;
    }
    owner.close().await?;
    Ok(())
}

/// Brings a SQLite file up to date.
pub(crate) async fn migrate_sqlite(room: Room, writer: &SqlitePool) -> Result<()> {
    let mut connection = writer.acquire().await?;
    migrator(room, LITE_MIGRATIONS)
        .run_direct(None, &mut *connection, false)
        .await?;
    Ok(())
}

/// The version the tables have when this program's migrations are done.
pub(crate) fn wanted_version(room: Room) -> i64 {
    texts(room, PG_MIGRATIONS).len() as i64
}

type Texts = [(Room, &'static [(&'static str, &'static str)]); 2];

const LITE_MIGRATIONS: Texts = [
    (
        Room::Studio,
        &[
            (
                "first",
                include_str!("../migrations/sqlite/studio/0001_first.sql"),
            ),
            (
                "people and files",
                include_str!("../migrations/sqlite/studio/0002_people_and_files.sql"),
            ),
            (
                "step up",
                include_str!("../migrations/sqlite/studio/0003_step_up.sql"),
            ),
            (
                "print intents",
                include_str!("../migrations/sqlite/studio/0004_print_intents.sql"),
            ),
        ],
    ),
    (
        Room::Service,
        &[
            (
                "first",
                include_str!("../migrations/sqlite/service/0001_first.sql"),
            ),
            (
                "what pages show",
                include_str!("../migrations/sqlite/service/0002_what_pages_show.sql"),
            ),
            (
                "bridge identity",
                include_str!("../migrations/sqlite/service/0003_bridge_identity.sql"),
            ),
            (
                "alerts",
                include_str!("../migrations/sqlite/service/0004_alerts.sql"),
            ),
            (
                "queue",
                include_str!("../migrations/sqlite/service/0005_queue.sql"),
            ),
        ],
    ),
];
const PG_MIGRATIONS: Texts = [
    (
        Room::Studio,
        &[
            (
                "first",
                include_str!("../migrations/postgres/studio/0001_first.sql"),
            ),
            (
                "people and files",
                include_str!("../migrations/postgres/studio/0002_people_and_files.sql"),
            ),
            (
                "step up",
                include_str!("../migrations/postgres/studio/0003_step_up.sql"),
            ),
            (
                "print intents",
                include_str!("../migrations/postgres/studio/0004_print_intents.sql"),
            ),
        ],
    ),
    (
        Room::Service,
        &[
            (
                "first",
                include_str!("../migrations/postgres/service/0001_first.sql"),
            ),
            (
                "what pages show",
                include_str!("../migrations/postgres/service/0002_what_pages_show.sql"),
            ),
            (
                "bridge identity",
                include_str!("../migrations/postgres/service/0003_bridge_identity.sql"),
            ),
            (
                "alerts",
                include_str!("../migrations/postgres/service/0004_alerts.sql"),
            ),
            (
                "queue",
                include_str!("../migrations/postgres/service/0005_queue.sql"),
            ),
        ],
    ),
];

fn texts(room: Room, all: Texts) -> &'static [(&'static str, &'static str)] {
    all.into_iter()
        .find(|(of, _)| *of == room)
        .map_or(&[], |(_, texts)| texts)
}

fn migrator(room: Room, all: Texts) -> Migrator {
    let migrations = (1..).zip(texts(room, all)).map(|(version, (name, sql))| {
        let kind = MigrationType::Simple;
        Migration::new(version, (*name).into(), kind, sql.into_sql_str(), false)
    });
    let mut migrator = Migrator::with_migrations(migrations.collect());
    if all == PG_MIGRATIONS {
        migrator.create_schema(room.word());
        migrator.dangerous_set_table_name(format!("{}._sqlx_migrations", room.word()));
    }
    migrator
}

async fn ensure_role(owner: &mut PgConnection, room: Room, password: &str) -> Result<()> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if password.is_empty() || !password.chars().all(plain) {
        return Err(StoreError::UnfitPassword);
    }
    let role = room.login();
    // Safe: the name is ours and the password was just held to letters that need no quoting.
    let ensure = format!(
        "DO $$ BEGIN
            IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{role}') THEN
                CREATE ROLE {role} LOGIN;
            END IF;
            ALTER ROLE {role} LOGIN PASSWORD '{password}';
        END $$"
    );
    let mut tries = 0;
    loop {
        match sqlx::raw_sql(AssertSqlSafe(ensure.clone()))
            .execute(&mut *owner)
            .await
        {
            Ok(_) => return Ok(()),
            Err(error) if in_the_way(&error) && tries < ROLE_TRIES_MAX => tries += 1,
            Err(error) => return Err(error.into()),
        }
        tokio::time::sleep(std::time::Duration::from_millis(20 << tries.min(4))).await;
    }
}

/// "Tuple concurrently updated", or a role that somebody else has just made.
fn in_the_way(error: &sqlx::Error) -> bool {
    let code = error
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::code);
    matches!(code.as_deref(), Some("XX000" | "23505" | "42710"))
}

#[cfg(test)]
#[path = "migrate_tests.rs"]
mod tests;
