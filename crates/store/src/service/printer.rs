//! Printers: how they are built, what they were last seen doing, what is loaded.

use crate::db::transaction;
use crate::error::Result;
use crate::limits::ROWS_MAX;
use crate::row::Row;
use crate::service::handle;
use crate::statement::statements;
use crate::tx::Tx;
use crate::value::args;
use crate::{audit, outbox};
use fluxprint_domain::Timestamp;
use fluxprint_domain::bed::{BedGeneration, BedToken, Epoch};
use fluxprint_domain::id::{BridgeId, PrinterId};
use fluxprint_domain::printer::{Build, Loaded, PrinterState};
use fluxprint_domain::units::SizeMm;
use serde_json::json;

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT p.id, p.bridge_id, p.local_name, p.name, p.is_virtual, p.x_mm, p.y_mm, p.z_mm,
            p.nozzle_mm, p.nozzle_c_max, p.bed_c_max, p.loaded_material, p.state, p.state_at,
            p.message, p.last_contact_at, p.epoch, p.bed_generation,
            t.id AS token_id, t.generation AS token_generation, t.given_at AS token_given_at
            FROM printers p LEFT JOIN bed_tokens t ON t.org_id = p.org_id AND t.printer_id = p.id
            AND t.generation = p.bed_generation AND t.spent_by IS NULL WHERE p.org_id = $1 ",
            $rest
        )
    };
}

statements! {
    GET = select!("AND p.id = $2");
    LIST = select!("ORDER BY p.name, p.id LIMIT $2");
    BY_LOCAL_NAME = select!("AND p.bridge_id = $2 AND p.local_name = $3");
    INSERT = "INSERT INTO printers (org_id, id, bridge_id, local_name, name, is_virtual, x_mm, y_mm, z_mm,
        nozzle_mm, nozzle_c_max, bed_c_max, state, state_at, epoch, bed_generation, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'unknown', $13, 0, 0, $13)";
    REBUILD = "UPDATE printers SET is_virtual = $3, x_mm = $4, y_mm = $5, z_mm = $6, nozzle_mm = $7,
        nozzle_c_max = $8, bed_c_max = $9 WHERE org_id = $1 AND id = $2";
    LOAD = "UPDATE printers SET loaded_material = $3 WHERE org_id = $1 AND id = $2";
    OBSERVE = "UPDATE printers SET state = $3, message = $4, state_at = $5, last_contact_at = $5
        WHERE org_id = $1 AND id = $2";
    CONTACT = "UPDATE printers SET last_contact_at = $3 WHERE org_id = $1 AND id = $2";
    RAISE = "UPDATE printers SET bed_generation = bed_generation + 1, epoch = epoch + 1
        WHERE org_id = $1 AND id = $2";
    RAISE_EPOCH = "UPDATE printers SET epoch = $4 WHERE org_id = $1 AND id = $2 AND epoch = $3";
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
    /// The unused word for that bed. It may have expired: ask [`Self::bed_is_clear`].
    pub bed: Option<BedToken>,
}

impl Printer {
    /// Whether a start could use somebody's word for the bed now.
    #[must_use]
    pub fn bed_is_clear(&self, now: Timestamp) -> bool {
        self.bed
            .as_ref()
            .is_some_and(|word| word.check(self.bed_generation, now).is_ok())
    }
}

/// What a bridge says about one of its printers.
#[derive(Clone, Debug)]
pub struct NewPrinter<'a> {
    /// The id it gets if it is new.
    pub id: PrinterId,
    /// The bridge beside it.
    pub bridge: BridgeId,
    /// What the bridge calls it; never changes.
    pub local_name: &'a str,
    /// Whether it is simulated.
    pub is_virtual: bool,
    /// How it is built.
    pub build: &'a Build,
}

