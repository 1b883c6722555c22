//! What can be chosen in a print dialog.

use super::{MaterialWord, QualityWord};
use serde::Serialize;
use utoipa::ToSchema;

/// Everything a print dialog needs to know before anything is chosen.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Choices)]
pub struct ChoicesShown {
    /// The filaments, in the order they are shown.
    pub materials: Vec<MaterialChoice>,
    /// The qualities, from the quickest to the finest.
    pub qualities: Vec<QualityChoice>,
    /// What is chosen until somebody chooses something else.
    pub defaults: DefaultsShown,
    /// What calls are held to.
    pub limits: LimitsShown,
    /// ISO 4217, of every price.
    pub currency: String,
}

/// A filament.
#[derive(Debug, Serialize, ToSchema)]
pub struct MaterialChoice {
    /// Its word.
    pub id: MaterialWord,
    /// Temperature of the nozzle.
    pub nozzle_c: f64,
    /// Temperature of the bed.
    pub bed_c: f64,
    /// A gram of it, in millionths of the currency's unit.
    pub price_micros_per_g: u64,
    /// Whether it is loaded in a printer of the organisation.
    pub loaded: bool,
}

/// A quality.
#[derive(Debug, Serialize, ToSchema)]
pub struct QualityChoice {
    /// Its word.
    pub id: QualityWord,
    /// Height of a layer.
    pub layer_mm: f64,
    /// How full inside, until somebody chooses something else.
    pub infill_pct: u8,
}

/// What is chosen until somebody chooses something else.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Defaults)]
pub struct DefaultsShown {
    /// The filament.
    pub material: MaterialWord,
    /// How fine.
    pub quality: QualityWord,
    /// How many.
    pub copies: u32,
    /// Whether overhangs are supported.
    pub supports: bool,
    /// How full inside.
    pub infill_pct: u8,
}

/// What calls are held to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Limits)]
pub struct LimitsShown {
    /// Copies of one job.
    pub copies_max: u32,
    /// Characters of a name.
    pub name_chars_max: usize,
    /// Characters of a note.
    pub notes_chars_max: usize,
    /// Bytes of a model.
    pub model_bytes_max: u64,
    /// Bytes of G-code.
    pub gcode_bytes_max: u64,
    /// Bytes of any other file that a host keeps.
    pub other_bytes_max: u64,
}
