//! Printers: how they are built, what they were last seen doing, what is loaded.

pub mod register;

use crate::db::transaction;
use crate::error::Result;
use crate::limits::ROWS_MAX;
use crate::row::Row;
use crate::service::handle;
use crate::service::reason::storable;
use crate::statement::statements;
use crate::tx::Tx;
use crate::value::args;
use crate::{audit, outbox};
use fluxprint_domain::Timestamp;
use fluxprint_domain::bed::{BedGeneration, BedToken, Epoch};
use fluxprint_domain::id::{BridgeId, PrinterId, SessionId};
use fluxprint_domain::limits::OFFLINE_HOLD_S;
use fluxprint_domain::printer::{Build, Loaded, PrinterState};
use fluxprint_domain::tags::Tags;
use fluxprint_domain::units::SizeMm;
use serde_json::json;

pub use register::NewPrinter;

/// The columns of a printer (`p`) and of the unused word for its bed (`t`).
macro_rules! select_printers {
    ($rest:literal) => {
        concat!(
            "SELECT p.id, p.bridge_id, p.local_name, p.name, p.is_virtual, p.x_mm, p.y_mm, p.z_mm,
            p.nozzle_mm, p.nozzle_c_max, p.bed_c_max, p.loaded_material, p.loaded_colour, p.tags, p.state, p.state_at,
            p.message, p.last_contact_at, p.epoch, p.bed_generation, b.session AS bridge_session,
            t.id AS token_id, t.generation AS token_generation, t.given_at AS token_given_at
            FROM printers p JOIN bridges b ON b.org_id = p.org_id AND b.id = p.bridge_id
            LEFT JOIN bed_tokens t ON t.org_id = p.org_id AND t.printer_id = p.id
            AND t.generation = p.bed_generation AND t.spent_by IS NULL WHERE p.org_id = $1 ",
            $rest
        )
    };
}
pub(crate) use select_printers;

statements! {
    GET = select_printers!("AND p.id = $2");
    LIST = select_printers!("AND b.revoked_at IS NULL ORDER BY p.name, p.id LIMIT +$2");
    LOAD = "UPDATE printers SET loaded_material = $3, loaded_colour = $4 WHERE org_id = $1 AND id = $2";
    TAG = "UPDATE printers SET tags = $3 WHERE org_id = $1 AND id = $2";
    OBSERVE = "UPDATE printers SET state = $3, message = $4, state_at = $5, last_contact_at = $5
        WHERE org_id = $1 AND id = $2";
    FOLLOW_EPOCH = "UPDATE printers SET epoch = $3 WHERE org_id = $1 AND id = $2 AND epoch < $3";
    CONTACT = "UPDATE printers SET last_contact_at = $3 WHERE org_id = $1 AND id = $2";
}

handle!(
    /// The printers of an organisation.
    Printers
);

/// A printer.
#[derive(Clone, Debug, PartialEq)]
pub struct Printer {
    /// Which one.
    pub id: PrinterId,
    /// The bridge beside it.
    pub bridge: BridgeId,
    /// What the bridge calls it.
    pub local_name: String,
    /// What people call it.
    pub name: String,
    /// Whether a named rule may speak for its bed.
    pub is_virtual: bool,
    /// How it is built.
    pub build: Build,
    /// What a person said is loaded.
    pub loaded: Option<Loaded>,
    /// What people have tagged it with.
    pub tags: Tags,
    /// What it was last seen doing.
    pub state: PrinterState,
    /// Since when.
    pub state_at: Timestamp,
    /// The machine's own words on it.
    pub message: Option<String>,
    /// When it was last heard of.
    pub last_contact_at: Option<Timestamp>,
    /// The epoch of the newest start.
    pub epoch: Epoch,
    /// Which bed a word has to speak of.
    pub bed_generation: BedGeneration,
    /// The session that its bridge opened last: the only one that is believed.
    pub session: Option<SessionId>,
    /// The unused word for that bed. It may have expired: ask [`Self::bed_is_clear`].
    pub bed: Option<BedToken>,
}

impl Printer {
    /// Whether nobody has heard of it for so long that nothing goes on by itself, and no word about
    /// its bed is taken.
    #[must_use]
    pub fn is_out_of_sight(&self, now: Timestamp) -> bool {
        self.last_contact_at
            .is_none_or(|at| now.seconds_since(at) > OFFLINE_HOLD_S)
    }

    /// Whether a start could use somebody's word for the bed now.
    #[must_use]
    pub fn bed_is_clear(&self, now: Timestamp) -> bool {
        self.bed
            .as_ref()
            .is_some_and(|word| word.check(self.bed_generation, now).is_ok())
    }
}

