//! The one live flag: whether an organisation prints at all.

use crate::db::transaction;
use crate::error::Result;
use crate::row::Row;
use crate::service::handle;
use crate::statement::statements;
use crate::studio::errand;
use crate::tx::Tx;
use crate::value::args;
use crate::{audit, outbox};
use fluxprint_domain::Timestamp;
use fluxprint_domain::id::{ErrandId, PersonId};
use serde_json::json;

statements! {
    GET = "SELECT printing_on, printing_since, printing_by, created_at FROM organisations WHERE id = $1";
    SET = "UPDATE organisations SET printing_on = $2, printing_since = $3, printing_by = $4 WHERE id = $1";
}

/// Printing was switched on or off.
pub const FLAG_CHANGED: &str = "flag:changed";

handle!(
    /// The flag of an organisation.
    Flag
);

/// Whether people print.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Printing {
    /// Whether they do.
    pub on: bool,
    /// Since when it is so.
    pub since: Timestamp,
    /// The name of whoever switched it; nobody has when it is as the organisation began.
    pub by: Option<String>,
}

/// Who switches.
#[derive(Clone, Copy, Debug)]
pub struct Switch<'a> {
    /// Whether people shall print.
    pub on: bool,
    /// Who says so.
    pub person: PersonId,
    /// Their name, to be shown.
    pub name: &'a str,
    /// A new id, for what the service has to be told.
    pub errand: ErrandId,
}

impl Flag<'_> {
    /// How it stands.
    ///
    /// # Errors
    /// [`crate::StoreError::NotFound`] without such an organisation.
    pub async fn get(&self) -> Result<Printing> {
        printing(&self.db.look_at(self.org, GET, args![self.org]).await?)
    }

    /// Switches printing on or off. In one transaction: the row, the audit, the news for open
    /// pages, and what the service is to be told. Returns whether that was news.
    ///
    /// # Errors
    /// [`crate::StoreError::NotFound`] without such an organisation.
    pub async fn switch(&self, switch: Switch<'_>, now: Timestamp) -> Result<bool> {
        transaction!(self.db.write(self.org), |tx| {
            if load(tx).await?.on == switch.on {
                return Ok(false);
            }
            let name = Some(switch.name);
            tx.swap(SET, args![tx.org, switch.on, now, name]).await?;
            let what = if switch.on {
                "printing switched on"
            } else {
                "printing switched off"
            };
            let who = switch.person.to_string();
            audit::append(tx, now, &who, what, tx.org, &json!({})).await?;
            let news = json!({ "on": switch.on, "by": switch.name });
            outbox::append(tx, now, FLAG_CHANGED, &news).await?;
            errand::hold(tx, switch.errand, !switch.on, Some(switch.person), now).await?;
            Ok(true)
        })
    }

    /// The value with which an organisation begins. Nothing once it has one.
    ///
    /// # Errors
    /// [`crate::StoreError::NotFound`] without such an organisation.
    pub async fn begin(&self, on: bool, errand: ErrandId, now: Timestamp) -> Result<()> {
        transaction!(self.db.write(self.org), |tx| {
            let row = tx.one(GET, args![tx.org]).await?;
            if row.get::<Timestamp>("printing_since")? != NEVER {
                return Ok(());
            }
            let nobody: Option<&str> = None;
            tx.swap(SET, args![tx.org, on, now, nobody]).await?;
            if on {
                return Ok(());
            }
            audit::append(
                tx,
                now,
                "setup",
                "printing switched off",
                tx.org,
                &json!({}),
            )
            .await?;
            errand::hold(tx, errand, true, None, now).await
        })
    }
}

/// What the column says of an organisation whose flag was never set.
const NEVER: Timestamp = Timestamp(0);

async fn load(tx: &mut Tx) -> Result<Printing> {
    printing(&tx.one(GET, args![tx.org]).await?)
}

fn printing(row: &Row) -> Result<Printing> {
    let since: Timestamp = row.get("printing_since")?;
    Ok(Printing {
        on: row.get("printing_on")?,
        since: since.max(row.get("created_at")?),
        by: row.get("printing_by")?,
    })
}
