//! Registering printers: a bridge says which it has and how they are built.

use crate::audit;
use crate::db::transaction;
use crate::error::Result;
use crate::service::printer::{Printer, Printers, printer, select_printers, tell};
use crate::statement::statements;
use crate::tx::Tx;
use crate::value::args;
use fluxprint_domain::Timestamp;
use fluxprint_domain::id::{BridgeId, PrinterId};
use fluxprint_domain::printer::Build;
use serde_json::json;

statements! {
    BY_LOCAL_NAME = select_printers!("AND p.bridge_id = $2 AND p.local_name = $3");
    INSERT = "INSERT INTO printers (org_id, id, bridge_id, local_name, name, is_virtual, x_mm, y_mm, z_mm,
        nozzle_mm, nozzle_c_max, bed_c_max, state, state_at, epoch, bed_generation, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'unknown', $13, 0, 0, $13)";
    REBUILD = "UPDATE printers SET is_virtual = $3, x_mm = $4, y_mm = $5, z_mm = $6, nozzle_mm = $7,
        nozzle_c_max = $8, bed_c_max = $9 WHERE org_id = $1 AND id = $2";
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
