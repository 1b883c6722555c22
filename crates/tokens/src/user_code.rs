//! The code that a bridge shows and a person types into the page of the studio (B-01).

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
        let mut random = clock.random();
        let letters = (0..LETTERS).map(|_| {
            // 128 bits for 35: the first letter is favoured by less than one in 2^90.
            let letter = usize::try_from(random % 20).unwrap_or(0);
            random /= 20;
            char::from(ALPHABET.get(letter).copied().unwrap_or(b'B'))
        });
        Self(letters.collect())
    }

    /// Reads what a person typed: small letters, spaces and hyphens do not matter.
    #[must_use]
    pub fn read(typed: &str) -> Option<Self> {
        if typed.len() > 4 * LETTERS {
            return None;
        }
        let letters: String = typed
            .chars()
            .filter(|c| !matches!(c, ' ' | '-' | '_'))
            .map(|c| c.to_ascii_uppercase())
            .collect();
        let known = letters.bytes().all(|letter| ALPHABET.contains(&letter));
        (known && letters.len() == LETTERS).then_some(Self(letters))
    }

    /// The eight letters, as they are hashed.
    #[must_use]
    pub fn letters(&self) -> &str {
        &self.0
    }

    /// The code as it is shown.
    #[must_use]
    pub fn shown(&self) -> String {
        match self.0.split_at_checked(LETTERS / 2) {
            Some((left, right)) => format!("{left}-{right}"),
            None => self.0.clone(),
        }
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
