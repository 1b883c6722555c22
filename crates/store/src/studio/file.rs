//! Files of projects and their versions. A version never changes; its bytes lie in the file store
//! under their hash, once, however many versions have them.

use crate::db::transaction;
use crate::error::Result;
use crate::limits::PAGE_ROWS_MAX;
use crate::row::Row;
use crate::service::handle;
use crate::statement::statements;
use crate::studio::errand;
use crate::studio::print_intent::is_asked;
use crate::tx::Tx;
use crate::value::args;
use crate::{audit, outbox};
use fluxprint_domain::id::{FileId, FileVersionId, PersonId, ProjectId};
use fluxprint_domain::{Sha256, Timestamp};
use serde_json::json;

/// A file with its newest version, who made it, and whether the service has its bytes.
macro_rules! select {
    ($hex:literal, $rest:literal) => {
        concat!(
            "SELECT f.id, f.project_id, f.name, f.created_at, f.changed_at, f.created_by, p.name AS person_name,
                v.id AS version_id, v.number, v.sha256, v.size_bytes, v.kind, v.created_at AS version_at,
                v.created_by AS version_by, e.id AS errand_id, e.done_at, e.failed_at, e.last_error
            FROM files f
            JOIN file_versions v ON v.org_id = f.org_id AND v.file_id = f.id AND v.number = f.versions
            JOIN people p ON p.id = f.created_by
            LEFT JOIN errands e ON e.org_id = f.org_id AND e.kind = 'model' AND e.subject = ",
            $hex,
            " WHERE f.org_id = $1 AND f.project_id = $2 AND f.deleted_at IS NULL ",
            $rest
        )
    };
}
macro_rules! on_sqlite {
    ($rest:literal) => {
        select!("lower(hex(v.sha256))", $rest)
    };
}
macro_rules! on_postgres {
    ($rest:literal) => {
        select!("encode(v.sha256, 'hex')", $rest)
    };
}
/// Versions of a file.
macro_rules! versions {
    ($rest:literal) => {
        concat!(
            "SELECT v.id AS version_id, v.number, v.sha256, v.size_bytes, v.kind, v.created_at AS version_at,
                v.created_by AS version_by
            FROM file_versions v JOIN files f ON f.org_id = v.org_id AND f.id = v.file_id
            WHERE v.org_id = $1 AND f.project_id = $2 AND v.file_id = $3 AND f.deleted_at IS NULL ",
            $rest
        )
    };
}
/// The doomed files: one of a project, or all of it.
macro_rules! doomed {
    () => {
        "f.project_id = $2 AND f.id = COALESCE($3, f.id) AND f.deleted_at IS NULL"
    };
}

