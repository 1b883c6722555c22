//! Members: who belongs to an organisation, and in which role.

use crate::audit;
use crate::db::transaction;
use crate::error::Result;
use crate::limits::ROWS_MAX;
use crate::row::Row;
use crate::service::handle;
use crate::statement::statements;
use crate::studio::link::{void_by, void_for};
use crate::studio::person::{self, NewPerson};
use crate::studio::project;
use crate::studio::upload::end_all_of;
use crate::tx::Tx;
use crate::value::args;
use fluxprint_domain::id::{PersonId, ProjectId};
use fluxprint_domain::role::{Act, Role};
use fluxprint_domain::{Refusal, Timestamp};
use serde_json::json;
use std::collections::BTreeMap;

statements! {
    // One row for each project that is the person's to see, or a single one without a project.
    STANDING = "SELECT m.role, p.project_id, p.role AS project_role, p.drafts FROM members m LEFT JOIN (
            SELECT org_id, person_id, project_id, role, NULL AS drafts FROM project_members
            WHERE org_id = $1 AND person_id = $2
            UNION ALL
            SELECT org_id, drafts_of, id, NULL, id FROM projects WHERE org_id = $1 AND drafts_of = $2
        ) p ON p.org_id = m.org_id AND p.person_id = m.person_id
        WHERE m.org_id = $1 AND m.person_id = $2";
    LIST = "SELECT m.person_id, m.role, m.since, p.name, p.email FROM members m
        JOIN people p ON p.id = m.person_id WHERE m.org_id = $1 ORDER BY m.since, m.person_id LIMIT $2";
    GET = "SELECT m.person_id, m.role, m.since, p.name, p.email FROM members m
        JOIN people p ON p.id = m.person_id WHERE m.org_id = $1 AND m.person_id = $2";
    OTHER_OWNER = "SELECT 1 AS one FROM members
        WHERE org_id = $1 AND role = 'owner' AND person_id <> $2 LIMIT 1";
    INSERT = "INSERT INTO members (org_id, person_id, role, since) VALUES ($1, $2, $3, $4)
        ON CONFLICT (org_id, person_id) DO NOTHING";
    SET_ROLE = "UPDATE members SET role = $4 WHERE org_id = $1 AND person_id = $2 AND role = $3";
    REMOVE = "DELETE FROM members WHERE org_id = $1 AND person_id = $2";
    REMOVE_FROM_PROJECTS = "DELETE FROM project_members WHERE org_id = $1 AND person_id = $2";
}

handle!(
    /// The members of an organisation.
    Members
);

/// What a person is in an organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The role in the organisation.
    pub role: Role,
    /// The projects that are the person's own or were opened to them, each with the role that
    /// counts there: the higher of the two.
    pub projects: BTreeMap<ProjectId, Role>,
    /// The one among them that is for drafts.
    pub drafts: Option<ProjectId>,
}

/// A member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub person: PersonId,
    /// The name.
    pub name: String,
    /// The e-mail address.
    pub email: String,
    /// The role.
    pub role: Role,
    /// Since when.
    pub since: Timestamp,
}

