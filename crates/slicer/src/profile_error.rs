//! Why no profile can be made, in words a person can act on.

/// Why no profile can be made of a choice.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{}", self.sentence())]
pub enum ProfileError {
    /// The material needs a hotter nozzle or bed than the printer may have.
    TooHot {
        /// "nozzle" or "bed".
        part: &'static str,
        /// What the material needs.
        needs_c: f64,
        /// What the printer may.
        max_c: f64,
    },
    /// The quality's layers are too high for the nozzle.
    LayerTooThick {
        /// Of the quality.
        layer_mm: f64,
        /// Of the printer.
        nozzle_mm: f64,
    },
    /// Infill above 100 %.
    InfillOutOfRange(u8),
    /// The printer's registered size or nozzle cannot be right.
    BuildOutOfRange {
        /// Which measure.
        what: &'static str,
        /// What is registered.
        value_mm: f64,
    },
    /// One of our own settings is not on the allow-list, or has a value outside its kind.
    Setting {
        /// The key.
        key: String,
        /// The value.
        value: String,
    },
    /// The built-in settings cannot be read.
    Broken(&'static str),
}

impl ProfileError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooHot { .. } => "MATERIAL_TOO_HOT",
            Self::LayerTooThick { .. } => "LAYER_TOO_THICK",
            Self::InfillOutOfRange(_) => "INFILL_OUT_OF_RANGE",
            Self::BuildOutOfRange { .. } => "PRINTER_SIZE_WRONG",
            Self::Setting { .. } | Self::Broken(_) => "PROFILE_BROKEN",
        }
    }

    /// What happened.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::TooHot {
                part,
                needs_c,
                max_c,
            } => format!(
                "This material needs the {part} at {needs_c:.0} °C; this printer is limited to {max_c:.0} °C."
            ),
            Self::LayerTooThick {
                layer_mm,
                nozzle_mm,
            } => format!("Layers of {layer_mm} mm are too high for a nozzle of {nozzle_mm} mm."),
            Self::InfillOutOfRange(infill_pct) => {
                format!("Infill of {infill_pct} % is not possible.")
            }
            Self::BuildOutOfRange { what, value_mm } => {
                format!(
                    "The printer is registered with a {what} of {value_mm} mm, which cannot be right."
                )
            }
            Self::Setting { .. } | Self::Broken(_) => {
                "The print settings of this installation are broken.".to_owned()
            }
        }
    }

    /// What to do next.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::TooHot { .. } => "Choose another material or a printer that may get hotter.",
            Self::LayerTooThick { .. } => {
                "Choose a finer quality or a printer with a larger nozzle."
            }
            Self::InfillOutOfRange(_) => "Choose an infill from 0 to 100 %.",
            Self::BuildOutOfRange { .. } => {
                "Correct the printer's size and nozzle in its settings."
            }
            Self::Setting { .. } | Self::Broken(_) => {
                "Install FluxPrint anew, or report this as a fault."
            }
        }
    }
}
