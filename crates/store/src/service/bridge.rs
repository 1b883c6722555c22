//! Bridges: the programs beside the printers, and how they prove who they are.

pub mod identity;
pub mod pairing;

use crate::audit;
use crate::db::Db;
use crate::db::transaction;
use crate::error::{Result, StoreError};
use crate::limits::ROWS_MAX;
use crate::row::Row;
use crate::service::{ServiceStore, handle};
use crate::statement::{Statement, statements};
use crate::value::args;
use fluxprint_domain::id::{BridgeId, OrganisationId, SessionId};
use fluxprint_domain::{DeviceKey, Sha256, Timestamp};
use serde_json::json;

statements! {
    INSERT = "INSERT INTO bridges (org_id, id, name, code_sha256, code_expires_at, created_at)
        VALUES ($1, $2, $3, $4, $5, $6)";
    // Across organisations, and the only such statements on a walled table: whoever dials in names
    // no organisation. On PostgreSQL the policy `own_secret` shows just the row with this hash.
    BY_TOKEN = "SELECT org_id, id, name, code_expires_at, token_sha256, created_at, revoked_at,
        last_seen_at, version, device_key, rotation_wanted_at FROM bridges WHERE (token_sha256 = $1 AND (token_until IS NULL OR token_until > $2))
            OR next_token_sha256 = $1";
    BY_ID = "SELECT org_id, id, name, code_expires_at, token_sha256, created_at, revoked_at,
        last_seen_at, version, device_key, rotation_wanted_at FROM bridges WHERE org_id = $1 AND id = $2";
    BY_CODE = "SELECT org_id, id, name, code_expires_at, token_sha256, created_at, revoked_at,
        last_seen_at, version, device_key, rotation_wanted_at FROM bridges WHERE code_sha256 = $1";
    SHOW_SECRET = "SELECT $1", postgres "SELECT set_config('fluxprint.bridge_secret', $1, true)";
    REDEEM = "UPDATE bridges SET token_sha256 = $4, device_key = $6, code_sha256 = NULL, code_expires_at = NULL
        WHERE org_id = $1 AND id = $2 AND code_sha256 = $3 AND code_expires_at > $5";
    OPEN_SESSION = "UPDATE bridges SET last_seen_at = $3, version = $4, session = $5
        WHERE org_id = $1 AND id = $2 AND revoked_at IS NULL";
    REVOKE = "UPDATE bridges SET revoked_at = $3, session = NULL, token_sha256 = NULL, next_token_sha256 = NULL,
        token_until = NULL, rotation_wanted_at = NULL, code_sha256 = NULL, code_expires_at = NULL WHERE org_id = $1 AND id = $2 AND revoked_at IS NULL";
    LIST = "SELECT org_id, id, name, code_expires_at, token_sha256, created_at, revoked_at,
        last_seen_at, version, device_key, rotation_wanted_at FROM bridges WHERE org_id = $1 ORDER BY created_at, id LIMIT +$2";
}

handle!(
    /// The bridges of an organisation.
    Bridges
);

/// A bridge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bridge {
    /// Its organisation.
    pub org: OrganisationId,
    /// Which one.
    pub id: BridgeId,
    /// Its name.
    pub name: String,
    /// Until when its pairing code is good; `None` once used.
    pub code_expires_at: Option<Timestamp>,
    /// Whether it has a token.
    pub paired: bool,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was shut out.
    pub revoked_at: Option<Timestamp>,
    /// When it was last heard of.
    pub last_seen_at: Option<Timestamp>,
    /// The version it said it is.
    pub version: Option<String>,
    /// The public key that signs its challenges; `None` until one is bound.
    pub device_key: Option<DeviceKey>,
    /// When a new token was asked for that it has not used yet.
    pub rotation_wanted_at: Option<Timestamp>,
}

/// A bridge to be added.
#[derive(Clone, Debug)]
pub struct NewBridge<'a> {
    /// Its id.
    pub id: BridgeId,
    /// Its name.
    pub name: &'a str,
    /// Hash of its one-time pairing code.
    pub code_sha256: Sha256,
    /// Until when the code is good.
    pub code_expires_at: Timestamp,
}

