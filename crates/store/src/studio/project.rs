//! Projects: where files and prints belong, and who sees them.

use crate::audit;
use crate::db::transaction;
use crate::error::{Result, StoreError};
use crate::limits::ROWS_MAX;
use crate::row::Row;
use crate::service::handle;
use crate::statement::statements;
use crate::studio::file::{self, Deleted};
use crate::studio::member::{Member, member};
use crate::studio::upload::end_all_in;
use crate::tx::Tx;
use crate::value::args;
use fluxprint_domain::id::{PersonId, ProjectId};
use fluxprint_domain::role::Role;
use fluxprint_domain::{Refusal, Sha256, Timestamp};
use serde_json::json;

/// The name of everybody's first project.
const DRAFTS: &str = "Drafts";

statements! {
    LIST = "SELECT p.id, p.name, p.drafts_of, p.created_at, (SELECT count(*) FROM files f
            WHERE f.org_id = p.org_id AND f.project_id = p.id AND f.deleted_at IS NULL) AS files
        FROM projects p WHERE p.org_id = $1 AND p.deleted_at IS NULL AND (p.drafts_of = $2
            OR (p.drafts_of IS NULL AND ($3 OR EXISTS (SELECT 1 FROM project_members m
                WHERE m.org_id = p.org_id AND m.project_id = p.id AND m.person_id = $2))))
        ORDER BY p.created_at DESC, p.id LIMIT $4";
    GET = "SELECT p.id, p.name, p.drafts_of, p.created_at, (SELECT count(*) FROM files f
            WHERE f.org_id = p.org_id AND f.project_id = p.id AND f.deleted_at IS NULL) AS files
        FROM projects p WHERE p.org_id = $1 AND p.id = $2 AND p.deleted_at IS NULL";
    COUNT = "SELECT count(*) AS n FROM projects WHERE org_id = $1 AND drafts_of IS NULL AND deleted_at IS NULL";
    INSERT = "INSERT INTO projects (org_id, id, name, created_by, created_at) VALUES ($1, $2, $3, $4, $5)";
    MAKE_DRAFTS = "INSERT INTO projects (org_id, id, name, drafts_of, created_by, created_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (org_id, drafts_of) WHERE drafts_of IS NOT NULL DO NOTHING";
    RENAME = "UPDATE projects SET name = $3 WHERE org_id = $1 AND id = $2 AND deleted_at IS NULL";
    DELETE = "UPDATE projects SET deleted_at = $3 WHERE org_id = $1 AND id = $2 AND deleted_at IS NULL";
    OPEN_PRINT = "SELECT 1 AS one FROM prints WHERE org_id = $1 AND project_id = $2
        AND state NOT IN ('completed', 'failed', 'canceled') LIMIT 1";
    MEMBERS = "SELECT m.person_id, m.role, m.since, p.name, p.email FROM project_members m
        JOIN people p ON p.id = m.person_id WHERE m.org_id = $1 AND m.project_id = $2
        ORDER BY m.since, m.person_id LIMIT $3";
    OPEN_TO = "INSERT INTO project_members (org_id, project_id, person_id, role, since)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (org_id, project_id, person_id) DO UPDATE SET role = excluded.role";
    CLOSE_TO = "DELETE FROM project_members WHERE org_id = $1 AND project_id = $2 AND person_id = $3";
    CLOSE = "DELETE FROM project_members WHERE org_id = $1 AND project_id = $2 RETURNING person_id";
}

handle!(
    /// The projects of an organisation.
    Projects
);

/// A project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    /// Which one.
    pub id: ProjectId,
    /// Its name.
    pub name: String,
    /// Whose drafts these are; `None` for a project that people share.
    pub drafts_of: Option<PersonId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// How many files are in it.
    pub files: u64,
}

/// Whether a project was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Made {
    /// It was.
    Made,
    /// The organisation has as many as it may have.
    TooMany,
}

/// What a deleted project leaves behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remains {
    /// Whose rights it ended.
    pub people: Vec<PersonId>,
    /// Bytes that are nobody's any more.
    pub orphans: Vec<Sha256>,
}

