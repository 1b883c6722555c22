//! What a person chose in the print dialog; kept with the job as JSON.

use fluxprint_domain::print_choice::{Material, Quality};
use serde::{Deserialize, Serialize};

/// Material, quality and the two options that change the G-code. Copies are not part of it: a copy
/// is another print of the same bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// The filament.
    pub material: Material,
    /// How fine.
    pub quality: Quality,
    /// Infill, per cent.
    pub infill_pct: u8,
    /// Whether overhangs are supported.
    pub supports: bool,
}
