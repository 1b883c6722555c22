//! What is asked for in the print dialog.

use fluxprint_domain::id::{FileId, FileVersionId, PrinterId};
use fluxprint_domain::limits::{COPIES_MAX, NOTE_CHARS_MAX};
use fluxprint_domain::print_choice::{Material, Quality};
use serde::{Deserialize, Deserializer, Serialize};
use std::borrow::Cow;
use utoipa::ToSchema;

/// The filament.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(value_type = String, example = "PLA")]
pub struct MaterialWord(#[serde(serialize_with = "material")] Material);

/// How fine.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(value_type = String, example = "standard")]
pub struct QualityWord(#[serde(serialize_with = "quality")] Quality);

fn material<S: serde::Serializer>(word: &Material, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(word.word())
}

fn quality<S: serde::Serializer>(word: &Quality, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(word.word())
}

impl<'de> Deserialize<'de> for MaterialWord {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = <Cow<'_, str>>::deserialize(deserializer)?;
        let known = Material::from_word(&word).map(Self);
        known.ok_or_else(|| serde::de::Error::custom("unknown word"))
    }
}

impl<'de> Deserialize<'de> for QualityWord {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = <Cow<'_, str>>::deserialize(deserializer)?;
        let known = Quality::from_word(&word).map(Self);
        known.ok_or_else(|| serde::de::Error::custom("unknown word"))
    }
}

/// What to estimate.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PrintEstimateWanted {
    /// The file.
    #[schema(value_type = String)]
    pub file: FileId,
    /// Which version of it; the newest when absent.
    #[schema(value_type = Option<String>)]
    pub version: Option<FileVersionId>,
    /// The filament.
    pub material: MaterialWord,
    /// How fine.
    pub quality: QualityWord,
    /// How full inside, 0 to 100.
    #[schema(maximum = 100)]
    pub infill_pct: u8,
    /// Whether overhangs are supported.
    pub supports: bool,
    /// How many.
    #[schema(minimum = 1, maximum = 10)]
    pub copies: u32,
}

/// What to print.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PrintWanted {
    /// The file.
    #[schema(value_type = String)]
    pub file: FileId,
    /// Which version of it; the newest when absent.
    #[schema(value_type = Option<String>)]
    pub version: Option<FileVersionId>,
    /// The filament.
    pub material: MaterialWord,
    /// How fine.
    pub quality: QualityWord,
    /// How many.
    #[schema(minimum = 1, maximum = 10)]
    pub copies: u32,
    /// Whether overhangs are supported.
    pub supports: bool,
    /// How full inside, 0 to 100.
    #[schema(maximum = 100)]
    pub infill_pct: u8,
    /// Words for the operator.
    #[serde(default)]
    #[schema(max_length = 1_000)]
    pub notes: String,
    /// The only printer that will do; null for any that fits.
    #[schema(value_type = Option<String>)]
    pub printer: Option<PrinterId>,
}

// The numbers of the description are those of the house.
const _: () = assert!(COPIES_MAX == 10 && NOTE_CHARS_MAX == 1_000);
