//! Words that a bed is clear: given, used up by one start, given back when it proves that nothing was tried.

use crate::db::transaction;
use crate::error::Result;
use crate::service::attempt::Attempt;
use crate::service::printer::Printers;
use crate::service::{attempt, handle, printer};
use crate::statement::statements;
use crate::tx::Tx;
use crate::value::args;
use crate::{audit, outbox};
use fluxprint_domain::bed::{BedToken, Epoch, Witness, may_witness};
use fluxprint_domain::id::{AttemptId, BedTokenId, PrinterId};
use fluxprint_domain::printer::PrinterState;
use fluxprint_domain::{Refusal, Timestamp};
use serde_json::json;

statements! {
    INSERT = "INSERT INTO bed_tokens (org_id, id, printer_id, generation, given_by, rule, given_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    SAY_AGAIN = "UPDATE bed_tokens SET given_by = $3, rule = $4, given_at = $5
        WHERE org_id = $1 AND id = $2 AND spent_by IS NULL";
    SPEND = "UPDATE bed_tokens SET spent_by = $3, spent_at = $4
        WHERE org_id = $1 AND id = $2 AND spent_by IS NULL";
    GIVE_BACK = "UPDATE bed_tokens SET spent_by = NULL, spent_at = NULL, given_back_at = $4
        WHERE org_id = $1 AND id = $2 AND spent_by = $3
        AND generation = (SELECT bed_generation FROM printers WHERE org_id = $1 AND id = $5)";
    RAISE = "UPDATE printers SET bed_generation = bed_generation + 1, epoch = epoch + 1
        WHERE org_id = $1 AND id = $2";
    RAISE_EPOCH = "UPDATE printers SET epoch = $4 WHERE org_id = $1 AND id = $2 AND epoch = $3";
}

handle!(
    /// The beds of an organisation's printers.
    Beds
);

impl Beds<'_> {
    /// Somebody says that a bed is clear. Said again while the first word is unused, it is the same
    /// token with a new date.
    ///
    /// # Errors
    /// [`Refusal::RuleOnlyForVirtualPrinters`]; [`Refusal::PrinterOffline`] when nobody has heard
    /// of it for more than five minutes; [`Refusal::PrinterBusy`] while it prints or a try of ours
    /// may be moving it; [`crate::StoreError::NotFound`] without such a printer.
    pub async fn clear(
        &self,
        printer: PrinterId,
        id: BedTokenId,
        witness: &Witness,
        who: &str,
        now: Timestamp,
    ) -> Result<BedToken> {
        transaction!(self.db.write(self.org), |tx| {
            clear(tx, printer, id, witness, who, now).await
        })
    }

    /// The unused word for the bed as it is now, if it still holds.
    ///
    /// # Errors
    /// [`crate::StoreError::NotFound`] without such a printer.
    pub async fn current(&self, printer: PrinterId, now: Timestamp) -> Result<Option<BedToken>> {
        let printers = Printers {
            db: self.db,
            org: self.org,
        };
        let printer = printers.get(printer).await?;
        let holds = printer.bed_is_clear(now);
        Ok(printer.bed.filter(|_| holds))
    }
}

impl Printers<'_> {
    /// Makes every word about its bed worthless and every earlier start outdated:
    /// activity that is not ours, too long out of sight.
    ///
    /// # Errors
    /// [`crate::StoreError::Stale`] when it is not there.
    pub async fn raise_bed_generation(
        &self,
        id: PrinterId,
        reason: &str,
        who: &str,
        now: Timestamp,
    ) -> Result<()> {
        transaction!(self.db.write(self.org), |tx| raise(
            tx, id, reason, who, now
        )
        .await)
    }

    /// Makes every earlier start outdated while the word for the bed stays good: the bridge
    /// was restarted.
    ///
    /// # Errors
    /// [`crate::StoreError::NotFound`].
    pub async fn raise_epoch(&self, id: PrinterId, who: &str, now: Timestamp) -> Result<Epoch> {
        transaction!(self.db.write(self.org), |tx| {
            let before = printer::load(tx, id).await?.epoch;
            let epoch = raise_epoch(tx, id, before).await?;
            let facts = json!({ "epoch": epoch });
            audit::append(tx, now, who, "epoch raised", id, &facts).await?;
            Ok(epoch)
        })
    }
}