statements! {
    GET = on_sqlite!("AND f.id = $3"), postgres on_postgres!("AND f.id = $3");
    NEWEST = on_sqlite!("ORDER BY f.changed_at DESC, f.id DESC LIMIT +$3"),
        postgres on_postgres!("ORDER BY f.changed_at DESC, f.id DESC LIMIT +$3");
    OLDER = on_sqlite!("AND (f.changed_at, f.id) < ($4, $5) ORDER BY f.changed_at DESC, f.id DESC LIMIT +$3"),
        postgres on_postgres!("AND (f.changed_at, f.id) < ($4, $5) ORDER BY f.changed_at DESC, f.id DESC LIMIT +$3");
    VERSIONS = versions!("ORDER BY v.number DESC LIMIT +$4");
    VERSION = versions!("AND v.id = $4");
    NAMED = "SELECT f.id, f.versions, v.sha256 FROM files f
        JOIN file_versions v ON v.org_id = f.org_id AND v.file_id = f.id AND v.number = f.versions
        WHERE f.org_id = $1 AND f.project_id = $2 AND f.name = $3 AND f.deleted_at IS NULL";
    INSERT = "INSERT INTO files (org_id, id, project_id, name, created_by, created_at, changed_at, versions)
        VALUES ($1, $2, $3, $4, $5, $6, $6, 1)";
    CHANGE = "UPDATE files SET versions = versions + 1, changed_at = $4
        WHERE org_id = $1 AND id = $2 AND versions = $3 AND deleted_at IS NULL";
    INSERT_VERSION = "INSERT INTO file_versions
            (org_id, id, file_id, number, sha256, size_bytes, kind, created_by, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    STORED = "SELECT stored_bytes FROM organisations WHERE id = $1";
    HOLDS_BYTES = "SELECT id FROM file_versions WHERE org_id = $1 AND sha256 = $2 LIMIT 1";
    ADD_BYTES = "UPDATE organisations SET stored_bytes = stored_bytes + $2 WHERE id = $1";
    FREE_BYTES = "UPDATE organisations SET stored_bytes = stored_bytes - $2 WHERE id = $1";
    PRINTING = concat!("SELECT p.job_id FROM prints p JOIN files f ON f.org_id = p.org_id AND f.id = p.file_id
        WHERE p.org_id = $1 AND p.state NOT IN ('completed', 'failed', 'canceled') AND ", doomed!(), " LIMIT 1");
    DOOMED = concat!("SELECT f.id FROM files f WHERE f.org_id = $1 AND ", doomed!());
    // Bytes that only the doomed files have.
    ORPHANS = concat!("SELECT DISTINCT v.sha256, v.size_bytes FROM file_versions v
        JOIN files f ON f.org_id = v.org_id AND f.id = v.file_id
        WHERE v.org_id = $1 AND ", doomed!(), " AND NOT EXISTS (SELECT 1 FROM file_versions o
            JOIN files k ON k.org_id = o.org_id AND k.id = o.file_id
            WHERE o.org_id = v.org_id AND o.sha256 = v.sha256
                AND NOT (k.project_id = $2 AND k.id = COALESCE($3, k.id)))");
    DELETE_VERSIONS = "DELETE FROM file_versions WHERE org_id = $1 AND file_id = $2";
    DELETE = "UPDATE files SET deleted_at = $3 WHERE org_id = $1 AND id = $2 AND deleted_at IS NULL";
}

/// A file was uploaded, or has a new version.
pub const FILE_UPLOADED: &str = "file:uploaded";
/// A file was deleted.
pub const FILE_DELETED: &str = "file:deleted";

handle!(
    /// The files of an organisation.
    Files
);

/// A version of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// Its id.
    pub id: FileVersionId,
    /// Counts from 1.
    pub number: u32,
    /// Hash of its bytes.
    pub sha256: Sha256,
    /// How many.
    pub size_bytes: u64,
    /// What it is, by its content.
    pub kind: String,
    /// When it came.
    pub created_at: Timestamp,
    /// Who sent it.
    pub created_by: PersonId,
}

/// Whether the print service has the bytes of a file's newest version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Handover {
    /// It need not.
    None,
    /// Not yet.
    Waiting,
    /// It has.
    Done,
    /// It would not take them; in words, why.
    Failed(Option<String>),
}

/// A file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its id.
    pub id: FileId,
    /// Where it is.
    pub project: ProjectId,
    /// What people call it.
    pub name: String,
    /// When its first version came.
    pub created_at: Timestamp,
    /// When its newest version came.
    pub changed_at: Timestamp,
    /// Who sent the first.
    pub created_by: PersonId,
    /// That person's name.
    pub created_by_name: String,
    /// The newest version.
    pub version: Version,
    /// Whether the service has it.
    pub handover: Handover,
}

/// What became of a wish to delete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deleted {
    /// It is gone; these bytes are nobody's any more.
    Gone(Vec<Sha256>),
    /// A print of it is not over.
    Printing,
}

