//! Counters of low-rate limits: in the database, so that they hold across restarts and programs.

use crate::db::transaction;
use crate::error::Result;
use crate::service::handle;
use crate::statement::statements;
use crate::tx::Tx;
use crate::value::args;
use fluxprint_domain::Timestamp;

statements! {
    GET = "SELECT window_start, count FROM counters WHERE org_id = $1 AND subject = $2 AND what = $3";
    SET = "INSERT INTO counters (org_id, subject, what, window_start, count) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (org_id, subject, what)
        DO UPDATE SET window_start = excluded.window_start, count = excluded.count";
}

handle!(
    /// The counters of an organisation.
    Counters
);

/// A limit: so many in a window that begins with the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit<'a> {
    /// Who is limited: a person's `sub`, a token's id.
    pub subject: &'a str,
    /// What is counted ("jobs").
    pub what: &'a str,
    /// Length of the window in seconds.
    pub window_s: i64,
    /// How many are allowed in it.
    pub max: u32,
}

/// Whether a hit was counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hit {
    /// It was, and is within the limit.
    Allowed {
        /// How many are left in this window.
        left: u32,
    },
    /// It was not: the limit is reached.
    Refused {
        /// Whole seconds until the next one is allowed; at least 1.
        retry_after_s: i64,
    },
}

impl Counters<'_> {
    /// Counts one, unless the limit is reached.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn hit(&self, limit: Limit<'_>, now: Timestamp) -> Result<Hit> {
        transaction!(self.db.write(self.org), |tx| hit(tx, limit, now).await)
    }
}

/// Counts one inside the transaction of what is counted.
pub(crate) async fn hit(tx: &mut Tx, limit: Limit<'_>, now: Timestamp) -> Result<Hit> {
    let row = tx
        .maybe(GET, args![tx.org, limit.subject, limit.what])
        .await?;
    let counted = match row {
        Some(row) => Some((
            row.get::<Timestamp>("window_start")?,
            row.get::<u32>("count")?,
        )),
        None => None,
    };
    let (start, count) = match counted {
        Some((start, count)) if now < start.plus_s(limit.window_s) => (start, count),
        _ => (now, 0),
    };
    if count >= limit.max {
        let left_us = start.plus_s(limit.window_s).0.saturating_sub(now.0);
        return Ok(Hit::Refused {
            retry_after_s: left_us.saturating_add(999_999) / 1_000_000,
        });
    }
    let count = count.saturating_add(1);
    let values = args![tx.org, limit.subject, limit.what, start, count];
    tx.run(SET, values).await?;
    Ok(Hit::Allowed {
        left: limit.max.saturating_sub(count),
    })
}
