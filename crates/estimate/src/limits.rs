//! Every limit of this room. They keep sums far from overflow; no real print comes near them.

/// Longest print of one copy: ten years.
pub(crate) const DURATION_S_MAX: u64 = 10 * 366 * 24 * 3600;
/// Heaviest copy: ten tonnes.
pub(crate) const FILAMENT_MG_MAX: u64 = 10_000_000_000;
/// Most layers that are counted.
pub(crate) const LAYERS_MAX: f64 = 1_000_000.0;
/// Highest price of a gram, an hour or a set-up: a million of the currency's unit.
pub(crate) const PRICE_MICROS_MAX: u64 = 1_000_000_000_000;
