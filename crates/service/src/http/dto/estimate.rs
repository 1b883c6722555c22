//! Estimates, asked for and shown.

use super::{MaterialWord, QualityWord};
use fluxprint_domain::Sha256;
use fluxprint_estimate::{Confidence, Estimate, Share};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What to estimate.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EstimateWanted {
    /// The model.
    #[schema(value_type = String)]
    pub model: Sha256,
    /// The filament.
    pub material: MaterialWord,
    /// How fine.
    pub quality: QualityWord,
    /// How full inside, 0 to 100.
    pub infill_pct: u8,
    /// Whether overhangs are supported.
    pub supports: bool,
    /// How many, 1 to 10.
    pub copies: u32,
}

/// What a print will take.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Estimate)]
pub struct EstimateShown {
    /// As if one copy were printed.
    pub one_copy: ShareShown,
    /// All copies.
    pub all_copies: ShareShown,
    /// How many that is.
    pub copies: u32,
    /// How sure it is: high, medium or low.
    #[schema(value_type = String, example = "low")]
    pub confidence: Confidence,
    /// The truth lies within so many per cent.
    pub within_pct: u8,
    /// Why it is no surer.
    pub reason: String,
}

/// What some copies take.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Share)]
pub struct ShareShown {
    /// Time on the machine.
    pub duration_s: u64,
    /// Filament.
    pub filament_g: f64,
    /// Money, line by line.
    pub price: PriceShown,
}

/// A price in millionths of the currency's unit.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Price)]
pub struct PriceShown {
    /// Filament.
    pub material_micros: u64,
    /// Time on the machine.
    pub machine_micros: u64,
    /// The fee per order.
    pub set_up_micros: u64,
    /// Everything.
    pub total_micros: u64,
    /// ISO 4217.
    pub currency: String,
}

impl From<Share> for ShareShown {
    fn from(share: Share) -> Self {
        let price = share.price;
        Self {
            duration_s: share.duration_s,
            filament_g: share.filament_g,
            price: PriceShown {
                material_micros: price.material_micros,
                machine_micros: price.machine_micros,
                set_up_micros: price.set_up_micros,
                total_micros: price.total_micros,
                currency: price.currency,
            },
        }
    }
}

impl From<Estimate> for EstimateShown {
    fn from(estimate: Estimate) -> Self {
        Self {
            one_copy: estimate.one_copy.into(),
            all_copies: estimate.all_copies.into(),
            copies: estimate.copies,
            confidence: estimate.confidence,
            within_pct: estimate.within_pct,
            reason: estimate.reason.into_owned(),
        }
    }
}
