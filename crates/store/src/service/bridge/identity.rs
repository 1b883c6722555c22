//! What a bridge proves itself with: its device key, the tokens it may hold, and the one that the
//! operator gave to it alone.

use super::{BY_ID, Bridge, Bridges, bridge, by_secret};
use crate::audit;
use crate::db::transaction;
use crate::error::Result;
use crate::service::ServiceStore;
use crate::statement::statements;
use crate::value::args;
use fluxprint_domain::id::{BridgeId, OrganisationId};
use fluxprint_domain::{DeviceKey, Sha256, Timestamp};
use serde_json::json;

statements! {
    BY_PROVISIONED = "SELECT org_id, id, name, code_expires_at, token_sha256, created_at, revoked_at,
        last_seen_at, version, device_key, rotation_wanted_at FROM bridges WHERE provisioned_sha256 = $1";
    PROVISION = "INSERT INTO bridges (org_id, id, name, token_sha256, provisioned_sha256, created_at)
        VALUES ($1, $2, $3, $4, $4, $5)";
    BIND_KEY = "UPDATE bridges SET device_key = $3
        WHERE org_id = $1 AND id = $2 AND device_key IS NULL AND revoked_at IS NULL";
    WANT_ROTATION = "UPDATE bridges SET rotation_wanted_at = $3
        WHERE org_id = $1 AND id = $2 AND revoked_at IS NULL AND token_sha256 IS NOT NULL
            AND provisioned_sha256 IS NULL";
    HAND_OVER = "UPDATE bridges SET next_token_sha256 = $3, token_until = NULL
        WHERE org_id = $1 AND id = $2 AND revoked_at IS NULL AND rotation_wanted_at IS NOT NULL";
    KEPT = "UPDATE bridges SET token_until = $4
        WHERE org_id = $1 AND id = $2 AND next_token_sha256 = $3 AND token_until IS NULL";
    DROPPED = "UPDATE bridges SET next_token_sha256 = NULL, rotation_wanted_at = NULL
        WHERE org_id = $1 AND id = $2 AND next_token_sha256 = $3";
    USED = "UPDATE bridges SET token_sha256 = next_token_sha256, next_token_sha256 = NULL, rotation_wanted_at = NULL,
        token_until = NULL WHERE org_id = $1 AND id = $2 AND next_token_sha256 = $3 AND revoked_at IS NULL";
}

/// Seconds for which the old token is good after the bridge has kept the new one (B-03).
pub const OLD_TOKEN_S: i64 = 600;

impl Bridges<'_> {
    /// Binds a device key to a bridge that had none: the first one that comes with its token.
    ///
    /// # Errors
    /// [`crate::StoreError::Stale`] when it has one, or was shut out.
    pub async fn bind_key(&self, id: BridgeId, key: DeviceKey, now: Timestamp) -> Result<()> {
        transaction!(self.db.write(self.org), |tx| {
            tx.swap(BIND_KEY, args![tx.org, id, key]).await?;
            let who = format!("bridge:{id}");
            let facts = json!({ "key": key });
            audit::append(tx, now, &who, "device key bound", id, &facts).await
        })
    }

    /// Notes that a bridge is to get another token. The present one stays good until the new one
    /// is used.
    ///
    /// # Errors
    /// [`crate::StoreError::Stale`] without such a bridge, or when its token is the operator's.
    pub async fn want_rotation(&self, id: BridgeId, who: &str, now: Timestamp) -> Result<()> {
        transaction!(self.db.write(self.org), |tx| {
            tx.swap(WANT_ROTATION, args![tx.org, id, now]).await?;
            audit::append(tx, now, who, "new token asked for", id, &json!({})).await
        })
    }

    /// A new token is on its way to the bridge.
    ///
    /// # Errors
    /// [`crate::StoreError::Stale`] when none is wanted any more.
    pub async fn hand_over_token(&self, id: BridgeId, token_sha256: Sha256) -> Result<()> {
        transaction!(self.db.touch(self.org), |tx| {
            tx.swap(HAND_OVER, args![tx.org, id, token_sha256]).await
        })
    }

    /// The bridge has the new token on its disk: the old one ends in [`OLD_TOKEN_S`] seconds, or
    /// when the new one is used.
    ///
    /// # Errors
    /// [`crate::StoreError::Stale`] when it was said before.
    pub async fn token_kept(
        &self,
        id: BridgeId,
        token_sha256: Sha256,
        now: Timestamp,
    ) -> Result<()> {
        transaction!(self.db.touch(self.org), |tx| {
            let values = args![tx.org, id, token_sha256, now.plus_s(OLD_TOKEN_S)];
            tx.swap(KEPT, values).await
        })
    }

    /// The bridge cannot keep a new token: the old one stays.
    ///
    /// # Errors
    /// [`crate::StoreError::Stale`] when another one is on its way.
    pub async fn token_dropped(
        &self,
        id: BridgeId,
        token_sha256: Sha256,
        now: Timestamp,
    ) -> Result<()> {
        transaction!(self.db.write(self.org), |tx| {
            tx.swap(DROPPED, args![tx.org, id, token_sha256]).await?;
            let who = format!("bridge:{id}");
            audit::append(tx, now, &who, "new token not kept", id, &json!({})).await
        })
    }

    /// The bridge came with its new token: from now on it is the only one.
    ///
    /// # Errors
    /// [`crate::StoreError::Stale`] when it is no new one.
    pub async fn token_used(
        &self,
        id: BridgeId,
        token_sha256: Sha256,
        now: Timestamp,
    ) -> Result<()> {
        transaction!(self.db.write(self.org), |tx| {
            tx.swap(USED, args![tx.org, id, token_sha256]).await?;
            let who = format!("bridge:{id}");
            audit::append(tx, now, &who, "token replaced", id, &json!({})).await
        })
    }

    /// Writes something down that happened to a bridge and that people should know of.
    ///
    /// # Errors
    /// [`crate::StoreError::NotFound`] without such a bridge.
    pub async fn note(
        &self,
        id: BridgeId,
        (who, what): (&str, &str),
        facts: &serde_json::Value,
        now: Timestamp,
    ) -> Result<()> {
        transaction!(self.db.write(self.org), |tx| {
            tx.one(BY_ID, args![tx.org, id]).await?;
            audit::append(tx, now, who, what, id, facts).await
        })
    }
}

impl ServiceStore {
    /// The bridge that was given this token by the operator, shut out or not.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn bridge_provisioned(&self, token_sha256: Sha256) -> Result<Option<Bridge>> {
        by_secret(&self.db, BY_PROVISIONED, token_sha256).await
    }

    /// Makes the bridge that the operator's token belongs to, once.
    ///
    /// # Errors
    /// [`crate::StoreError::Conflict`] when there is one.
    pub async fn provision_bridge(
        &self,
        org: OrganisationId,
        (id, name): (BridgeId, &str),
        token_sha256: Sha256,
        now: Timestamp,
    ) -> Result<Bridge> {
        transaction!(self.db.write(org), |tx| {
            let values = args![tx.org, id, name, token_sha256, now];
            tx.run(PROVISION, values).await?;
            let facts = json!({ "name": name });
            audit::append(tx, now, "operator", "bridge provisioned", id, &facts).await?;
            let row = tx.one(BY_ID, args![tx.org, id]).await?;
            bridge(&row)
        })
    }
}
