//! Members: who belongs to an organisation, and in which role.

use crate::error::Result;
use crate::row::Row;
use crate::service::handle;
use crate::statement::statements;
use crate::value::args;
use fluxprint_domain::id::{PersonId, ProjectId};
use fluxprint_domain::role::Role;
use std::collections::BTreeMap;

statements! {
    // One row for each project that is the person's to see, or a single one without a project.
    STANDING = "SELECT m.role, p.project_id, p.role AS project_role FROM members m LEFT JOIN (
            SELECT org_id, person_id, project_id, role FROM project_members
            WHERE org_id = $1 AND person_id = $2
            UNION ALL
            SELECT org_id, drafts_of, id, NULL FROM projects WHERE org_id = $1 AND drafts_of = $2
        ) p ON p.org_id = m.org_id AND p.person_id = m.person_id
        WHERE m.org_id = $1 AND m.person_id = $2";
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
        let project = |row: &Row| {
            let Some(project) = row.get("project_id")? else {
                return Ok(None);
            };
            let there: Option<Role> = row.get("project_role")?;
            Ok(Some((project, there.map_or(role, |there| role.or(there)))))
        };
        let projects = rows.iter().map(project).filter_map(Result::transpose);
        Ok(Some(Standing {
            role,
            projects: projects.collect::<Result<_>>()?,
        }))
    }
}