impl Files<'_> {
    /// The files of a project, changed last first, after the one given; at most [`PAGE_ROWS_MAX`].
    ///
    /// # Errors
    /// Those of the database.
    pub async fn list(
        &self,
        project: ProjectId,
        after: Option<(Timestamp, FileId)>,
    ) -> Result<Vec<File>> {
        let (org, limit) = (self.org, PAGE_ROWS_MAX);
        let rows = match after {
            Some((at, id)) => {
                let values = args![org, project, limit, at, id];
                self.db.look(org, OLDER, values).await?
            }
            None => {
                self.db
                    .look(org, NEWEST, args![org, project, limit])
                    .await?
            }
        };
        rows.iter().map(file).collect()
    }

    /// One of them.
    ///
    /// # Errors
    /// [`crate::StoreError::NotFound`].
    pub async fn get(&self, project: ProjectId, id: FileId) -> Result<File> {
        let values = args![self.org, project, id];
        file(&self.db.look_at(self.org, GET, values).await?)
    }

    /// The versions of a file, the newest first, at most [`PAGE_ROWS_MAX`]; none for no such file.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn versions(&self, project: ProjectId, id: FileId) -> Result<Vec<Version>> {
        let values = args![self.org, project, id, PAGE_ROWS_MAX];
        let rows = self.db.look(self.org, VERSIONS, values).await?;
        rows.iter().map(version).collect()
    }

    /// One version of a file, however old.
    ///
    /// # Errors
    /// [`crate::StoreError::NotFound`].
    pub async fn version(
        &self,
        project: ProjectId,
        file: FileId,
        id: FileVersionId,
    ) -> Result<Version> {
        let values = args![self.org, project, file, id];
        version(&self.db.look_at(self.org, VERSION, values).await?)
    }

    /// Bytes of all files of the organisation; the same bytes count once.
    ///
    /// # Errors
    /// [`crate::StoreError::NotFound`] without such an organisation.
    pub async fn stored_bytes(&self) -> Result<u64> {
        let row = self.db.look_at(self.org, STORED, args![self.org]).await?;
        row.get("stored_bytes")
    }

    /// Whether a version has these bytes.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn has_bytes(&self, sha256: Sha256) -> Result<bool> {
        let values = args![self.org, sha256];
        let rows = self.db.look(self.org, HOLDS_BYTES, values).await?;
        Ok(!rows.is_empty())
    }

    /// Deletes a file with all its versions, unless a print of it is not over.
    ///
    /// # Errors
    /// [`crate::StoreError::NotFound`].
    pub async fn delete(
        &self,
        project: ProjectId,
        id: FileId,
        who: &str,
        now: Timestamp,
    ) -> Result<Deleted> {
        transaction!(self.db.write(self.org), |tx| {
            tx.one(GET, args![tx.org, project, id]).await?;
            delete(tx, project, Some(id), who, now).await
        })
    }
}

/// Deletes all files of a project inside the transaction that deletes the project, unless a print of
/// one of them is not over.
pub(crate) async fn delete_all_of(
    tx: &mut Tx,
    project: ProjectId,
    who: &str,
    now: Timestamp,
) -> Result<Deleted> {
    delete(tx, project, None, who, now).await
}

async fn delete(
    tx: &mut Tx,
    project: ProjectId,
    only: Option<FileId>,
    who: &str,
    now: Timestamp,
) -> Result<Deleted> {
    let doomed = || args![tx.org, project, only];
    let (printing, files, orphans) = (doomed(), doomed(), doomed());
    let asked = is_asked(tx, project, only, now).await?;
    if asked || tx.maybe(PRINTING, printing).await?.is_some() {
        return Ok(Deleted::Printing);
    }
    let mut freed_bytes = 0_u64;
    let mut gone = Vec::new();
    for row in tx.all(ORPHANS, orphans).await? {
        let sha256: Sha256 = row.get("sha256")?;
        freed_bytes = freed_bytes.saturating_add(row.get("size_bytes")?);
        errand::forget(tx, errand::Lane::Models, &sha256.to_string()).await?;
        gone.push(sha256);
    }
    tx.run(FREE_BYTES, args![tx.org, freed_bytes]).await?;
    for row in tx.all(DOOMED, files).await? {
        let id: FileId = row.get("id")?;
        tx.run(DELETE_VERSIONS, args![tx.org, id]).await?;
        tx.swap(DELETE, args![tx.org, id, now]).await?;
        let facts = json!({ "project": project });
        audit::append(tx, now, who, "file deleted", id, &facts).await?;
        let news = json!({ "project": project, "id": id });
        outbox::append(tx, now, FILE_DELETED, &news).await?;
    }
    Ok(Deleted::Gone(gone))
}