impl Printers<'_> {
    /// Registers a printer, or notes that it is built differently now. One that was registered as
    /// real stays real, whatever its bridge says: a rule must never come to speak for its bed.
    ///
    /// # Errors
    /// [`crate::StoreError::NotFound`] without such a bridge.
    pub async fn upsert_from_bridge(
        &self,
        new: &NewPrinter<'_>,
        now: Timestamp,
    ) -> Result<PrinterId> {
        transaction!(self.db.write(self.org), |tx| {
            let values = args![tx.org, new.bridge, new.local_name];
            match tx.maybe(BY_LOCAL_NAME, values).await? {
                Some(row) => rebuild(tx, &printer(&row)?, new, now).await,
                None => insert(tx, new, now).await,
            }
        })
    }

    /// All of them by name.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn list(&self) -> Result<Vec<Printer>> {
        let rows = transaction!(self.db.read(self.org), |tx| {
            tx.all(LIST, args![tx.org, ROWS_MAX]).await
        })?;
        rows.iter().map(printer).collect()
    }

    /// One of them.
    ///
    /// # Errors
    /// [`crate::StoreError::NotFound`].
    pub async fn get(&self, id: PrinterId) -> Result<Printer> {
        transaction!(self.db.read(self.org), |tx| load(tx, id).await)
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
            tx.swap(LOAD, args![tx.org, id, material]).await?;
            let facts = json!({ "material": material });
            audit::append(tx, now, who, "material loaded", id, &facts).await?;
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

    /// Notes that it was heard of.
    ///
    /// # Errors
    /// [`crate::StoreError::Stale`] when it is not there.
    pub async fn contact(&self, id: PrinterId, at: Timestamp) -> Result<()> {
        transaction!(self.db.touch(self.org), |tx| {
            tx.swap(CONTACT, args![tx.org, id, at]).await
        })
    }

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

/// The printer as the transaction sees it.
pub(crate) async fn load(tx: &mut Tx, id: PrinterId) -> Result<Printer> {
    printer(&tx.one(GET, args![tx.org, id]).await?)
}

async fn insert(tx: &mut Tx, new: &NewPrinter<'_>, now: Timestamp) -> Result<PrinterId> {
    let Build {
        volume,
        nozzle_mm,
        nozzle_c_max,
        bed_c_max,
    } = new.build;
    let values = args![
        tx.org,
        new.id,
        new.bridge,
        new.local_name,
        new.local_name,
        new.is_virtual,
        volume.x_mm,
        volume.y_mm,
        volume.z_mm,
        *nozzle_mm,
        *nozzle_c_max,
        *bed_c_max,
        now
    ];
    tx.run(INSERT, values).await?;
    let who = format!("bridge:{}", new.bridge);
    let facts =
        json!({ "local_name": new.local_name, "virtual": new.is_virtual, "build": new.build });
    audit::append(tx, now, &who, "printer registered", new.id, &facts).await?;
    tell(tx, new.id, now).await?;
    Ok(new.id)
}

async fn rebuild(
    tx: &mut Tx,
    known: &Printer,
    new: &NewPrinter<'_>,
    now: Timestamp,
) -> Result<PrinterId> {
    let is_virtual = known.is_virtual && new.is_virtual;
    if known.build == *new.build && known.is_virtual == is_virtual {
        return Ok(known.id);
    }
    let Build {
        volume,
        nozzle_mm,
        nozzle_c_max,
        bed_c_max,
    } = new.build;
    let values = args![
        tx.org,
        known.id,
        is_virtual,
        volume.x_mm,
        volume.y_mm,
        volume.z_mm,
        *nozzle_mm,
        *nozzle_c_max,
        *bed_c_max
    ];
    tx.swap(REBUILD, values).await?;
    let who = format!("bridge:{}", new.bridge);
    let facts = json!({ "virtual": is_virtual, "build": new.build });
    audit::append(tx, now, &who, "printer rebuilt", known.id, &facts).await?;
    tell(tx, known.id, now).await?;
    Ok(known.id)
}

async fn tell(tx: &mut Tx, id: PrinterId, at: Timestamp) -> Result<()> {
    let printer = load(tx, id).await?;
    let event = json!({
        "printer_id": id,
        "state": printer.state,
        "message": printer.message,
        "loaded": printer.loaded,
    });
    outbox::append(tx, at, outbox::PRINTER_STATUS, &event).await
}

fn printer(row: &Row) -> Result<Printer> {
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
        loaded: row
            .get::<Option<_>>("loaded_material")?
            .map(|material| Loaded { material }),
        state: row.get("state")?,
        state_at: row.get("state_at")?,
        message: row.get("message")?,
        last_contact_at: row.get("last_contact_at")?,
        epoch: row.get("epoch")?,
        bed_generation: row.get("bed_generation")?,
        bed: token(row)?,
    })
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
