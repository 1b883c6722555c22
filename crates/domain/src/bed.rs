//! The bed: clear only while somebody's word for it holds.

use crate::clock::Timestamp;
use crate::id::BedTokenId;
use crate::limits::BED_TOKEN_S;
use crate::refusal::Refusal;

/// Counts the moments after which an old word about a bed is worth nothing: it rises when a
/// print ends, at activity that is not ours, after more than five minutes out of sight and at a restore.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BedGeneration(pub i64);

/// Fencing token of starts on one printer. The bridge refuses a lower one than it has seen.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(transparent)]
pub struct Epoch(pub i64);

impl Epoch {
    /// The epoch of the next start.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// Who said that a bed is clear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Witness {
    /// A person looked.
    Person,
    /// A named rule, allowed only on printers registered as virtual.
    Rule(String),
}

/// Somebody's word that one printer's bed is clear: single use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BedToken {
    /// Its name.
    pub id: BedTokenId,
    /// The generation it was given for.
    pub generation: BedGeneration,
    /// When it was given.
    pub given_at: Timestamp,
    /// Whether an attempt has used it up.
    pub spent: bool,
}

impl BedToken {
    /// Whether a start may use this word now, on a bed of this generation.
    ///
    /// # Errors
    /// [`Refusal::BedNotClear`] when it was used, has expired or speaks of an earlier bed.
    pub fn check(&self, generation: BedGeneration, now: Timestamp) -> Result<(), Refusal> {
        let age_s = now.seconds_since(self.given_at);
        let holds = !self.spent && self.generation == generation && age_s < BED_TOKEN_S;
        if holds {
            Ok(())
        } else {
            Err(Refusal::BedNotClear)
        }
    }
}

/// Whether `witness` may speak for this printer's bed.
///
/// # Errors
/// [`Refusal::RuleOnlyForVirtualPrinters`] when a rule speaks for a real printer.
pub fn may_witness(witness: &Witness, printer_is_virtual: bool) -> Result<(), Refusal> {
    match witness {
        Witness::Rule(_) if !printer_is_virtual => Err(Refusal::RuleOnlyForVirtualPrinters),
        Witness::Rule(_) | Witness::Person => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token() -> BedToken {
        BedToken {
            id: BedTokenId::new(Timestamp(0), 1),
            generation: BedGeneration(3),
            given_at: Timestamp(0),
            spent: false,
        }
    }

    #[test]
    fn a_word_holds_once_for_its_own_bed_and_for_half_a_day() {
        let t = token();
        assert_eq!(
            t.check(BedGeneration(3), Timestamp(0).plus_s(BED_TOKEN_S - 1)),
            Ok(())
        );
        assert!(
            t.check(BedGeneration(3), Timestamp(0).plus_s(BED_TOKEN_S))
                .is_err()
        );
        assert!(t.check(BedGeneration(4), Timestamp(0)).is_err());
        let spent = BedToken { spent: true, ..t };
        assert!(spent.check(BedGeneration(3), Timestamp(0)).is_err());
    }

    #[test]
    fn a_rule_never_speaks_for_a_real_printer() {
        let rule = Witness::Rule("xtask-once".into());
        assert_eq!(
            may_witness(&rule, false),
            Err(Refusal::RuleOnlyForVirtualPrinters)
        );
        assert_eq!(may_witness(&rule, true), Ok(()));
        assert_eq!(may_witness(&Witness::Person, false), Ok(()));
    }
}
