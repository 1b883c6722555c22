//! Sessions: a browser in which a person has signed in. They belong to the person, and look at one
//! organisation at a time.

use crate::audit;
use crate::db::{Db, transaction};
use crate::error::Result;
use crate::limits::ROWS_MAX;
use crate::row::Row;
use crate::statement::statements;
use crate::tx::Tx;
use crate::value::args;
use fluxprint_domain::id::{OrganisationId, PersonId, SignInId};
use fluxprint_domain::{Sha256, Timestamp};
use serde_json::json;
use uuid::Uuid;

statements! {
    BY_SECRET = "SELECT s.id, s.person_id, s.org_id, s.device, s.created_at, s.seen_at, s.proved_at, p.name, p.email
        FROM sessions s JOIN people p ON p.id = s.person_id
        WHERE s.secret_sha256 = $1 AND s.ended_at IS NULL";
    GET = "SELECT s.id, s.person_id, s.org_id, s.device, s.created_at, s.seen_at, s.proved_at, p.name, p.email
        FROM sessions s JOIN people p ON p.id = s.person_id
        WHERE s.id = $1 AND s.ended_at IS NULL";
    INSERT = "INSERT INTO sessions (id, secret_sha256, person_id, org_id, device, created_at, seen_at)
        VALUES ($1, $2, $3, $4, $5, $6, $6)";
    SEEN = "UPDATE sessions SET seen_at = $2 WHERE id = $1 AND ended_at IS NULL AND seen_at < $2";
    PROVE = "UPDATE sessions SET proved_at = $2 WHERE id = $1 AND ended_at IS NULL";
    TURN = "UPDATE sessions SET org_id = $2 WHERE id = $1 AND ended_at IS NULL";
    ROTATE = "UPDATE sessions SET secret_sha256 = $2 WHERE id = $1 AND ended_at IS NULL";
    END = "UPDATE sessions SET ended_at = $3 WHERE id = $1 AND person_id = $2 AND ended_at IS NULL";
    END_OTHERS = "UPDATE sessions SET ended_at = $3 WHERE person_id = $1 AND id <> $2 AND ended_at IS NULL
        RETURNING id";
    LIST = "SELECT id, device, created_at, seen_at FROM sessions
        WHERE person_id = $1 AND ended_at IS NULL AND seen_at > $2 AND created_at > $3
        ORDER BY seen_at DESC, id LIMIT $4";
    PRUNE = "DELETE FROM sessions WHERE ended_at IS NOT NULL OR seen_at < $1 OR created_at < $2";
}

/// Everybody's sessions.
#[derive(Clone, Copy)]
pub struct Sessions<'a> {
    pub(crate) db: &'a Db,
}

/// A session that has not been ended, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Which one.
    pub id: SignInId,
    /// Whose.
    pub person: PersonId,
    /// The person's name.
    pub name: String,
    /// The person's e-mail address.
    pub email: String,
    /// The organisation it looks at.
    pub org: Option<OrganisationId>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used, give or take a minute.
    pub seen_at: Timestamp,
    /// When the person last showed the password in it, after it had begun.
    pub proved_at: Option<Timestamp>,
}

/// A session to be begun.
#[derive(Clone, Debug)]
pub struct NewSession<'a> {
    /// Its id.
    pub id: SignInId,
    /// Hash of the secret that its cookie carries.
    pub secret_sha256: Sha256,
    /// The browser, in words for its owner.
    pub device: &'a str,
}

/// One of a person's open sessions, for the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seat {
    /// Which one.
    pub id: SignInId,
    /// The browser, in words.
    pub device: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used.
    pub seen_at: Timestamp,
}

/// From when on a session is too old to count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooOld {
    /// Last used before this.
    pub seen: Timestamp,
    /// Begun before this.
    pub begun: Timestamp,
}

