//! Pairings: a bridge shows a short code, a person confirms it, the bridge fetches its token
//! (RFC 8628). Only hashes of both codes are kept. A pairing belongs to no organisation until
//! somebody confirms it into theirs; whoever shows the hash of a code reaches just that row.

use super::{BY_ID, Bridge, Bridges, SHOW_SECRET, bridge, nobody};
use crate::audit;
use crate::db::transaction;
use crate::error::{Result, StoreError};
use crate::row::Row;
use crate::service::ServiceStore;
use crate::statement::statements;
use crate::tx::Tx;
use crate::value::args;
use fluxprint_domain::id::{BridgeId, OrganisationId};
use fluxprint_domain::{DeviceKey, Sha256, Timestamp};
use serde_json::json;

statements! {
    INSERT = "INSERT INTO pairings (device_sha256, user_sha256, device_key, name, host, address, created_at,
        expires_at, interval_s, state) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'waiting')";
    BY_USER = "SELECT device_key, name, host, address, created_at, expires_at FROM pairings
        WHERE user_sha256 = $1 AND state = 'waiting' AND expires_at > $2";
    KEY = "SELECT device_key FROM pairings WHERE device_sha256 = $1";
    BY_DEVICE = "SELECT expires_at, polled_at, interval_s, state, org_id, bridge_id FROM pairings
        WHERE device_sha256 = $1";
    POLLED = "UPDATE pairings SET polled_at = $2, interval_s = $3 WHERE device_sha256 = $1";
    CONFIRM = "UPDATE pairings SET state = 'confirmed', org_id = $3, bridge_id = $4
        WHERE user_sha256 = $1 AND state = 'waiting' AND expires_at > $2";
    REFUSE = "UPDATE pairings SET state = 'refused'
        WHERE user_sha256 = $1 AND state = 'waiting' AND expires_at > $2";
    SPEND = "DELETE FROM pairings WHERE device_sha256 = $1 AND state = 'confirmed'";
    PRUNE = "DELETE FROM pairings WHERE expires_at < $1";
    KNOWN_DEVICE = "SELECT id FROM bridges WHERE org_id = $1 AND device_key = $2 AND revoked_at IS NULL";
    ADD_BRIDGE = "INSERT INTO bridges (org_id, id, name, device_key, created_at) VALUES ($1, $2, $3, $4, $5)";
    RENAME = "UPDATE bridges SET name = $3 WHERE org_id = $1 AND id = $2";
    GIVE_TOKEN = "UPDATE bridges SET token_sha256 = $3, next_token_sha256 = NULL, rotation_wanted_at = NULL,
        token_until = NULL, code_sha256 = NULL, code_expires_at = NULL, session = NULL
        WHERE org_id = $1 AND id = $2 AND revoked_at IS NULL";
}

/// A bridge that wants to be paired.
#[derive(Clone, Debug)]
pub struct NewPairing<'a> {
    /// Hash of the code that the bridge polls with.
    pub device_sha256: Sha256,
    /// Hash of the code that a person types.
    pub user_sha256: Sha256,
    /// The bridge's public key.
    pub device_key: DeviceKey,
    /// What the bridge is called.
    pub name: &'a str,
    /// The machine it runs on, in its own words.
    pub host: &'a str,
    /// Where the call came from.
    pub address: Option<&'a str>,
    /// Until when the codes are good.
    pub expires_at: Timestamp,
    /// Seconds between two polls.
    pub interval_s: u32,
}

/// A pairing that waits for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The bridge's public key.
    pub device_key: DeviceKey,
    /// What the bridge is called.
    pub name: String,
    /// The machine it runs on, in its own words.
    pub host: String,
    /// Where the call came from.
    pub address: Option<String>,
    /// When it was begun.
    pub created_at: Timestamp,
    /// Until when the codes are good.
    pub expires_at: Timestamp,
}

