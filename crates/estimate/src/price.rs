//! Prices and their sum. Whole micro-units of the currency; rounded once, on the total.

use crate::limits::PRICE_MICROS_MAX;
use fluxprint_domain::print_choice::Material;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is asked for a print. All amounts are millionths of the currency's unit; amounts above a
/// million units count as a million.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prices {
    /// Currency by its ISO 4217 letters.
    pub currency: String,
    /// One gram of each material. A material that is missing costs nothing.
    pub per_gram_micros: BTreeMap<Material, u64>,
    /// One hour on a machine.
    pub machine_hour_micros: u64,
    /// Once per order, however many copies.
    pub set_up_micros: u64,
}

impl Default for Prices {
    fn default() -> Self {
        Self {
            currency: "USD".to_owned(),
            per_gram_micros: BTreeMap::from([
                (Material::Pla, 20_000),
                (Material::Petg, 25_000),
                (Material::Abs, 22_000),
                (Material::Tpu, 35_000),
                (Material::Nylon, 40_000),
            ]),
            machine_hour_micros: 0,
            set_up_micros: 0,
        }
    }
}

/// A price by its lines. The lines are each rounded for show; the total is rounded from the exact
/// sum, so it may differ from the sum of the shown lines by a millionth or two.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceLines {
    /// Filament.
    pub material_micros: u64,
    /// Time on the machine.
    pub machine_micros: u64,
    /// The fee per order.
    pub set_up_micros: u64,
    /// Everything.
    pub total_micros: u64,
    /// Currency by its ISO 4217 letters.
    pub currency: String,
}

/// Milligrams in a gram.
const MG: u128 = 1_000;
/// Seconds in an hour.
const S: u128 = 3_600;

impl Prices {
    pub(crate) fn lines(
        &self,
        material: Material,
        duration_s: u64,
        filament_mg: u64,
    ) -> PriceLines {
        let bounded = |micros: u64| u128::from(micros.min(PRICE_MICROS_MAX));
        let per_gram = self.per_gram_micros.get(&material).copied().unwrap_or(0);
        // A bounded price (40 bits) times any u64 times S (12 bits) stays below 2^117.
        let material = bounded(per_gram) * u128::from(filament_mg);
        let machine = bounded(self.machine_hour_micros) * u128::from(duration_s);
        let set_up = bounded(self.set_up_micros);
        PriceLines {
            material_micros: rounded(material, MG),
            machine_micros: rounded(machine, S),
            set_up_micros: rounded(set_up, 1),
            total_micros: rounded(material * S + machine * MG + set_up * MG * S, MG * S),
            currency: self.currency.clone(),
        }
    }
}

/// `amount / parts`, halves up.
fn rounded(amount: u128, parts: u128) -> u64 {
    u64::try_from((amount + parts / 2) / parts).unwrap_or(u64::MAX)
}
