//! Pairing codes: what a person reads on one screen and types on another, once.

use crate::typed;
use fluxprint_domain::Clock;

/// Crockford's 32 digits: none looks like another.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// 10 digits of 5 bits: within its minutes nobody guesses it past a limit of tries.
const DIGITS: usize = 10;

/// A code of ten digits, shown as two groups of five.
pub struct PairingCode(String);

impl PairingCode {
    /// A new code.
    #[must_use]
    pub fn mint(clock: &dyn Clock) -> Self {
        Self(typed::mint(clock, ALPHABET, DIGITS))
    }

    /// Reads what a person typed: small letters, spaces and hyphens do not matter, and neither
    /// does an O for a zero or an I or L for a one.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let meant = |c| match c {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        };
        typed::read(text, ALPHABET, DIGITS, meant).map(Self)
    }

    /// The ten digits, as they are hashed.
    #[must_use]
    pub fn digits(&self) -> &str {
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
        let code = PairingCode::mint(&SystemClock::new());
        let typed = format!(" {} ", code.shown().to_lowercase());
        assert_eq!(PairingCode::read(&typed).unwrap().digits(), code.digits());
        assert_eq!(
            PairingCode::read("oOiLl-00000").unwrap().digits(),
            "0011100000"
        );
        for wrong in ["", "12345", "12345-6789U", "12345-678901", "12345-6789é"] {
            assert!(PairingCode::read(wrong).is_none(), "{wrong}");
        }
    }
}
