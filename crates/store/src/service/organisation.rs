//! The organisations: the one table without a wall.

use crate::db::Db;
use crate::db::transaction;
use crate::error::{Result, StoreError};
use crate::limits::ROWS_MAX;
use crate::row::Row;
use crate::statement::statements;
use crate::tx::Tx;
use crate::value::args;
use crate::{audit, outbox};
use fluxprint_domain::Timestamp;
use fluxprint_domain::id::OrganisationId;
use fluxprint_domain::queue::OrderVersion;
use serde_json::json;

statements! {
    ENSURE = "INSERT INTO organisations (id, name, hold, created_at) VALUES ($1, $2, FALSE, $3)
        ON CONFLICT (id) DO NOTHING";
    LIST = "SELECT id, name, hold, order_version FROM organisations ORDER BY id LIMIT +$1";
    GET = "SELECT id, name, hold, order_version FROM organisations WHERE id = $1";
    SET_HOLD = "UPDATE organisations SET hold = $2 WHERE id = $1 AND hold <> $2";
}

/// An organisation as the service knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organisation {
    /// Its id, the same as in the studio.
    pub id: OrganisationId,
    /// Its name.
    pub name: String,
    /// Nothing may be matched or started while this is set.
    pub hold: bool,
    /// Which version of the queue's order is the newest.
    pub order_version: OrderVersion,
}

/// All organisations.
#[derive(Clone, Copy)]
pub struct Organisations<'a> {
    pub(crate) db: &'a Db,
}

impl Organisations<'_> {
    /// Makes it unless it is there.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn ensure(&self, id: OrganisationId, name: &str, now: Timestamp) -> Result<()> {
        if !self.db.look(id, GET, args![id]).await?.is_empty() {
            return Ok(());
        }
        transaction!(self.db.write(id), |tx| {
            if tx.run(ENSURE, args![id, name, now]).await? == 1 {
                let facts = json!({ "name": name });
                audit::append(tx, now, "service", "organisation added", id, &facts).await?;
            }
            Ok(())
        })
    }

    /// All of them (at most [`ROWS_MAX`]): what sweeps go through, one organisation after the other.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn list(&self) -> Result<Vec<Organisation>> {
        let nobody = OrganisationId::from_uuid(uuid::Uuid::nil());
        let rows = self.db.look(nobody, LIST, args![ROWS_MAX]).await?;
        rows.iter().map(organisation).collect()
    }

    /// One of them.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn get(&self, id: OrganisationId) -> Result<Organisation> {
        organisation(&self.db.look_at(id, GET, args![id]).await?)
    }

    /// Holds everything back, or lets it go on. Running prints are not touched.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn set_hold(
        &self,
        id: OrganisationId,
        hold: bool,
        who: &str,
        now: Timestamp,
    ) -> Result<()> {
        transaction!(self.db.write(id), |tx| {
            load(tx).await?;
            if tx.run(SET_HOLD, args![tx.org, hold]).await? == 0 {
                return Ok(());
            }
            let what = if hold {
                "organisation held"
            } else {
                "organisation released"
            };
            audit::append(tx, now, who, what, id, &json!({})).await?;
            outbox::append(tx, now, outbox::ORGANISATION_HOLD, &json!({ "hold": hold })).await
        })
    }
}

/// The organisation the transaction works for.
pub(crate) async fn load(tx: &mut Tx) -> Result<Organisation> {
    organisation(&tx.one(GET, args![tx.org]).await?)
}

/// Refuses while the organisation is on hold.
pub(crate) async fn check_hold(tx: &mut Tx) -> Result<()> {
    if load(tx).await?.hold {
        Err(StoreError::Refused(
            fluxprint_domain::Refusal::OrganisationOnHold,
        ))
    } else {
        Ok(())
    }
}

fn organisation(row: &Row) -> Result<Organisation> {
    Ok(Organisation {
        id: row.get("id")?,
        name: row.get("name")?,
        hold: row.get("hold")?,
        order_version: row.get("order_version")?,
    })
}