/// What a bridge that polls is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Polled {
    /// Nobody has decided yet.
    Waiting {
        /// Seconds until it may ask again.
        interval_s: u32,
    },
    /// It asked too soon; from now on it has to wait longer.
    TooSoon {
        /// Seconds until it may ask again.
        interval_s: u32,
    },
    /// Somebody said no.
    Refused,
    /// It is paired, and the token it was asked with counts. This is said once.
    Paired(Bridge),
}

/// By how much the pause grows when a bridge polls too soon (RFC 8628, 3.5).
const SLOWER_BY_S: u32 = 5;

impl ServiceStore {
    /// Begins a pairing.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn begin_pairing(&self, new: &NewPairing<'_>, now: Timestamp) -> Result<()> {
        transaction!(self.db.touch(nobody()), |tx| {
            show(tx, new.device_sha256).await?;
            let values = args![
                new.device_sha256,
                new.user_sha256,
                new.device_key,
                new.name,
                new.host,
                new.address,
                now,
                new.expires_at,
                new.interval_s
            ];
            tx.run(INSERT, values).await.map(drop)
        })
    }

    /// The pairing that waits under a person's code.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for a code that never was, has been decided or has expired.
    pub async fn waiting_pairing(&self, user_sha256: Sha256, now: Timestamp) -> Result<Waiting> {
        transaction!(self.db.read(nobody()), |tx| {
            waiting(tx, user_sha256, now).await
        })
    }

    /// The public key of the bridge that polls with this code.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for a code that never was or was used.
    pub async fn pairing_key(&self, device_sha256: Sha256) -> Result<DeviceKey> {
        transaction!(self.db.read(nobody()), |tx| {
            show(tx, device_sha256).await?;
            tx.one(KEY, args![device_sha256]).await?.get("device_key")
        })
    }

    /// A bridge asks how its pairing stands. Once it was confirmed, the pairing is spent and the
    /// bridge's token is the one with the hash `token_sha256`.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for a code that never was, was used or has expired.
    pub async fn poll_pairing(
        &self,
        device_sha256: Sha256,
        token_sha256: Sha256,
        now: Timestamp,
    ) -> Result<Polled> {
        let known = transaction!(self.db.touch(nobody()), |tx| {
            asked(tx, device_sha256, now).await
        })?;
        match known {
            Asked::Answer(polled) => Ok(polled),
            Asked::Confirmed(org, id) => transaction!(self.db.write(org), |tx| {
                show(tx, device_sha256).await?;
                spend(tx, device_sha256, id, token_sha256, now).await
            }),
        }
    }

    /// Forgets pairings whose time is over; returns how many.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn prune_pairings(&self, now: Timestamp) -> Result<u64> {
        transaction!(self.db.touch(nobody()), |tx| {
            tx.run(PRUNE, args![now]).await
        })
    }
}

impl Bridges<'_> {
    /// Takes the bridge that waits under this code into the organisation. A bridge of it with the
    /// same device key is the same bridge: it keeps its id and its printers.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for a code that never was, has been decided or has expired.
    pub async fn confirm_pairing(
        &self,
        user_sha256: Sha256,
        (fresh, name): (BridgeId, Option<&str>),
        who: &str,
        now: Timestamp,
    ) -> Result<BridgeId> {
        transaction!(self.db.write(self.org), |tx| {
            let waiting = waiting(tx, user_sha256, now).await?;
            let name = name.unwrap_or(&waiting.name);
            let known = args![tx.org, waiting.device_key];
            let id = match tx.maybe(KNOWN_DEVICE, known).await? {
                Some(row) => {
                    let id: BridgeId = row.get("id")?;
                    tx.swap(RENAME, args![tx.org, id, name]).await?;
                    id
                }
                None => {
                    let values = args![tx.org, fresh, name, waiting.device_key, now];
                    tx.run(ADD_BRIDGE, values).await?;
                    fresh
                }
            };
            let values = args![user_sha256, now, tx.org, id];
            tx.swap(CONFIRM, values).await.map_err(gone)?;
            let facts = json!({
                "name": name,
                "calls_itself": waiting.name,
                "host": waiting.host,
                "address": waiting.address,
                "key": waiting.device_key,
            });
            audit::append(tx, now, who, "pairing confirmed", id, &facts).await?;
            Ok(id)
        })
    }

    /// Refuses the bridge that waits under this code.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for a code that never was, has been decided or has expired.
    pub async fn refuse_pairing(
        &self,
        user_sha256: Sha256,
        who: &str,
        now: Timestamp,
    ) -> Result<()> {
        transaction!(self.db.write(self.org), |tx| {
            let waiting = waiting(tx, user_sha256, now).await?;
            tx.swap(REFUSE, args![user_sha256, now])
                .await
                .map_err(gone)?;
            let facts = json!({ "host": waiting.host, "address": waiting.address });
            let key = waiting.device_key.to_string();
            audit::append(tx, now, who, "pairing refused", key, &facts).await
        })
    }
}