impl Sessions<'_> {
    /// The open session with this secret. Whether it is too old, the caller decides.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn by_secret(&self, secret_sha256: Sha256) -> Result<Option<Session>> {
        let rows = self
            .db
            .look(nobody(), BY_SECRET, args![secret_sha256])
            .await?;
        rows.first().map(session).transpose()
    }

    /// An open session, under whatever secret. Whether it is too old, the caller decides.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn get(&self, id: SignInId) -> Result<Option<Session>> {
        let rows = self.db.look(nobody(), GET, args![id]).await?;
        rows.first().map(session).transpose()
    }

    /// Notes that a session was used at `now`.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn seen(&self, id: SignInId, now: Timestamp) -> Result<()> {
        transaction!(self.db.touch(nobody()), |tx| {
            tx.run(SEEN, args![id, now]).await.map(drop)
        })
    }

    /// Notes that the person showed the password in a session at `now`.
    ///
    /// # Errors
    /// [`crate::StoreError::Stale`] when it has ended.
    pub async fn prove(&self, id: SignInId, now: Timestamp) -> Result<()> {
        transaction!(self.db.touch(nobody()), |tx| {
            tx.swap(PROVE, args![id, now]).await
        })
    }

    /// Begins a session of a member of `org`.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn begin(
        &self,
        org: OrganisationId,
        person: PersonId,
        new: &NewSession<'_>,
        now: Timestamp,
    ) -> Result<()> {
        transaction!(self.db.write(org), |tx| insert(tx, person, new, now).await)
    }

    /// Lets a session look at another organisation.
    ///
    /// # Errors
    /// [`crate::StoreError::Stale`] when it has ended.
    pub async fn turn_to(&self, id: SignInId, org: OrganisationId) -> Result<()> {
        transaction!(self.db.touch(org), |tx| tx.swap(TURN, args![id, org]).await)
    }

    /// Ends a session of `person`; `org` keeps the record.
    ///
    /// # Errors
    /// [`crate::StoreError::Stale`] when there is no such open session of this person.
    pub async fn end(
        &self,
        org: OrganisationId,
        person: PersonId,
        id: SignInId,
        now: Timestamp,
    ) -> Result<()> {
        transaction!(self.db.write(org), |tx| {
            tx.swap(END, args![id, person, now]).await?;
            let who = person.to_string();
            audit::append(tx, now, &who, "signed out", id, &json!({})).await
        })
    }

    /// The open sessions of a person, the one used last first.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn list(&self, person: PersonId, too_old: TooOld) -> Result<Vec<Seat>> {
        let values = args![person, too_old.seen, too_old.begun, ROWS_MAX];
        let seat = |row: &Row| {
            Ok(Seat {
                id: row.get("id")?,
                device: row.get("device")?,
                created_at: row.get("created_at")?,
                seen_at: row.get("seen_at")?,
            })
        };
        let rows = self.db.look(nobody(), LIST, values).await?;
        rows.iter().map(seat).collect()
    }

    /// Forgets sessions that have ended or are too old; returns how many.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn prune(&self, too_old: TooOld) -> Result<u64> {
        transaction!(self.db.touch(nobody()), |tx| {
            tx.run(PRUNE, args![too_old.seen, too_old.begun]).await
        })
    }
}

/// Begins a session inside the transaction of what lets the person in.
pub(crate) async fn insert(
    tx: &mut Tx,
    person: PersonId,
    new: &NewSession<'_>,
    now: Timestamp,
) -> Result<()> {
    let values = args![new.id, new.secret_sha256, person, tx.org, new.device, now];
    tx.run(INSERT, values).await?;
    let facts = json!({ "device": new.device });
    audit::append(tx, now, &person.to_string(), "signed in", new.id, &facts).await
}

/// Ends every session of a person but `kept`; returns which.
pub(crate) async fn end_others(
    tx: &mut Tx,
    person: PersonId,
    kept: SignInId,
    now: Timestamp,
) -> Result<Vec<SignInId>> {
    let rows = tx.all(END_OTHERS, args![person, kept, now]).await?;
    rows.iter().map(|row| row.get("id")).collect()
}

/// Gives a session another secret.
pub(crate) async fn rotate(tx: &mut Tx, id: SignInId, secret_sha256: Sha256) -> Result<()> {
    tx.swap(ROTATE, args![id, secret_sha256]).await
}

/// For rows that belong to persons, not to an organisation.
pub(crate) fn nobody() -> OrganisationId {
    OrganisationId::from_uuid(Uuid::nil())
}

fn session(row: &Row) -> Result<Session> {
    Ok(Session {
        id: row.get("id")?,
        person: row.get("person_id")?,
        name: row.get("name")?,
        email: row.get("email")?,
        org: row.get("org_id")?,
        created_at: row.get("created_at")?,
        seen_at: row.get("seen_at")?,
        proved_at: row.get("proved_at")?,
    })
}
