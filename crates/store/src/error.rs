//! What can go wrong between a question and its answer from a database.

use fluxprint_domain::Refusal;
use std::borrow::Cow;
use std::path::PathBuf;

/// The result of everything in this room.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// Why a store did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no such thing in this organisation.
    #[error("there is no such thing here")]
    NotFound,
    /// A uniqueness rule forbids it; carries the name of the index, the same on both engines.
    #[error("another one already holds {0}")]
    Conflict(Cow<'static, str>),
    /// Somebody else changed it in between: read again, then decide again.
    #[error("it was changed in between")]
    Stale,
    /// A rule of the domain forbids it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The database has too much to do; the same call may succeed in a moment.
    #[error("the database is busy")]
    Busy,
    /// There is no room left on the disk.
    #[error("the disk of the database is full")]
    Full,
    /// The connection broke at the commit: nobody knows whether it was written.
    #[error("the database did not say whether it has written this")]
    Unknown(#[source] sqlx::Error),
    /// Another program uses this data folder.
    #[error("the data folder {0} is in use by another FluxPrint program")]
    InUse(PathBuf),
    /// The tables are older or newer than this program.
    #[error("the database does not fit this program: run `fluxprint migrate`")]
    OtherSchema,
    /// The migrations could not be carried out.
    #[error("the tables could not be made or brought up to date")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// A password that would need quoting.
    #[error("a password of a database login may hold only letters, digits, `_` and `-`")]
    UnfitPassword,
    /// The data folder cannot be used.
    #[error("the data folder cannot be used")]
    Folder(#[from] std::io::Error),
    /// A row says what no version of this program has written.
    #[error("the database holds an unreadable {0}")]
    Unreadable(&'static str),
    /// Everything else that the database refused.
    #[error("the database reports an error")]
    Backend(#[source] sqlx::Error),
}

impl StoreError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "NOT_FOUND",
            Self::Conflict(_) => "CONFLICT",
            Self::Stale => "CHANGED_MEANWHILE",
            Self::Refused(refusal) => refusal.code(),
            Self::Busy => "DATABASE_BUSY",
            Self::Full => "DISK_FULL",
            Self::Unknown(_) => "DATABASE_ANSWER_LOST",
            Self::InUse(_) => "DATA_FOLDER_IN_USE",
            Self::OtherSchema => "DATABASE_NOT_MIGRATED",
            Self::Migration(_) => "MIGRATION_FAILED",
            Self::UnfitPassword => "UNFIT_PASSWORD",
            Self::Folder(_) => "DATA_FOLDER_UNUSABLE",
            Self::Unreadable(_) | Self::Backend(_) => "DATABASE_ERROR",
        }
    }

    /// What to do next.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::NotFound => "Check the address, or look it up again.",
            Self::Conflict(_) | Self::Stale => "Look at it again, then decide again.",
            Self::Refused(refusal) => refusal.remedy(),
            Self::Busy => "Try again in a moment.",
            Self::Full => "Make room on the disk of the database; nothing is lost.",
            Self::Unknown(_) => "Look whether it was done before you do it again.",
            Self::InUse(_) => "Stop the other program, or choose another data folder.",
            Self::OtherSchema => "Run `fluxprint migrate`, then start again.",
            Self::Migration(_) => "Read the cause, then run `fluxprint migrate` again.",
            Self::UnfitPassword => "Choose another password.",
            Self::Folder(_) => "Check that the folder exists and may be written.",
            Self::Unreadable(_) | Self::Backend(_) => "Check that the database runs and answers.",
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let Some(said) = error.as_database_error() else {
            return match error {
                sqlx::Error::RowNotFound => Self::NotFound,
                sqlx::Error::PoolTimedOut => Self::Busy,
                other => Self::Backend(other),
            };
        };
        match said.code().as_deref().map(kind_of) {
            Some(Kind::Busy) => Self::Busy,
            Some(Kind::Full) => Self::Full,
            Some(Kind::Unique) => Self::Conflict(index_of(said)),
            Some(Kind::Foreign) => Self::NotFound,
            _ => Self::Backend(error),
        }
    }
}

enum Kind {
    Busy,
    Full,
    Unique,
    Foreign,
    Other,
}

/// SQLSTATE of PostgreSQL (appendix A of its manual) or the extended result code of SQLite.
fn kind_of(code: &str) -> Kind {
    match code {
        "40001" | "40P01" | "55P03" | "5" | "261" | "517" | "6" | "262" => Kind::Busy,
        "53100" | "13" => Kind::Full,
        "23505" | "2067" | "1555" => Kind::Unique,
        "23503" | "787" => Kind::Foreign,
        _ => Kind::Other,
    }
}

/// PostgreSQL names the index; SQLite names its columns, which [`UNIQUE_COLUMNS`] turns into the name.
fn index_of(said: &dyn sqlx::error::DatabaseError) -> Cow<'static, str> {
    if let Some(name) = said.constraint() {
        return name.to_owned().into();
    }
    let message = said.message();
    UNIQUE_COLUMNS
        .iter()
        .find(|(_, columns)| message.ends_with(columns))
        .map_or_else(|| "primary key".into(), |(name, _)| (*name).into())
}