/// What a poll finds.
enum Asked {
    Answer(Polled),
    Confirmed(OrganisationId, BridgeId),
}

async fn asked(tx: &mut Tx, device_sha256: Sha256, now: Timestamp) -> Result<Asked> {
    show(tx, device_sha256).await?;
    let row = tx.one(BY_DEVICE, args![device_sha256]).await?;
    if row.get::<Timestamp>("expires_at")? <= now {
        return Err(StoreError::NotFound);
    }
    match row.get::<String>("state")?.as_str() {
        "confirmed" => Ok(Asked::Confirmed(row.get("org_id")?, row.get("bridge_id")?)),
        "refused" => Ok(Asked::Answer(Polled::Refused)),
        _ => waits(tx, &row, device_sha256, now).await.map(Asked::Answer),
    }
}

async fn waits(tx: &mut Tx, row: &Row, device_sha256: Sha256, now: Timestamp) -> Result<Polled> {
    let before: Option<Timestamp> = row.get("polled_at")?;
    let interval_s: u32 = row.get("interval_s")?;
    let too_soon = before.is_some_and(|at| now < at.plus_s(i64::from(interval_s)));
    let polled = if too_soon {
        let interval_s = interval_s.saturating_add(SLOWER_BY_S);
        Polled::TooSoon { interval_s }
    } else {
        Polled::Waiting { interval_s }
    };
    let (Polled::TooSoon { interval_s } | Polled::Waiting { interval_s }) = polled else {
        return Ok(polled);
    };
    tx.swap(POLLED, args![device_sha256, now, interval_s])
        .await?;
    Ok(polled)
}

async fn spend(
    tx: &mut Tx,
    device_sha256: Sha256,
    id: BridgeId,
    token_sha256: Sha256,
    now: Timestamp,
) -> Result<Polled> {
    tx.swap(SPEND, args![device_sha256]).await.map_err(gone)?;
    let given = args![tx.org, id, token_sha256];
    tx.swap(GIVE_TOKEN, given).await.map_err(gone)?;
    audit::append(tx, now, "bridge", "bridge paired", id, &json!({})).await?;
    let row = tx.one(BY_ID, args![tx.org, id]).await?;
    Ok(Polled::Paired(bridge(&row)?))
}

async fn waiting(tx: &mut Tx, user_sha256: Sha256, now: Timestamp) -> Result<Waiting> {
    show(tx, user_sha256).await?;
    let row = tx.one(BY_USER, args![user_sha256, now]).await?;
    Ok(Waiting {
        device_key: row.get("device_key")?,
        name: row.get("name")?,
        host: row.get("host")?,
        address: row.get("address")?,
        created_at: row.get("created_at")?,
        expires_at: row.get("expires_at")?,
    })
}

async fn show(tx: &mut Tx, secret: Sha256) -> Result<()> {
    let shown = tx.maybe(SHOW_SECRET, args![secret.to_string()]).await;
    shown.map(drop)
}

/// Somebody else was faster, or its time ran out.
fn gone(error: StoreError) -> StoreError {
    match error {
        StoreError::Stale => StoreError::NotFound,
        other => other,
    }
}