impl Bridges<'_> {
    /// Adds a bridge that is to prove itself with a one-time code.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] without such an organisation.
    pub async fn create_with_code(
        &self,
        new: &NewBridge<'_>,
        who: &str,
        now: Timestamp,
    ) -> Result<()> {
        transaction!(self.db.write(self.org), |tx| {
            let values = args![
                tx.org,
                new.id,
                new.name,
                new.code_sha256,
                new.code_expires_at,
                now
            ];
            tx.run(INSERT, values).await?;
            let facts = json!({ "name": new.name, "code_expires_at": new.code_expires_at });
            audit::append(tx, now, who, "bridge added", new.id, &facts).await
        })
    }

    /// A bridge has opened a session. From now on only this one is believed about its printers and
    /// may be given starts: whatever an older session still says, through whichever process, is stale.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when the bridge was shut out.
    pub async fn open_session(
        &self,
        bridge: BridgeId,
        session: SessionId,
        version: &str,
        now: Timestamp,
    ) -> Result<()> {
        transaction!(self.db.touch(self.org), |tx| {
            tx.swap(OPEN_SESSION, args![tx.org, bridge, now, version, session])
                .await
        })
    }

    /// All of them, oldest first.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn list(&self) -> Result<Vec<Bridge>> {
        let values = args![self.org, ROWS_MAX];
        let rows = self.db.look(self.org, LIST, values).await?;
        rows.iter().map(bridge).collect()
    }

    /// Shuts a bridge out: its code and token are worth nothing from now on.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when it is not there or was shut out before.
    pub async fn revoke(&self, bridge: BridgeId, who: &str, now: Timestamp) -> Result<()> {
        transaction!(self.db.write(self.org), |tx| {
            tx.swap(REVOKE, args![tx.org, bridge, now]).await?;
            audit::append(tx, now, who, "bridge revoked", bridge, &json!({})).await
        })
    }
}

impl ServiceStore {
    /// Trades a one-time code for a token, once. The code is gone afterwards, whoever asks.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for a code that never was, was used or has expired.
    pub async fn redeem_bridge_code(
        &self,
        code_sha256: Sha256,
        (token_sha256, device_key): (Sha256, Option<DeviceKey>),
        now: Timestamp,
    ) -> Result<Bridge> {
        let found = by_secret(&self.db, BY_CODE, code_sha256)
            .await?
            .ok_or(StoreError::NotFound)?;
        transaction!(self.db.write(found.org), |tx| {
            let values = args![tx.org, found.id, code_sha256, token_sha256, now, device_key];
            match tx.swap(REDEEM, values).await {
                Err(StoreError::Stale) => return Err(StoreError::NotFound),
                done => done?,
            }
            audit::append(tx, now, "bridge", "bridge paired", found.id, &json!({})).await
        })?;
        Ok(Bridge {
            paired: true,
            code_expires_at: None,
            device_key,
            ..found
        })
    }

    /// The bridge that holds this token at `now`, whatever organisation it belongs to.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn bridge_by_token(
        &self,
        token_sha256: Sha256,
        now: Timestamp,
    ) -> Result<Option<Bridge>> {
        transaction!(self.db.read(nobody()), |tx| {
            tx.maybe(SHOW_SECRET, args![token_sha256.to_string()])
                .await?;
            let row = tx.maybe(BY_TOKEN, args![token_sha256, now]).await?;
            row.as_ref().map(bridge).transpose()
        })
    }
}

/// For those who dial in and name no organisation.
fn nobody() -> OrganisationId {
    OrganisationId::from_uuid(uuid::Uuid::nil())
}

async fn by_secret(db: &Db, statement: Statement, secret: Sha256) -> Result<Option<Bridge>> {
    transaction!(db.read(nobody()), |tx| {
        tx.maybe(SHOW_SECRET, args![secret.to_string()]).await?;
        let row = tx.maybe(statement, args![secret]).await?;
        row.as_ref().map(bridge).transpose()
    })
}

fn bridge(row: &Row) -> Result<Bridge> {
    Ok(Bridge {
        org: row.get("org_id")?,
        id: row.get("id")?,
        name: row.get("name")?,
        code_expires_at: row.get("code_expires_at")?,
        paired: row.get::<Option<Sha256>>("token_sha256")?.is_some(),
        created_at: row.get("created_at")?,
        revoked_at: row.get("revoked_at")?,
        last_seen_at: row.get("last_seen_at")?,
        version: row.get("version")?,
        device_key: row.get("device_key")?,
        rotation_wanted_at: row.get("rotation_wanted_at")?,
    })
}