/// The unique indexes and how SQLite spells them in its errors. A test holds this against the tables.
pub(crate) const UNIQUE_COLUMNS: [(&str, &str); 19] = [
    (
        "alerts_open",
        ": alerts.org_id, alerts.kind, alerts.subject",
    ),
    ("bridges_code", ": bridges.code_sha256"),
    ("bridges_token", ": bridges.token_sha256"),
    ("bridges_provisioned", ": bridges.provisioned_sha256"),
    ("bridges_next_token", ": bridges.next_token_sha256"),
    ("pairings_user", ": pairings.user_sha256"),
    (
        "printers_local_name",
        ": printers.org_id, printers.bridge_id, printers.local_name",
    ),
    (
        "bed_tokens_unspent",
        ": bed_tokens.org_id, bed_tokens.printer_id, bed_tokens.generation",
    ),
    (
        "slices_of_model",
        ": slices.org_id, slices.model_sha256, slices.profile_hash, slices.slicer_version",
    ),
    (
        "attempts_open_printer",
        ": attempts.org_id, attempts.printer_id",
    ),
    (
        "copies_number",
        ": copies.org_id, copies.job_id, copies.number",
    ),
    ("attempts_open_copy", ": attempts.org_id, attempts.copy_id"),
    ("tasks_live", ": tasks.org_id, tasks.kind, tasks.subject"),
    ("people_email", ": people.email"),
    ("sessions_secret", ": sessions.secret_sha256"),
    ("links_secret", ": links.secret_sha256"),
    ("projects_drafts", ": projects.org_id, projects.drafts_of"),
    ("files_name", ": files.org_id, files.project_id, files.name"),
    (
        "file_versions_number",
        ": file_versions.org_id, file_versions.file_id, file_versions.number",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::Db;
    use crate::{Config, ServiceStore, StudioStore};
    use fluxprint_domain::Timestamp;
    use fluxprint_domain::id::OrganisationId;
    use serde_json::json;
    use sqlx::Row as _;

    async fn store(dir: &tempfile::TempDir) -> (ServiceStore, sqlx::SqlitePool) {
        let config = Config::Sqlite {
            dir: dir.path().to_owned(),
        };
        let store = ServiceStore::open(&config).await.unwrap();
        let Db::Lite { writer, .. } = &store.db else {
            panic!("SQLite was asked for");
        };
        let writer = writer.clone();
        (store, writer)
    }

    #[tokio::test]
    async fn a_full_disk_is_told_as_such_and_leaves_nothing_half_written() {
        let dir = tempfile::tempdir().unwrap();
        let (store, writer) = store(&dir).await;
        let org = OrganisationId::new(Timestamp(0), 1);
        store
            .organisations()
            .ensure(org, "Workshop", Timestamp(0))
            .await
            .unwrap();
        // A file that may not grow: SQLite answers as it does on a full disk.
        sqlx::query("PRAGMA max_page_count = 1")
            .execute(&writer)
            .await
            .unwrap();
        let audit = store.audit(org);
        let long = "x".repeat(1_000_000);
        let noted = audit
            .note(Timestamp(0), "ada", "looked", &long, &json!({}))
            .await;
        assert!(matches!(noted, Err(StoreError::Full)), "{noted:?}");
        assert_eq!(audit.list(0, 10).await.unwrap().len(), 1);
        audit
            .note(Timestamp(0), "ada", "looked", "short", &json!({}))
            .await
            .unwrap();
    }

    async fn unique_indexes(db: &Db) -> Vec<(String, String)> {
        let Db::Lite { writer, .. } = db else {
            panic!("SQLite was asked for");
        };
        let unique = "SELECT l.name AS index_name, m.name AS table_name FROM sqlite_schema m
            JOIN pragma_index_list(m.name) l WHERE m.type = 'table' AND l.\"unique\" AND l.origin <> 'pk'";
        let mut named = Vec::new();
        for row in sqlx::query(unique).fetch_all(writer).await.unwrap() {
            let (index, table): (String, String) = (row.get(0), row.get(1));
            let columns = sqlx::query("SELECT name FROM pragma_index_info($1) ORDER BY seqno")
                .bind(&index)
                .fetch_all(writer)
                .await
                .unwrap();
            let columns: Vec<String> = columns
                .iter()
                .map(|c| format!("{table}.{}", c.get::<String, _>(0)))
                .collect();
            named.push((index, format!(": {}", columns.join(", "))));
        }
        named
    }

    #[tokio::test]
    async fn every_unique_index_is_told_by_its_name_on_sqlite_too() {
        let dir = tempfile::tempdir().unwrap();
        let (service, _) = store(&dir).await;
        let config = Config::Sqlite {
            dir: dir.path().to_owned(),
        };
        let studio = StudioStore::open(&config).await.unwrap();
        let mut named = unique_indexes(&service.db).await;
        named.extend(unique_indexes(&studio.db).await);
        named.sort();
        let mut known = UNIQUE_COLUMNS
            .map(|(i, c)| (i.to_owned(), c.to_owned()))
            .to_vec();
        known.sort();
        assert_eq!(named, known);
    }
}
