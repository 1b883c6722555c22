//! People: they belong to the installation, and are members of organisations.

use crate::audit;
use crate::db::{Db, transaction};
use crate::error::{Result, StoreError};
use crate::limits::ROWS_MAX;
use crate::row::Row;
use crate::statement::statements;
use crate::studio::link::void_for;
use crate::studio::session::{end_others, nobody, rotate};
use crate::tx::Tx;
use crate::value::args;
use fluxprint_domain::id::{OrganisationId, PersonId, SignInId};
use fluxprint_domain::role::Role;
use fluxprint_domain::{Sha256, Timestamp};
use serde_json::json;

statements! {
    INSERT = "INSERT INTO people (id, email, name, password_hash, password_at, created_at)
        VALUES ($1, $2, $3, $4, $5, $5)";
    GET = "SELECT id, email, name, password_hash FROM people WHERE id = $1";
    BY_EMAIL = "SELECT id, email, name, password_hash FROM people WHERE email = $1";
    ANY = "SELECT id FROM people LIMIT 1";
    RENAME = "UPDATE people SET name = $2 WHERE id = $1";
    SET_PASSWORD = "UPDATE people SET password_hash = $2, password_at = $3 WHERE id = $1";
    REHASH = "UPDATE people SET password_hash = $3 WHERE id = $1 AND password_hash = $2";
    // Across organisations: on PostgreSQL the policy `own_person` shows just this person's rows.
    SHOW_PERSON = "SELECT $1", postgres "SELECT set_config('fluxprint.person', $1, true)";
    MEMBERSHIPS = "SELECT m.org_id, m.role, o.name FROM members m JOIN organisations o ON o.id = m.org_id
        WHERE m.person_id = $1 ORDER BY m.since, m.org_id LIMIT $2";
}

/// Everybody.
#[derive(Clone, Copy)]
pub struct People<'a> {
    pub(crate) db: &'a Db,
}

/// A person.
#[derive(Clone, PartialEq, Eq)]
pub struct Person {
    /// Who.
    pub id: PersonId,
    /// The e-mail address, in small letters: how the person is found at the door.
    pub email: String,
    /// The name.
    pub name: String,
    /// The password's hash with its parameters; empty for somebody who has none yet.
    pub password_hash: String,
}

impl std::fmt::Debug for Person {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Person")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// A person to be made.
#[derive(Clone)]
pub struct NewPerson<'a> {
    /// Who.
    pub id: PersonId,
    /// The e-mail address, in small letters.
    pub email: &'a str,
    /// The name.
    pub name: &'a str,
    /// The password's hash; empty for none yet.
    pub password_hash: &'a str,
}

/// A person's place in one organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// Where.
    pub org: OrganisationId,
    /// Its name.
    pub name: String,
    /// The role there.
    pub role: Role,
}

impl People<'_> {
    /// Whether there is anybody at all.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn any(&self) -> Result<bool> {
        Ok(!self.db.look(nobody(), ANY, args![]).await?.is_empty())
    }

    /// The person with this e-mail address.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn by_email(&self, email: &str) -> Result<Option<Person>> {
        let rows = self.db.look(nobody(), BY_EMAIL, args![email]).await?;
        rows.first().map(person).transpose()
    }

    /// One of them.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn get(&self, id: PersonId) -> Result<Person> {
        person(&self.db.look_at(nobody(), GET, args![id]).await?)
    }

    /// The organisations of a person, the oldest membership first.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn memberships(&self, id: PersonId) -> Result<Vec<Membership>> {
        let rows = transaction!(self.db.read(nobody()), |tx| memberships(tx, id).await)?;
        let membership = |row: &Row| {
            Ok(Membership {
                org: row.get("org_id")?,
                name: row.get("name")?,
                role: row.get("role")?,
            })
        };
        rows.iter().map(membership).collect()
    }

    /// Changes a person's name; `org` keeps the record.
    ///
    /// # Errors
    /// [`StoreError::Stale`] without such a person.
    pub async fn rename(
        &self,
        org: OrganisationId,
        id: PersonId,
        name: &str,
        now: Timestamp,
    ) -> Result<()> {
        transaction!(self.db.write(org), |tx| {
            tx.swap(RENAME, args![id, name]).await?;
            let facts = json!({ "name": name });
            audit::append(tx, now, &id.to_string(), "name changed", id, &facts).await
        })
    }

    /// Changes a person's password, gives the session `kept` another secret and ends every other one;
    /// returns those that ended.
    ///
    /// # Errors
    /// [`StoreError::Stale`] without such a person or session.
    pub async fn set_password(
        &self,
        org: OrganisationId,
        id: PersonId,
        password_hash: &str,
        (kept, secret_sha256): (SignInId, Sha256),
        now: Timestamp,
    ) -> Result<Vec<SignInId>> {
        transaction!(self.db.write(org), |tx| {
            rotate(tx, kept, secret_sha256).await?;
            change_password(tx, id, password_hash, kept, now).await
        })
    }

    /// Keeps the same password under other parameters; nothing when it was changed meanwhile.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn rehash(&self, id: PersonId, old: &str, new: &str) -> Result<()> {
        transaction!(self.db.touch(nobody()), |tx| {
            tx.run(REHASH, args![id, old, new]).await.map(drop)
        })
    }
}

/// Makes a person inside the transaction of what lets them in.
///
/// # Errors
/// [`StoreError::Conflict`] when somebody has this e-mail address.
pub(crate) async fn insert(tx: &mut Tx, new: &NewPerson<'_>, now: Timestamp) -> Result<()> {
    let values = args![new.id, new.email, new.name, new.password_hash, now];
    tx.run(INSERT, values).await?;
    let facts = json!({ "name": new.name });
    audit::append(tx, now, &new.id.to_string(), "person added", new.id, &facts).await
}

/// The rows of a person's memberships, of every organisation.
pub(crate) async fn memberships(tx: &mut Tx, id: PersonId) -> Result<Vec<Row>> {
    tx.maybe(SHOW_PERSON, args![id.uuid().hyphenated().to_string()])
        .await?;
    tx.all(MEMBERSHIPS, args![id, ROWS_MAX]).await
}

/// Changes a password inside a transaction.
pub(crate) async fn change_password(
    tx: &mut Tx,
    id: PersonId,
    password_hash: &str,
    kept: SignInId,
    now: Timestamp,
) -> Result<Vec<SignInId>> {
    if tx.run(SET_PASSWORD, args![id, password_hash, now]).await? != 1 {
        return Err(StoreError::Stale);
    }
    void_for(tx, id, now).await?;
    let ended = end_others(tx, id, kept, now).await?;
    let facts = json!({ "sessions_ended": ended.len() });
    audit::append(tx, now, &id.to_string(), "password changed", id, &facts).await?;
    Ok(ended)
}

fn person(row: &Row) -> Result<Person> {
    Ok(Person {
        id: row.get("id")?,
        email: row.get("email")?,
        name: row.get("name")?,
        password_hash: row.get("password_hash")?,
    })
}
