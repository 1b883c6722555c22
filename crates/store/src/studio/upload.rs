//! Uploads that are under way: how far each is, so that it can be gone on with after a cut, a
//! reload, or the death of this program.

use crate::db::transaction;
use crate::error::Result;
use crate::limits::PAGE_ROWS_MAX;
use crate::row::Row;
use crate::service::handle;
use crate::statement::statements;
use crate::studio::errand;
use crate::studio::file::{self, Arrival, Outcome};
use crate::tx::Tx;
use crate::value::args;
use fluxprint_domain::id::{ErrandId, FileId, FileVersionId, PersonId, ProjectId, UploadId};
use fluxprint_domain::{Sha256, Timestamp};

statements! {
    PROJECT = "SELECT id FROM projects WHERE org_id = $1 AND id = $2 AND deleted_at IS NULL";
    PROMISED = "SELECT CAST(COALESCE(SUM(size_bytes), 0) AS BIGINT) AS bytes,
            CAST(COALESCE(SUM(CASE WHEN person_id = $3 THEN size_bytes ELSE 0 END), 0) AS BIGINT) AS own_bytes,
            COALESCE(SUM(CASE WHEN person_id = $3 THEN 1 ELSE 0 END), 0) AS own
        FROM uploads WHERE org_id = $1 AND expires_at > $2 AND file_id IS NULL";
    UNSENT = "SELECT CAST(COALESCE(SUM(size_bytes - offset_bytes), 0) AS BIGINT) AS bytes
        FROM uploads WHERE org_id = $1 AND expires_at > $2 AND file_id IS NULL";
    INSERT = "INSERT INTO uploads
            (org_id, id, project_id, person_id, name, size_bytes, offset_bytes, hash_state, created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $8, $9)";
    GET = "SELECT id, project_id, person_id, name, size_bytes, offset_bytes, hash_state, expires_at, file_id
        FROM uploads WHERE org_id = $1 AND id = $2 AND person_id = $3 AND expires_at > $4";
    ADVANCE = "UPDATE uploads SET offset_bytes = $4, hash_state = $5, expires_at = $6
        WHERE org_id = $1 AND id = $2 AND offset_bytes = $3 AND file_id IS NULL";
    FINISH = "UPDATE uploads SET file_id = $3
        WHERE org_id = $1 AND id = $2 AND offset_bytes = size_bytes AND file_id IS NULL";
    FINISHED = "SELECT file_id FROM uploads WHERE org_id = $1 AND id = $2";
    EXPIRED = "SELECT id FROM uploads WHERE org_id = $1 AND expires_at <= $2 ORDER BY expires_at LIMIT +$3";
    REMOVE = "DELETE FROM uploads WHERE org_id = $1 AND id = $2";
    END_OF = "UPDATE uploads SET expires_at = $3 WHERE org_id = $1 AND person_id = $2 AND file_id IS NULL";
    END_IN = "UPDATE uploads SET expires_at = $3 WHERE org_id = $1 AND project_id = $2 AND file_id IS NULL";
}

handle!(
    /// The uploads of an organisation.
    Uploads
);

/// An upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// Its id.
    pub id: UploadId,
    /// Where the file goes.
    pub project: ProjectId,
    /// Who sends it.
    pub person: PersonId,
    /// What it is called.
    pub name: String,
    /// Bytes of the whole file.
    pub size_bytes: u64,
    /// Bytes that are here for good.
    pub offset_bytes: u64,
    /// State of the hash behind these.
    pub hash_state: Vec<u8>,
    /// When it is forgotten.
    pub expires_at: Timestamp,
    /// The file that it has become.
    pub file: Option<FileId>,
}

/// An upload to be begun.
#[derive(Clone, Debug)]
pub struct NewUpload<'a> {
    /// Its id.
    pub id: UploadId,
    /// Where the file goes.
    pub project: ProjectId,
    /// Who sends it.
    pub person: PersonId,
    /// What it is called.
    pub name: &'a str,
    /// Bytes of the whole file.
    pub size_bytes: u64,
    /// State of the hash before the first byte.
    pub hash_state: Vec<u8>,
    /// When it is forgotten.
    pub expires_at: Timestamp,
}

