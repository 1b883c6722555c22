//! Ways in: what a one-time link does when it is spent. Each is one transaction, and each begins by
//! spending the link, so that of two who hold it only one gets in.

use crate::db::transaction;
use crate::error::{Result, StoreError};
use crate::studio::link::{Link, Links, Purpose, spend};
use crate::studio::member::{has_owner_beside, join, may_reset};
use crate::studio::person::{self, NewPerson, change_password};
use crate::studio::project::open_to;
use crate::studio::session::{self, NewSession};
use crate::tx::Tx;
use fluxprint_domain::Timestamp;
use fluxprint_domain::id::{PersonId, ProjectId, SignInId};

impl Links<'_> {
    /// Somebody new comes in by a setup link or an invitation, and is signed in.
    ///
    /// # Errors
    /// [`StoreError::Stale`] for a link that was spent, or one to the first owner when there is one;
    /// [`StoreError::Conflict`] when somebody has this e-mail address.
    pub async fn enter(
        &self,
        link: &Link,
        new: &NewPerson<'_>,
        drafts: ProjectId,
        session: &NewSession<'_>,
        now: Timestamp,
    ) -> Result<()> {
        transaction!(self.db.write(self.org), |tx| {
            spend(tx, link.id, now).await?;
            if link.purpose == Purpose::Setup && has_owner_beside(tx, new.id).await? {
                return Err(StoreError::Stale);
            }
            person::insert(tx, new, now).await?;
            admit(tx, link, new.id, drafts, now).await?;
            session::insert(tx, new.id, session, now).await
        })
    }

    /// Somebody whom we know joins by an invitation; with a `session`, is signed in too.
    ///
    /// # Errors
    /// [`StoreError::Stale`] for a link that was spent.
    pub async fn join(
        &self,
        link: &Link,
        person: PersonId,
        drafts: ProjectId,
        session: Option<&NewSession<'_>>,
        now: Timestamp,
    ) -> Result<()> {
        transaction!(self.db.write(self.org), |tx| {
            spend(tx, link.id, now).await?;
            admit(tx, link, person, drafts, now).await?;
            match session {
                Some(session) => session::insert(tx, person, session, now).await,
                None => Ok(()),
            }
        })
    }

    /// A person comes in by a link alone.
    ///
    /// # Errors
    /// [`StoreError::Stale`] for a link that was spent; [`StoreError::NotFound`] for one that is for
    /// nobody.
    pub async fn sign_in(
        &self,
        link: &Link,
        session: &NewSession<'_>,
        now: Timestamp,
    ) -> Result<()> {
        let person = link.person.ok_or(StoreError::NotFound)?;
        transaction!(self.db.write(self.org), |tx| {
            spend(tx, link.id, now).await?;
            session::insert(tx, person, session, now).await
        })
    }

    /// A person chooses a new password and is signed in; every other session ends. Returns those.
    ///
    /// # Errors
    /// As [`Links::sign_in`]; [`StoreError::Stale`] too when the member who made the link could not
    /// make it any more.
    pub async fn reset(
        &self,
        link: &Link,
        password_hash: &str,
        session: &NewSession<'_>,
        now: Timestamp,
    ) -> Result<Vec<SignInId>> {
        let person = link.person.ok_or(StoreError::NotFound)?;
        transaction!(self.db.write(self.org), |tx| {
            spend(tx, link.id, now).await?;
            // Whoever is no person runs the studio.
            if let Ok(maker) = link.made_by.parse()
                && !may_reset(tx, maker, person).await?
            {
                return Err(StoreError::Stale);
            }
            session::insert(tx, person, session, now).await?;
            change_password(tx, person, password_hash, session.id, now).await
        })
    }
}

async fn admit(
    tx: &mut Tx,
    link: &Link,
    person: PersonId,
    drafts: ProjectId,
    now: Timestamp,
) -> Result<()> {
    let role = link.role.ok_or(StoreError::Unreadable("role"))?;
    let who = person.to_string();
    join(tx, person, role, drafts, &who, now).await?;
    let Some((project, role)) = link.project else {
        return Ok(());
    };
    match open_to(tx, project, person, role, &who, now).await {
        // It was deleted meanwhile; the invitation to the organisation still holds.
        Err(StoreError::NotFound) => Ok(()),
        opened => opened,
    }
}
