//! What people ask of a printer by hand.

use fluxprint_domain::control::Axis;
use serde::Deserialize;
use utoipa::ToSchema;

/// Temperatures to reach and to hold, in degrees Celsius; 0 is off.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TemperaturesSaid {
    /// The nozzle.
    #[schema(example = 200)]
    pub nozzle_c: f64,
    /// The bed.
    #[schema(example = 60)]
    pub bed_c: f64,
}

/// Axes whose ends are to be found.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HomingSaid {
    /// At least one.
    #[schema(min_items = 1, max_items = 3)]
    pub axes: Vec<AxisWord>,
}

/// An axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[schema(as = Axis)]
#[serde(rename_all = "snake_case")]
pub enum AxisWord {
    /// Left and right.
    X,
    /// Front and back.
    Y,
    /// Up and down.
    Z,
}

impl From<AxisWord> for Axis {
    fn from(word: AxisWord) -> Self {
        match word {
            AxisWord::X => Self::X,
            AxisWord::Y => Self::Y,
            AxisWord::Z => Self::Z,
        }
    }
}

/// A step from where the head is, in millimetres.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JogSaid {
    /// To the right.
    #[serde(default)]
    pub x_mm: f64,
    /// To the back.
    #[serde(default)]
    pub y_mm: f64,
    /// Upwards.
    #[serde(default)]
    pub z_mm: f64,
}