/// What may be begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// Bytes of all files of the organisation, here and promised.
    pub quota_bytes: u64,
    /// Unfinished uploads of one person.
    pub open_max: u32,
    /// Bytes that the unfinished uploads of one person may promise. A single one may be larger.
    pub open_bytes_max: u64,
}

/// What became of the wish to begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begun {
    /// It may send.
    Yes,
    /// There is only so much room left.
    NoRoom {
        /// How much.
        left_bytes: u64,
        /// How much is kept for uploads that are not finished.
        promised_bytes: u64,
    },
    /// The person has too many that are not finished.
    TooMany,
}

/// How far an upload is now.
#[derive(Clone, Debug)]
pub struct Step {
    /// Where it was.
    pub from_bytes: u64,
    /// Where it is.
    pub to_bytes: u64,
    /// State of the hash there.
    pub hash_state: Vec<u8>,
    /// When it is forgotten now.
    pub expires_at: Timestamp,
}

/// A complete upload whose bytes are in the file store.
#[derive(Clone, Copy, Debug)]
pub struct Complete<'a> {
    /// Hash of its bytes.
    pub sha256: Sha256,
    /// What it is, by its content.
    pub kind: &'a str,
    /// Whether the print service is to have it.
    pub printable: bool,
    /// New ids for what may come of it.
    pub file: FileId,
    /// See there.
    pub version: FileVersionId,
    /// See there.
    pub errand: ErrandId,
}

impl Uploads<'_> {
    /// Begins one, if there is room for all of it. Unfinished uploads keep their room.
    ///
    /// # Errors
    /// [`crate::StoreError::NotFound`] without such a project.
    pub async fn begin(
        &self,
        new: &NewUpload<'_>,
        allowance: Allowance,
        now: Timestamp,
    ) -> Result<Begun> {
        transaction!(self.db.write(self.org), |tx| {
            tx.one(PROJECT, args![tx.org, new.project]).await?;
            let values = args![tx.org, now, new.person];
            let promised = tx.one(PROMISED, values).await?;
            if promised.get::<i64>("own")? >= i64::from(allowance.open_max) {
                return Ok(Begun::TooMany);
            }
            let promised_bytes: u64 = promised.get("bytes")?;
            let taken = file::stored_bytes(tx).await?.saturating_add(promised_bytes);
            let left_bytes = allowance.quota_bytes.saturating_sub(taken);
            if new.size_bytes > left_bytes {
                return Ok(Begun::NoRoom {
                    left_bytes,
                    promised_bytes,
                });
            }
            let own_bytes: u64 = promised.get("own_bytes")?;
            if own_bytes > 0 && own_bytes.saturating_add(new.size_bytes) > allowance.open_bytes_max
            {
                return Ok(Begun::TooMany);
            }
            let (name, state) = (new.name, new.hash_state.clone());
            let values = args![
                tx.org,
                new.id,
                new.project,
                new.person,
                name,
                new.size_bytes,
                state,
                now,
                new.expires_at
            ];
            tx.run(INSERT, values).await?;
            Ok(Begun::Yes)
        })
    }

    /// Bytes that were announced and have not come yet.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn unsent_bytes(&self, now: Timestamp) -> Result<u64> {
        let row = self
            .db
            .look_at(self.org, UNSENT, args![self.org, now])
            .await?;
        row.get("bytes")
    }

    /// An upload of `person` that is not forgotten.
    ///
    /// # Errors
    /// [`crate::StoreError::NotFound`].
    pub async fn get(&self, id: UploadId, person: PersonId, now: Timestamp) -> Result<Upload> {
        let values = args![self.org, id, person, now];
        upload(&self.db.look_at(self.org, GET, values).await?)
    }

    /// It is further than it was.
    ///
    /// # Errors
    /// [`crate::StoreError::Stale`] when it is not where the step begins, or is gone.
    pub async fn advance(&self, id: UploadId, step: &Step) -> Result<()> {
        transaction!(self.db.touch(self.org), |tx| {
            let state = step.hash_state.clone();
            let (from, to) = (step.from_bytes, step.to_bytes);
            tx.swap(ADVANCE, args![tx.org, id, from, to, state, step.expires_at])
                .await
        })
    }

    /// All bytes of `upload` are here and stored: it becomes a file, a version, or nothing. In one
    /// transaction: that, its share of the quota, audit, event, and what the service is to be told.
    /// `None` for an outcome when that was done before.
    ///
    /// # Errors
    /// [`crate::StoreError::NotFound`] when the upload or its project is gone.
    pub async fn finish(
        &self,
        upload: &Upload,
        complete: &Complete<'_>,
        now: Timestamp,
    ) -> Result<(FileId, Option<Outcome>)> {
        transaction!(self.db.write(self.org), |tx| {
            let row = tx.one(FINISHED, args![tx.org, upload.id]).await?;
            if let Some(file) = row.get("file_id")? {
                return Ok((file, None));
            }
            tx.one(PROJECT, args![tx.org, upload.project]).await?;
            let (file, outcome) = become_file(tx, upload, complete, now).await?;
            tx.swap(FINISH, args![tx.org, upload.id, file]).await?;
            Ok((file, Some(outcome)))
        })
    }

    /// Those that are to be forgotten at `now`, at most [`PAGE_ROWS_MAX`].
    ///
    /// # Errors
    /// Those of the database.
    pub async fn expired(&self, now: Timestamp) -> Result<Vec<UploadId>> {
        let values = args![self.org, now, PAGE_ROWS_MAX];
        let rows = self.db.look(self.org, EXPIRED, values).await?;
        rows.iter().map(|row| row.get("id")).collect()
    }

    /// Forgets one.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn remove(&self, id: UploadId) -> Result<()> {
        transaction!(self.db.touch(self.org), |tx| {
            tx.run(REMOVE, args![tx.org, id]).await.map(drop)
        })
    }
}

