//! The code that a bridge shows and a person types into the page of the studio (B-01).

use crate::typed;
use fluxprint_domain::Clock;

/// Twenty consonants (RFC 8628, 6.1): no word can come of them, and none looks like another.
const ALPHABET: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";
/// 8 letters of 20, 34.6 bits: within its minutes nobody guesses it past a limit of tries.
const LETTERS: usize = 8;

/// A code of eight letters, shown as two groups of four.
pub struct UserCode(String);

impl UserCode {
    /// A new code.
    #[must_use]
    pub fn mint(clock: &dyn Clock) -> Self {
        Self(typed::mint(clock, ALPHABET, LETTERS))
    }

    /// Reads what a person typed: small letters, spaces and hyphens do not matter.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        typed::read(text, ALPHABET, LETTERS, |c| c).map(Self)
    }

    /// The eight letters, as they are hashed.
    #[must_use]
    pub fn letters(&self) -> &str {
        &self.0
    }

    /// The code as it is shown.
    #[must_use]
    pub fn shown(&self) -> String {
        typed::shown(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fluxprint_clock::SystemClock;

    #[test]
    fn a_code_is_read_however_a_person_types_it() {
        let code = UserCode::mint(&SystemClock::new());
        let typed = format!(" {} ", code.shown().to_lowercase());
        assert_eq!(UserCode::read(&typed).unwrap().letters(), code.letters());
        assert_eq!(code.shown().len(), 9);
        for wrong in [
            "",
            "BCDF",
            "BCDF-GHJA",
            "BCDF-GHJKL",
            "BCDF-GHJé",
            "BCDF-GHJ1",
        ] {
            assert!(UserCode::read(wrong).is_none(), "{wrong}");
        }
    }
}