impl Printers<'_> {
    /// All of them by name, but those of bridges that were shut out.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn list(&self) -> Result<Vec<Printer>> {
        let values = args![self.org, ROWS_MAX];
        let rows = self.db.look(self.org, LIST, values).await?;
        rows.iter().map(printer).collect()
    }

    /// One of them.
    ///
    /// # Errors
    /// [`crate::StoreError::NotFound`].
    pub async fn get(&self, id: PrinterId) -> Result<Printer> {
        let values = args![self.org, id];
        printer(&self.db.look_at(self.org, GET, values).await?)
    }

    /// A person says what is loaded.
    ///
    /// # Errors
    /// [`crate::StoreError::NotFound`].
    pub async fn set_loaded(
        &self,
        id: PrinterId,
        loaded: Option<Loaded>,
        who: &str,
        now: Timestamp,
    ) -> Result<()> {
        transaction!(self.db.write(self.org), |tx| {
            if load(tx, id).await?.loaded == loaded {
                return Ok(());
            }
            let material = loaded.map(|it| it.material);
            let colour = loaded.and_then(|it| it.colour);
            tx.swap(LOAD, args![tx.org, id, material, colour]).await?;
            let facts = json!({ "material": material, "colour": colour });
            audit::append(tx, now, who, "material loaded", id, &facts).await?;
            tell(tx, id, now).await
        })
    }

    /// A person says what it is kept for.
    ///
    /// # Errors
    /// [`crate::StoreError::NotFound`].
    pub async fn set_tags(
        &self,
        id: PrinterId,
        tags: &Tags,
        who: &str,
        now: Timestamp,
    ) -> Result<()> {
        transaction!(self.db.write(self.org), |tx| {
            if load(tx, id).await?.tags == *tags {
                return Ok(());
            }
            tx.swap(TAG, args![tx.org, id, tags]).await?;
            let facts = json!({ "tags": tags.line() });
            audit::append(tx, now, who, "printer tagged", id, &facts).await?;
            tell(tx, id, now).await
        })
    }

    /// Notes what it is seen doing. Writes only when that is something else than before; returns
    /// whether it was.
    ///
    /// # Errors
    /// [`crate::StoreError::NotFound`].
    pub async fn observe(
        &self,
        id: PrinterId,
        state: PrinterState,
        message: Option<&str>,
        at: Timestamp,
    ) -> Result<bool> {
        let message = message.map(storable);
        let message = message.as_deref();
        let same = |seen: &Printer| seen.state == state && seen.message.as_deref() == message;
        if same(&self.get(id).await?) {
            return Ok(false);
        }
        transaction!(self.db.write(self.org), |tx| {
            tx.swap(OBSERVE, args![tx.org, id, state, message, at])
                .await?;
            tell(tx, id, at).await
        })?;
        Ok(true)
    }

    /// Never issues an epoch again that its bridge has seen: after a restore, or when a bridge with
    /// an older memory is paired anew, ours may lie behind. That it did is written down.
    ///
    /// # Errors
    /// [`crate::StoreError::NotFound`].
    pub async fn follow_epoch(
        &self,
        id: PrinterId,
        seen: Epoch,
        who: &str,
        now: Timestamp,
    ) -> Result<()> {
        let ours = self.get(id).await?.epoch;
        if seen <= ours {
            return Ok(());
        }
        transaction!(self.db.write(self.org), |tx| {
            if tx.run(FOLLOW_EPOCH, args![tx.org, id, seen]).await? == 1 {
                let facts = json!({ "from": ours, "to": seen });
                audit::append(tx, now, who, "epoch followed", id, &facts).await?;
            }
            Ok(())
        })
    }

    /// Notes that it was heard of.
    ///
    /// # Errors
    /// [`crate::StoreError::Stale`] when it is not there.
    pub async fn contact(&self, id: PrinterId, at: Timestamp) -> Result<()> {
        transaction!(self.db.touch(self.org), |tx| {
            tx.swap(CONTACT, args![tx.org, id, at]).await
        })
    }
}

/// The printer as the transaction sees it.
pub(crate) async fn load(tx: &mut Tx, id: PrinterId) -> Result<Printer> {
    printer(&tx.one(GET, args![tx.org, id]).await?)
}

/// Tells what a printer is like now.
pub(crate) async fn tell(tx: &mut Tx, id: PrinterId, at: Timestamp) -> Result<()> {
    let printer = load(tx, id).await?;
    let event = json!({
        "printer_id": id,
        "state": printer.state,
        "message": printer.message,
        "loaded": printer.loaded,
    });
    outbox::append(tx, at, outbox::PRINTER_STATUS, &event).await
}

pub(crate) fn printer(row: &Row) -> Result<Printer> {
    let volume = SizeMm {
        x_mm: row.get("x_mm")?,
        y_mm: row.get("y_mm")?,
        z_mm: row.get("z_mm")?,
    };
    Ok(Printer {
        id: row.get("id")?,
        bridge: row.get("bridge_id")?,
        local_name: row.get("local_name")?,
        name: row.get("name")?,
        is_virtual: row.get("is_virtual")?,
        build: Build {
            volume,
            nozzle_mm: row.get("nozzle_mm")?,
            nozzle_c_max: row.get("nozzle_c_max")?,
            bed_c_max: row.get("bed_c_max")?,
        },
        loaded: loaded(row)?,
        tags: row.get("tags")?,
        state: row.get("state")?,
        state_at: row.get("state_at")?,
        message: row.get("message")?,
        last_contact_at: row.get("last_contact_at")?,
        epoch: row.get("epoch")?,
        bed_generation: row.get("bed_generation")?,
        session: row.get("bridge_session")?,
        bed: token(row)?,
    })
}

fn loaded(row: &Row) -> Result<Option<Loaded>> {
    let colour = row.get("loaded_colour")?;
    let material: Option<_> = row.get("loaded_material")?;
    Ok(material.map(|material| Loaded { material, colour }))
}

fn token(row: &Row) -> Result<Option<BedToken>> {
    let Some(id) = row.get("token_id")? else {
        return Ok(None);
    };
    Ok(Some(BedToken {
        id,
        generation: row.get("token_generation")?,
        given_at: row.get("token_given_at")?,
        spent: false,
    }))
}