impl Projects<'_> {
    /// The projects that a person sees, newest first; with `all`, every one that people share, and
    /// the person's own drafts.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn list(&self, person: PersonId, all: bool) -> Result<Vec<Project>> {
        let values = args![self.org, person, all, ROWS_MAX];
        let rows = self.db.look(self.org, LIST, values).await?;
        rows.iter().map(project).collect()
    }

    /// One of them.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn get(&self, id: ProjectId) -> Result<Project> {
        let values = args![self.org, id];
        project(&self.db.look_at(self.org, GET, values).await?)
    }

    /// Makes a project of which `owner` is the first member, unless there are `max` of them.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn create(
        &self,
        id: ProjectId,
        name: &str,
        owner: PersonId,
        max: u32,
        now: Timestamp,
    ) -> Result<Made> {
        transaction!(self.db.write(self.org), |tx| {
            let count: i64 = tx.one(COUNT, args![tx.org]).await?.get("n")?;
            if count >= i64::from(max) {
                return Ok(Made::TooMany);
            }
            let who = owner.to_string();
            tx.run(INSERT, args![tx.org, id, name, &who, now]).await?;
            tx.run(OPEN_TO, args![tx.org, id, owner, Role::Owner, now])
                .await?;
            let facts = json!({ "name": name });
            audit::append(tx, now, &who, "project added", id, &facts).await?;
            Ok(Made::Made)
        })
    }

    /// Gives a project another name.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; [`Refusal::DraftsStay`].
    pub async fn rename(&self, id: ProjectId, name: &str, who: &str, now: Timestamp) -> Result<()> {
        transaction!(self.db.write(self.org), |tx| {
            shared(tx, id).await?;
            tx.swap(RENAME, args![tx.org, id, name]).await?;
            let facts = json!({ "name": name });
            audit::append(tx, now, who, "project renamed", id, &facts).await
        })
    }

    /// Deletes a project and its files.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; [`Refusal::DraftsStay`], [`Refusal::ProjectHasOpenJobs`].
    pub async fn delete(&self, id: ProjectId, who: &str, now: Timestamp) -> Result<Remains> {
        transaction!(self.db.write(self.org), |tx| {
            let project = shared(tx, id).await?;
            if tx.maybe(OPEN_PRINT, args![tx.org, id]).await?.is_some() {
                return Err(Refusal::ProjectHasOpenJobs.into());
            }
            let Deleted::Gone(orphans) = file::delete_all_of(tx, id, who, now).await? else {
                return Err(Refusal::ProjectHasOpenJobs.into());
            };
            let closed = tx.all(CLOSE, args![tx.org, id]).await?;
            tx.swap(DELETE, args![tx.org, id, now]).await?;
            end_all_in(tx, id, now).await?;
            let facts = json!({ "name": project.name, "files": project.files });
            audit::append(tx, now, who, "project deleted", id, &facts).await?;
            let people = closed.iter().map(|row| row.get("person_id"));
            Ok(Remains {
                people: people.collect::<Result<_>>()?,
                orphans,
            })
        })
    }

    /// The people a project was opened to.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn members(&self, id: ProjectId) -> Result<Vec<Member>> {
        let values = args![self.org, id, ROWS_MAX];
        let rows = self.db.look(self.org, MEMBERS, values).await?;
        rows.iter().map(member).collect()
    }

    /// Opens a project to a member of the organisation, or changes the role there.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] without such a project or member; [`Refusal::DraftsStay`].
    pub async fn open_to(
        &self,
        id: ProjectId,
        person: PersonId,
        role: Role,
        who: &str,
        now: Timestamp,
    ) -> Result<()> {
        transaction!(self.db.write(self.org), |tx| open_to(
            tx, id, person, role, who, now
        )
        .await)
    }

    /// Closes a project to somebody.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when it was not open to them.
    pub async fn close_to(
        &self,
        id: ProjectId,
        person: PersonId,
        who: &str,
        now: Timestamp,
    ) -> Result<()> {
        transaction!(self.db.write(self.org), |tx| {
            tx.swap(CLOSE_TO, args![tx.org, id, person]).await?;
            let facts = json!({ "person": person });
            audit::append(tx, now, who, "project closed to member", id, &facts).await
        })
    }
}

/// Opens a project to somebody inside a transaction.
pub(crate) async fn open_to(
    tx: &mut Tx,
    id: ProjectId,
    person: PersonId,
    role: Role,
    who: &str,
    now: Timestamp,
) -> Result<()> {
    shared(tx, id).await?;
    tx.run(OPEN_TO, args![tx.org, id, person, role, now])
        .await?;
    let facts = json!({ "person": person, "role": role });
    audit::append(tx, now, who, "project opened to member", id, &facts).await
}

/// The project for drafts of a new member; somebody who comes back finds the old one.
pub(crate) async fn make_drafts(
    tx: &mut Tx,
    id: ProjectId,
    person: PersonId,
    now: Timestamp,
) -> Result<()> {
    let values = args![tx.org, id, DRAFTS, person, person.to_string(), now];
    tx.run(MAKE_DRAFTS, values).await.map(drop)
}

/// A project that people share: drafts cannot be renamed, opened or deleted.
async fn shared(tx: &mut Tx, id: ProjectId) -> Result<Project> {
    let project = project(&tx.one(GET, args![tx.org, id]).await?)?;
    match project.drafts_of {
        None => Ok(project),
        Some(_) => Err(StoreError::Refused(Refusal::DraftsStay)),
    }
}

fn project(row: &Row) -> Result<Project> {
    Ok(Project {
        id: row.get("id")?,
        name: row.get("name")?,
        drafts_of: row.get("drafts_of")?,
        created_at: row.get("created_at")?,
        files: row.get("files")?,
    })
}