/// Ends what a person who has left was still sending; the room it was promised is free at once.
pub(crate) async fn end_all_of(tx: &mut Tx, person: PersonId, now: Timestamp) -> Result<()> {
    tx.run(END_OF, args![tx.org, person, now]).await.map(drop)
}

/// The same for what was still to come into a project that is deleted.
pub(crate) async fn end_all_in(tx: &mut Tx, project: ProjectId, now: Timestamp) -> Result<()> {
    tx.run(END_IN, args![tx.org, project, now]).await.map(drop)
}

async fn become_file(
    tx: &mut Tx,
    upload: &Upload,
    complete: &Complete<'_>,
    now: Timestamp,
) -> Result<(FileId, Outcome)> {
    let arrival = Arrival {
        project: upload.project,
        name: &upload.name,
        sha256: complete.sha256,
        size_bytes: upload.size_bytes,
        kind: complete.kind,
        person: upload.person,
        file: complete.file,
        version: complete.version,
    };
    let (file, outcome) = file::add(tx, &arrival, now).await?;
    if complete.printable {
        let (sha256, name) = (complete.sha256, &upload.name);
        errand::model(tx, complete.errand, sha256, name, upload.person, now).await?;
    }
    Ok((file, outcome))
}

fn upload(row: &Row) -> Result<Upload> {
    Ok(Upload {
        id: row.get("id")?,
        project: row.get("project_id")?,
        person: row.get("person_id")?,
        name: row.get("name")?,
        size_bytes: row.get("size_bytes")?,
        offset_bytes: row.get("offset_bytes")?,
        hash_state: row.get("hash_state")?,
        expires_at: row.get("expires_at")?,
        file: row.get("file_id")?,
    })
}