async fn clear(
    tx: &mut Tx,
    id: PrinterId,
    token: BedTokenId,
    witness: &Witness,
    who: &str,
    now: Timestamp,
) -> Result<BedToken> {
    let printer = printer::load(tx, id).await?;
    may_witness(witness, printer.is_virtual)?;
    // Its bed counts as unknown when it comes back: the word would be worth nothing.
    if printer.is_out_of_sight(now) {
        return Err(Refusal::PrinterOffline.into());
    }
    let moving = matches!(printer.state, PrinterState::Busy | PrinterState::Paused);
    let ours = attempt::open_on_printer(tx, id).await?;
    if moving || ours.is_some_and(|ours| ours.state.may_have_started()) {
        return Err(Refusal::PrinterBusy.into());
    }
    let rule = match witness {
        Witness::Person => None,
        Witness::Rule(name) => Some(name),
    };
    let given = BedToken {
        id: printer.bed.as_ref().map_or(token, |before| before.id),
        generation: printer.bed_generation,
        given_at: now,
        spent: false,
    };
    if printer.bed.is_some() {
        tx.swap(SAY_AGAIN, args![tx.org, given.id, who, rule, now])
            .await?;
    } else {
        let values = args![tx.org, given.id, id, given.generation, who, rule, now];
        tx.run(INSERT, values).await?;
    }
    let facts = json!({ "token": given.id, "generation": given.generation.0, "rule": rule });
    audit::append(tx, now, who, "bed cleared", id, &facts).await?;
    let event = json!({ "printer_id": id, "clear": true });
    outbox::append(tx, now, outbox::PRINTER_BED, &event).await?;
    Ok(given)
}

/// Uses a word up for one start.
pub(crate) async fn spend(
    tx: &mut Tx,
    token: BedTokenId,
    attempt: AttemptId,
    now: Timestamp,
) -> Result<()> {
    tx.swap(SPEND, args![tx.org, token, attempt, now]).await
}

/// Gives the word of a start back that was proved never to have been tried, unless the bed has
/// become another one since.
pub(crate) async fn give_back(tx: &mut Tx, attempt: &Attempt, now: Timestamp) -> Result<()> {
    let Some(token) = attempt.bed_token else {
        return Ok(());
    };
    let values = args![tx.org, token, attempt.id, now, attempt.printer];
    if tx.run(GIVE_BACK, values).await? == 1 {
        let event = json!({ "printer_id": attempt.printer, "clear": true });
        outbox::append(tx, now, outbox::PRINTER_BED, &event).await?;
    }
    Ok(())
}

/// Raises bed generation and epoch; the word for the old bed is worth nothing from now on.
pub(crate) async fn raise(
    tx: &mut Tx,
    id: PrinterId,
    reason: &str,
    who: &str,
    now: Timestamp,
) -> Result<()> {
    tx.swap(RAISE, args![tx.org, id]).await?;
    let facts = json!({ "reason": reason });
    audit::append(tx, now, who, "bed no longer clear", id, &facts).await?;
    let event = json!({ "printer_id": id, "clear": false });
    outbox::append(tx, now, outbox::PRINTER_BED, &event).await
}

/// Raises the epoch for one start.
pub(crate) async fn raise_epoch(tx: &mut Tx, id: PrinterId, from: Epoch) -> Result<Epoch> {
    tx.swap(RAISE_EPOCH, args![tx.org, id, from, from.next()])
        .await?;
    Ok(from.next())
}
