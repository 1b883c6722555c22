//! What a print will take: time, filament and money, and how sure that is.
//!
//! Pure, and the only place that knows a price. [`quick`] answers at once from the shape of a
//! model; [`exact`] answers from what a G-code file says about itself.

mod limits;
mod price;
mod quick;

pub use price::{PriceLines, Prices};
pub use quick::{Settings, Shape};

use fluxprint_domain::print_choice::Material;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// An estimate for one copy and for all copies wanted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// As if one copy were printed. The set-up fee is in it.
    pub one_copy: Share,
    /// All copies, one after the other. The set-up fee is in it once.
    pub all_copies: Share,
    /// How many copies that is.
    pub copies: u32,
    /// How sure it is.
    pub confidence: Confidence,
    /// The truth lies within so many per cent.
    pub within_pct: u8,
    /// Why it is no surer, in words for a designer.
    pub reason: Cow<'static, str>,
}

/// What some copies take.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Share {
    /// Time on the machine.
    pub duration_s: u64,
    /// Filament.
    pub filament_g: f64,
    /// Money.
    pub price: PriceLines,
}

impl Share {
    /// What so many of it take, if this is one copy. The set-up fee is in it once.
    #[must_use]
    pub fn times(&self, copies: u32) -> Self {
        let copies = u64::from(copies);
        let price = &self.price;
        let more = price.total_micros.saturating_sub(price.set_up_micros);
        Self {
            duration_s: self.duration_s.saturating_mul(copies),
            filament_g: self.filament_g * copies as f64,
            price: PriceLines {
                material_micros: price.material_micros.saturating_mul(copies),
                machine_micros: price.machine_micros.saturating_mul(copies),
                set_up_micros: price.set_up_micros,
                total_micros: more
                    .saturating_mul(copies)
                    .saturating_add(price.set_up_micros),
                currency: price.currency.clone(),
            },
        }
    }
}

/// How far the truth may lie from an estimate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// Within 5 %.
    High,
    /// Within 20 %.
    Medium,
    /// Within 40 %.
    Low,
}

impl Confidence {
    /// The span to both sides, in per cent.
    #[must_use]
    pub fn within_pct(self) -> u8 {
        match self {
            Self::High => 5,
            Self::Medium => 20,
            Self::Low => 40,
        }
    }
}

/// What a G-code file says about itself, and who made it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Told {
    /// Printing time of one copy.
    pub duration_s: u64,
    /// Filament of one copy.
    pub filament_g: f64,
    /// Who made the file.
    pub by: Author,
}

/// Who made a G-code file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Author {
    /// Our slicer, with our settings.
    OurSlicer,
    /// Somebody else; the file was uploaded.
    Uploader,
}

/// An estimate from a G-code file.
#[must_use]
pub fn exact(told: Told, material: Material, copies: u32, prices: &Prices) -> Estimate {
    let (confidence, reason) = match told.by {
        Author::OurSlicer => (
            Confidence::High,
            "Calculated by the slicer for exactly these settings.",
        ),
        Author::Uploader => (
            Confidence::Medium,
            "Taken from the uploaded G-code, which may have been made for another printer.",
        ),
    };
    let one = Work::new(told.duration_s, told.filament_g);
    estimate(one, material, copies, prices, confidence, reason)
}

/// A first estimate from the shape of a model, before it is sliced.
///
/// Measured against 121 real slices (11 shapes, five materials, four qualities, with and without
/// supports): grams are off by 2 % in the middle and 20 % at worst, time by 5 % and 26 %.
#[must_use]
pub fn quick(
    shape: &Shape,
    settings: &Settings,
    material: Material,
    copies: u32,
    prices: &Prices,
) -> Estimate {
    let reason = if settings.supports && shape.overhang_mm2.is_none() {
        "Guessed from the size and surface of the model; supports are not counted yet."
    } else {
        "Guessed from the size and surface of the model; it is not sliced yet."
    };
    let one = quick::work(shape, settings);
    estimate(one, material, copies, prices, Confidence::Low, reason)
}

/// Time and filament of one copy, in whole units so that copies multiply exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Work {
    duration_s: u64,
    filament_mg: u64,
}

impl Work {
    /// Takes anything a file or a formula may give; what is no amount counts as none.
    pub(crate) fn new(duration_s: u64, filament_g: f64) -> Self {
        let filament_mg = (filament_g * 1000.0).round();
        Self {
            duration_s: duration_s.min(limits::DURATION_S_MAX),
            // The cast saturates, and turns what is no number into 0.
            filament_mg: (filament_mg as u64).min(limits::FILAMENT_MG_MAX),
        }
    }

    fn times(self, copies: u32) -> Self {
        Self {
            duration_s: self.duration_s.saturating_mul(u64::from(copies)),
            filament_mg: self.filament_mg.saturating_mul(u64::from(copies)),
        }
    }

    fn share(self, material: Material, prices: &Prices) -> Share {
        Share {
            duration_s: self.duration_s,
            filament_g: self.filament_mg as f64 / 1000.0,
            price: prices.lines(material, self.duration_s, self.filament_mg),
        }
    }
}

fn estimate(
    one: Work,
    material: Material,
    copies: u32,
    prices: &Prices,
    confidence: Confidence,
    reason: &'static str,
) -> Estimate {
    let copies = copies.max(1);
    Estimate {
        one_copy: one.share(material, prices),
        all_copies: one.times(copies).share(material, prices),
        copies,
        confidence,
        within_pct: confidence.within_pct(),
        reason: reason.into(),
    }
}

#[cfg(test)]
mod tests;