/// What a complete upload turned into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A file.
    NewFile,
    /// A further version of a file of that name.
    NewVersion,
    /// Nothing: the newest version of the file of that name has these bytes.
    Unchanged,
}

/// A file that has arrived.
pub(crate) struct Arrival<'a> {
    pub project: ProjectId,
    pub name: &'a str,
    pub sha256: Sha256,
    pub size_bytes: u64,
    pub kind: &'a str,
    pub person: PersonId,
    /// A new id for a file.
    pub file: FileId,
    /// A new id for a version.
    pub version: FileVersionId,
}

/// Adds a file, or a version to the file of that name.
pub(crate) async fn add(
    tx: &mut Tx,
    new: &Arrival<'_>,
    now: Timestamp,
) -> Result<(FileId, Outcome)> {
    let values = args![tx.org, new.project, new.name];
    let (file, number, outcome) = match tx.maybe(NAMED, values).await? {
        Some(known) if known.get::<Sha256>("sha256")? == new.sha256 => {
            return Ok((known.get("id")?, Outcome::Unchanged));
        }
        Some(known) => {
            let (file, versions) = (known.get::<FileId>("id")?, known.get::<u32>("versions")?);
            tx.swap(CHANGE, args![tx.org, file, versions, now]).await?;
            (file, versions.saturating_add(1), Outcome::NewVersion)
        }
        None => {
            let values = args![tx.org, new.file, new.project, new.name, new.person, now];
            tx.run(INSERT, values).await?;
            (new.file, 1, Outcome::NewFile)
        }
    };
    let holds = tx.maybe(HOLDS_BYTES, args![tx.org, new.sha256]).await?;
    if holds.is_none() {
        tx.run(ADD_BYTES, args![tx.org, new.size_bytes]).await?;
    }
    let (sha256, size_bytes, kind) = (new.sha256, new.size_bytes, new.kind);
    let values = args![
        tx.org,
        new.version,
        file,
        number,
        sha256,
        size_bytes,
        kind,
        new.person,
        now
    ];
    tx.run(INSERT_VERSION, values).await?;
    let facts =
        json!({ "project": new.project, "version": number, "sha256": sha256, "kind": kind });
    let who = new.person.to_string();
    audit::append(tx, now, &who, "file uploaded", file, &facts).await?;
    let news = json!({ "project": new.project, "id": file });
    outbox::append(tx, now, FILE_UPLOADED, &news).await?;
    Ok((file, outcome))
}

/// Bytes of all files of the organisation, inside a transaction.
pub(crate) async fn stored_bytes(tx: &mut Tx) -> Result<u64> {
    tx.one(STORED, args![tx.org]).await?.get("stored_bytes")
}

fn file(row: &Row) -> Result<File> {
    Ok(File {
        id: row.get("id")?,
        project: row.get("project_id")?,
        name: row.get("name")?,
        created_at: row.get("created_at")?,
        changed_at: row.get("changed_at")?,
        created_by: row.get("created_by")?,
        created_by_name: row.get("person_name")?,
        version: version(row)?,
        handover: handover(row)?,
    })
}

fn version(row: &Row) -> Result<Version> {
    Ok(Version {
        id: row.get("version_id")?,
        number: row.get("number")?,
        sha256: row.get("sha256")?,
        size_bytes: row.get("size_bytes")?,
        kind: row.get("kind")?,
        created_at: row.get("version_at")?,
        created_by: row.get("version_by")?,
    })
}

fn handover(row: &Row) -> Result<Handover> {
    let done: Option<Timestamp> = row.get("done_at")?;
    let failed: Option<Timestamp> = row.get("failed_at")?;
    Ok(
        match (row.get::<Option<uuid::Uuid>>("errand_id")?, done, failed) {
            (None, ..) => Handover::None,
            (_, Some(_), _) => Handover::Done,
            (_, _, Some(_)) => Handover::Failed(row.get("last_error")?),
            _ => Handover::Waiting,
        },
    )
}
