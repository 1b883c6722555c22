//! Matching: one copy takes one printer.

use crate::audit;
use crate::db::transaction;
use crate::error::Result;
use crate::service::attempt::{Attempt, Attempts, load};
use crate::service::copy::{self, Cause};
use crate::service::organisation;
use crate::statement::statements;
use crate::tx::Tx;
use crate::value::args;
use fluxprint_domain::id::{AttemptId, CopyId, PrinterId};
use fluxprint_domain::{Sha256, Timestamp, job};
use serde_json::json;

statements! {
    INSERT = "INSERT INTO attempts (org_id, id, job_id, copy_id, printer_id, state, gcode_sha256, size_bytes,
        created_at, paused, version) VALUES ($1, $2, $3, $4, $5, 'pending', $6, $7, $8, FALSE, 0)";
}

/// A try to be made.
#[derive(Clone, Copy, Debug)]
pub struct NewAttempt {
    /// Its id.
    pub id: AttemptId,
    /// For which copy.
    pub copy: CopyId,
    /// On which printer.
    pub printer: PrinterId,
    /// The approved bytes.
    pub gcode_sha256: Sha256,
    /// How many of them.
    pub gcode_bytes: u64,
}

impl Attempts<'_> {
    /// Gives a copy a printer.
    ///
    /// # Errors
    /// [`crate::StoreError::Conflict`] with `attempts_open_printer` or `attempts_open_copy` when
    /// another try holds the printer or the copy; [`crate::StoreError::Refused`] when the copy does
    /// not wait for one, or the organisation is on hold; [`crate::StoreError::NotFound`].
    pub async fn assign(&self, new: NewAttempt, who: &str, now: Timestamp) -> Result<Attempt> {
        transaction!(self.db.write(self.org), |tx| assign(tx, new, who, now)
            .await)
    }
}

async fn assign(tx: &mut Tx, new: NewAttempt, who: &str, now: Timestamp) -> Result<Attempt> {
    organisation::check_hold(tx).await?;
    let mut copy = copy::load(tx, new.copy).await?;
    let cause = Cause {
        who,
        now,
        reason: None,
    };
    copy::advance(&mut copy, job::Event::Assign, cause)?;
    copy.attempt = Some(new.id);
    let values = args![
        tx.org,
        new.id,
        copy.job,
        new.copy,
        new.printer,
        new.gcode_sha256,
        new.gcode_bytes,
        now
    ];
    tx.run(INSERT, values).await?;
    copy::save(tx, &copy, now).await?;
    let facts = json!({ "copy": new.copy, "printer": new.printer, "gcode": new.gcode_sha256 });
    audit::append(tx, now, who, "printer assigned", new.id, &facts).await?;
    load(tx, new.id).await
}