impl Members<'_> {
    /// What a person is here; `None` for somebody who is no member.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn standing(&self, person: PersonId) -> Result<Option<Standing>> {
        let values = args![self.org, person];
        let rows = self.db.look(self.org, STANDING, values).await?;
        let Some(first) = rows.first() else {
            return Ok(None);
        };
        let role: Role = first.get("role")?;
        let of_project = |row: &Row| {
            let Some(project) = row.get("project_id")? else {
                return Ok(None);
            };
            let there: Option<Role> = row.get("project_role")?;
            Ok(Some((project, there.map_or(role, |there| role.or(there)))))
        };
        let projects = rows.iter().map(of_project).filter_map(Result::transpose);
        let drafts = rows.iter().find_map(|row| row.get("drafts").transpose());
        Ok(Some(Standing {
            role,
            projects: projects.collect::<Result<_>>()?,
            drafts: drafts.transpose()?,
        }))
    }

    /// Everybody, the oldest member first.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn list(&self) -> Result<Vec<Member>> {
        let values = args![self.org, ROWS_MAX];
        let rows = self.db.look(self.org, LIST, values).await?;
        rows.iter().map(member).collect()
    }

    /// One of them.
    ///
    /// # Errors
    /// [`crate::StoreError::NotFound`].
    pub async fn get(&self, person: PersonId) -> Result<Member> {
        let values = args![self.org, person];
        member(&self.db.look_at(self.org, GET, values).await?)
    }

    /// Makes a person who is a member from now on.
    ///
    /// # Errors
    /// [`crate::StoreError::Conflict`] when somebody has this e-mail address.
    pub async fn add(
        &self,
        new: &NewPerson<'_>,
        role: Role,
        drafts: ProjectId,
        who: &str,
        now: Timestamp,
    ) -> Result<()> {
        transaction!(self.db.write(self.org), |tx| {
            person::insert(tx, new, now).await?;
            join(tx, new.id, role, drafts, who, now).await
        })
    }

    /// Gives a member another role, in the name of somebody whose role is `by`.
    ///
    /// # Errors
    /// [`crate::StoreError::NotFound`]; [`Refusal::RoleTooLow`] for a manager who wants to change an owner or
    /// make one, [`Refusal::LastOwner`].
    pub async fn set_role(
        &self,
        person: PersonId,
        role: Role,
        (who, by): (&str, Role),
        now: Timestamp,
    ) -> Result<()> {
        transaction!(self.db.write(self.org), |tx| {
            let now_is = load(tx, person).await?.role;
            may_change(by, &[now_is, role])?;
            if role == now_is {
                return Ok(());
            }
            if now_is == Role::Owner {
                keep_an_owner(tx, person).await?;
            }
            tx.swap(SET_ROLE, args![tx.org, person, now_is, role])
                .await?;
            void_for(tx, person, now).await?;
            if now_is.or(role) == now_is {
                void_by(tx, person, now).await?;
            }
            let facts = json!({ "from": now_is, "to": role });
            audit::append(tx, now, who, "role changed", person, &facts).await
        })
    }

    /// Takes somebody out of the organisation and of its projects.
    ///
    /// # Errors
    /// As [`Members::set_role`].
    pub async fn remove(
        &self,
        person: PersonId,
        (who, by): (&str, Role),
        now: Timestamp,
    ) -> Result<()> {
        transaction!(self.db.write(self.org), |tx| {
            let now_is = load(tx, person).await?.role;
            if who != person.to_string() {
                may_change(by, &[now_is])?;
            }
            if now_is == Role::Owner {
                keep_an_owner(tx, person).await?;
            }
            tx.run(REMOVE_FROM_PROJECTS, args![tx.org, person]).await?;
            tx.swap(REMOVE, args![tx.org, person]).await?;
            void_for(tx, person, now).await?;
            void_by(tx, person, now).await?;
            end_all_of(tx, person, now).await?;
            let facts = json!({ "role": now_is });
            audit::append(tx, now, who, "member removed", person, &facts).await
        })
    }
}

/// Makes a person a member, with a project for drafts. Somebody who is one already keeps the
/// higher role.
pub(crate) async fn join(
    tx: &mut Tx,
    person: PersonId,
    role: Role,
    drafts: ProjectId,
    who: &str,
    now: Timestamp,
) -> Result<()> {
    let facts = json!({ "role": role });
    if tx.run(INSERT, args![tx.org, person, role, now]).await? == 1 {
        project::make_drafts(tx, drafts, person, now).await?;
        return audit::append(tx, now, who, "member added", person, &facts).await;
    }
    let now_is = load(tx, person).await?.role;
    if now_is.or(role) == now_is {
        return Ok(());
    }
    tx.swap(SET_ROLE, args![tx.org, person, now_is, role])
        .await?;
    void_for(tx, person, now).await?;
    audit::append(tx, now, who, "role changed", person, &facts).await
}

/// Whether somebody may choose another password for `person`, as their roles are now: the account
/// must open nothing that whoever made the link does not manage.
pub(crate) async fn may_reset(tx: &mut Tx, maker: PersonId, person: PersonId) -> Result<bool> {
    let by = load(tx, maker).await?.role;
    let role = load(tx, person).await?.role;
    let here_only = person::memberships(tx, person).await?.len() == 1;
    Ok(here_only && Act::ManageMembers.allow(by).is_ok() && may_change(by, &[role]).is_ok())
}

/// Only owners make, change and remove owners.
fn may_change(by: Role, roles: &[Role]) -> Result<()> {
    if by != Role::Owner && roles.contains(&Role::Owner) {
        let needs = &[Role::Owner];
        return Err(Refusal::RoleTooLow { needs }.into());
    }
    Ok(())
}

async fn keep_an_owner(tx: &mut Tx, leaving: PersonId) -> Result<()> {
    let stays = has_owner_beside(tx, leaving).await?;
    stays.then_some(()).ok_or(Refusal::LastOwner.into())
}

/// Whether somebody else than `person` is an owner.
pub(crate) async fn has_owner_beside(tx: &mut Tx, person: PersonId) -> Result<bool> {
    let owner = tx.maybe(OTHER_OWNER, args![tx.org, person]).await?;
    Ok(owner.is_some())
}

async fn load(tx: &mut Tx, person: PersonId) -> Result<Member> {
    member(&tx.one(GET, args![tx.org, person]).await?)
}

/// Reads a member, of an organisation or of a project.
pub(crate) fn member(row: &Row) -> Result<Member> {
    Ok(Member {
        person: row.get("person_id")?,
        name: row.get("name")?,
        email: row.get("email")?,
        role: row.get("role")?,
        since: row.get("since")?,
    })
}
