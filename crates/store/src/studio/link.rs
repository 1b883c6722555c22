//! One-time links: to the first owner, to guests, to somebody who forgot a password. What is kept is
//! the hash of the secret, and only as long as the link may still be spent.

use crate::audit;
use crate::db::transaction;
use crate::error::{Result, StoreError};
use crate::limits::ROWS_MAX;
use crate::row::Row;
use crate::service::handle;
use crate::statement::statements;
use crate::studio::StudioStore;
use crate::studio::session::nobody;
use crate::tx::Tx;
use crate::value::args;
use fluxprint_domain::id::{LinkId, OrganisationId, PersonId, ProjectId};
use fluxprint_domain::role::Role;
use fluxprint_domain::{Sha256, Timestamp};
use serde_json::json;

statements! {
    INSERT = "INSERT INTO links (org_id, id, secret_sha256, purpose, role, project_id, project_role,
        person_id, email, made_by, made_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    // Across organisations, as whoever opens a link names none. On PostgreSQL the policy
    // `own_secret` shows just the row with this hash.
    SHOW_SECRET = "SELECT $1", postgres "SELECT set_config('fluxprint.link_secret', $1, true)";
    BY_SECRET = "SELECT org_id, id, purpose, role, project_id, project_role, person_id, email, made_by,
        expires_at FROM links WHERE secret_sha256 = $1 AND spent_at IS NULL AND expires_at > $2";
    OPEN = "SELECT org_id, id, purpose, role, project_id, project_role, person_id, email, made_by,
        expires_at FROM links WHERE org_id = $1 AND purpose = $2 AND spent_at IS NULL AND expires_at > $3
        ORDER BY made_at DESC, id LIMIT $4";
    SPEND = "UPDATE links SET spent_at = $3
        WHERE org_id = $1 AND id = $2 AND spent_at IS NULL AND expires_at > $3";
    WITHDRAW = "UPDATE links SET spent_at = $3
        WHERE org_id = $1 AND id = $2 AND purpose = 'invitation' AND spent_at IS NULL";
    WITHDRAW_OF = "UPDATE links SET spent_at = $4
        WHERE org_id = $1 AND person_id = $2 AND purpose = $3 AND spent_at IS NULL";
    VOID_FOR = "UPDATE links SET spent_at = $3 WHERE org_id = $1 AND person_id = $2 AND spent_at IS NULL";
    VOID_BY = "UPDATE links SET spent_at = $3 WHERE org_id = $1 AND made_by = $2 AND spent_at IS NULL";
    VOID_SETUP = "UPDATE links SET spent_at = $2
        WHERE org_id = $1 AND purpose = 'setup' AND spent_at IS NULL";
    PRUNE = "DELETE FROM links WHERE org_id = $1 AND expires_at < $2";
}

handle!(
    /// The links of an organisation.
    Links
);

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Makes the first owner.
    Setup,
    /// Lets somebody join.
    Invitation,
    /// Lets a person in without a password.
    SignIn,
    /// Lets a person choose a new password.
    Reset,
}

impl Purpose {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Setup, Self::Invitation, Self::SignIn, Self::Reset];

    /// Its word in the database and the API.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Setup => "setup",
            Self::Invitation => "invitation",
            Self::SignIn => "sign_in",
            Self::Reset => "reset",
        }
    }

    /// The purpose of that word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.word() == word)
    }
}

/// A link that can still be spent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Its organisation.
    pub org: OrganisationId,
    /// Which one.
    pub id: LinkId,
    /// What it is for.
    pub purpose: Purpose,
    /// In which role somebody joins.
    pub role: Option<Role>,
    /// The project that is opened too, and in which role.
    pub project: Option<(ProjectId, Role)>,
    /// For whom.
    pub person: Option<PersonId>,
    /// For which e-mail address.
    pub email: Option<String>,
    /// Who made it.
    pub made_by: String,
    /// Until when it can be spent.
    pub expires_at: Timestamp,
}

/// A link to be made.
#[derive(Clone, Debug)]
pub struct NewLink<'a> {
    /// Its id.
    pub id: LinkId,
    /// Hash of its secret.
    pub secret_sha256: Sha256,
    /// What it is for.
    pub purpose: Purpose,
    /// In which role somebody joins.
    pub role: Option<Role>,
    /// The project that is opened too, and in which role.
    pub project: Option<(ProjectId, Role)>,
    /// For whom.
    pub person: Option<PersonId>,
    /// For which e-mail address.
    pub email: Option<&'a str>,
    /// Until when it can be spent.
    pub expires_at: Timestamp,
}

