//! What a designer chooses: a material and a quality, in the words of the print dialog.

use serde::{Deserialize, Serialize};

/// The five materials people meet. What each needs (temperatures, density) is data of `slicer`,
/// what each costs is data of `estimate`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Material {
    /// Standard, easy.
    Pla,
    /// Strong, a little flexible.
    Petg,
    /// Engineering grade.
    Abs,
    /// Rubber-like.
    Tpu,
    /// High strength.
    Nylon,
}

/// The four qualities people meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quality {
    /// Quick Draft.
    Draft,
    /// Standard Quality.
    Standard,
    /// High Detail.
    High,
    /// Exhibition Quality.
    Ultra,
}

/// What is chosen until somebody chooses something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Defaults {
    /// The filament.
    pub material: Material,
    /// How fine.
    pub quality: Quality,
    /// How many.
    pub copies: u32,
    /// Whether overhangs are supported.
    pub supports: bool,
    /// How full inside.
    pub infill_pct: u8,
}

/// The one place that says so, for dialogs and for calls that leave something out.
pub const DEFAULTS: Defaults = Defaults {
    material: Material::Pla,
    quality: Quality::Standard,
    copies: 1,
    supports: true,
    infill_pct: 20,
};

impl Material {
    /// Every material, in the order the dialog shows them.
    pub const ALL: [Self; 5] = [Self::Pla, Self::Petg, Self::Abs, Self::Tpu, Self::Nylon];

    /// The word the databases and the API use.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Pla => "PLA",
            Self::Petg => "PETG",
            Self::Abs => "ABS",
            Self::Tpu => "TPU",
            Self::Nylon => "NYLON",
        }
    }

    /// The material that [`Self::word`] names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|m| m.word() == word)
    }
}

impl Quality {
    /// Every quality, from the quickest to the finest.
    pub const ALL: [Self; 4] = [Self::Draft, Self::Standard, Self::High, Self::Ultra];

    /// The word the databases and the API use.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Standard => "standard",
            Self::High => "high",
            Self::Ultra => "ultra",
        }
    }

    /// The quality that [`Self::word`] names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|q| q.word() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_names_its_choice_as_the_api_spells_it() {
        for m in Material::ALL {
            assert_eq!(Material::from_word(m.word()), Some(m));
        }
        for q in Quality::ALL {
            assert_eq!(Quality::from_word(q.word()), Some(q));
        }
    }
}