impl Links<'_> {
    /// Makes a link. An older one of the same purpose for the same person, or to the first owner, is
    /// worth nothing then.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] without such an organisation or person.
    pub async fn create(&self, new: &NewLink<'_>, who: &str, now: Timestamp) -> Result<()> {
        transaction!(self.db.write(self.org), |tx| {
            if let Some(person) = new.person {
                let values = args![tx.org, person, new.purpose.word(), now];
                tx.run(WITHDRAW_OF, values).await?;
            }
            if new.purpose == Purpose::Setup {
                tx.run(VOID_SETUP, args![tx.org, now]).await?;
            }
            let (project, project_role) = new.project.unzip();
            let values = args![
                tx.org,
                new.id,
                new.secret_sha256,
                new.purpose.word(),
                new.role,
                project,
                project_role,
                new.person,
                new.email,
                who,
                now,
                new.expires_at
            ];
            tx.run(INSERT, values).await?;
            let facts = json!({
                "purpose": new.purpose.word(), "role": new.role, "project": project,
                "person": new.person, "expires_at": new.expires_at,
            });
            audit::append(tx, now, who, "link made", new.id, &facts).await
        })
    }

    /// The invitations that can still be spent, newest first.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn invitations(&self, now: Timestamp) -> Result<Vec<Link>> {
        let values = args![self.org, Purpose::Invitation.word(), now, ROWS_MAX];
        let rows = self.db.look(self.org, OPEN, values).await?;
        rows.iter().map(link).collect()
    }

    /// Takes an invitation back.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when it is not there or was spent.
    pub async fn withdraw(&self, id: LinkId, who: &str, now: Timestamp) -> Result<()> {
        transaction!(self.db.write(self.org), |tx| {
            tx.swap(WITHDRAW, args![tx.org, id, now]).await?;
            audit::append(tx, now, who, "invitation withdrawn", id, &json!({})).await
        })
    }

    /// Forgets links that expired before `before`; returns how many.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn prune(&self, before: Timestamp) -> Result<u64> {
        transaction!(self.db.touch(self.org), |tx| tx
            .run(PRUNE, args![tx.org, before])
            .await)
    }
}

impl StudioStore {
    /// The link with this secret, whatever organisation it belongs to, if it can still be spent.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn link_by_secret(
        &self,
        secret_sha256: Sha256,
        now: Timestamp,
    ) -> Result<Option<Link>> {
        transaction!(self.db.read(nobody()), |tx| {
            tx.maybe(SHOW_SECRET, args![secret_sha256.to_string()])
                .await?;
            let row = tx.maybe(BY_SECRET, args![secret_sha256, now]).await?;
            row.as_ref().map(link).transpose()
        })
    }
}

/// Spends a link inside the transaction of what it is for.
///
/// # Errors
/// [`StoreError::Stale`] when somebody was faster, or it has expired.
pub(crate) async fn spend(tx: &mut Tx, id: LinkId, now: Timestamp) -> Result<()> {
    tx.swap(SPEND, args![tx.org, id, now]).await
}

/// What was made for a person is worth nothing any more: they are no longer who they were then.
pub(crate) async fn void_for(tx: &mut Tx, person: PersonId, now: Timestamp) -> Result<()> {
    let values = args![tx.org, person, now];
    tx.run(VOID_FOR, values).await.map(drop)
}

/// What a person made is worth nothing any more: they could not make it now.
pub(crate) async fn void_by(tx: &mut Tx, person: PersonId, now: Timestamp) -> Result<()> {
    let values = args![tx.org, person.to_string(), now];
    tx.run(VOID_BY, values).await.map(drop)
}

fn link(row: &Row) -> Result<Link> {
    let word: String = row.get("purpose")?;
    let project: Option<ProjectId> = row.get("project_id")?;
    let project_role: Option<Role> = row.get("project_role")?;
    Ok(Link {
        org: row.get("org_id")?,
        id: row.get("id")?,
        purpose: Purpose::from_word(&word).ok_or(StoreError::Unreadable("purpose"))?,
        role: row.get("role")?,
        project: project.zip(project_role),
        person: row.get("person_id")?,
        email: row.get("email")?,
        made_by: row.get("made_by")?,
        expires_at: row.get("expires_at")?,
    })
}
