//! Bearer tokens: a prefix that says what it opens, over 250 random bits, and a checksum, so that a
//! mistyped or cut one costs no look at a database.

use fluxprint_domain::{Clock, Sha256};
use zeroize::Zeroizing;

/// The prefix of a bridge's token.
pub const BRIDGE: &str = "fxb";
/// The prefix of the code with which a bridge that is being paired asks for its token.
pub const DEVICE: &str = "fxd";

/// Base-62 digits of chance.
const RANDOM_DIGITS: usize = 43;
/// Base-62 digits of a CRC-32.
const CHECK_DIGITS: usize = 6;
const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// A bearer token, shown once to whoever will carry it and kept nowhere.
pub struct Bearer(Zeroizing<String>);

impl Bearer {
    /// A new token behind `prefix`.
    #[must_use]
    pub fn mint(prefix: &str, clock: &dyn Clock) -> Self {
        let mut text = Zeroizing::new(format!("{prefix}_"));
        for digits in [RANDOM_DIGITS / 2, RANDOM_DIGITS - RANDOM_DIGITS / 2] {
            push_base62(&mut text, clock.random(), digits);
        }
        let check = crc32(text.as_bytes());
        push_base62(&mut text, check.into(), CHECK_DIGITS);
        Self(text)
    }

    /// The text: a secret.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }

    /// Whether `text` could be a token behind `prefix`: its form and checksum fit.
    #[must_use]
    pub fn has_shape(prefix: &str, text: &str) -> bool {
        let digits = text
            .strip_prefix(prefix)
            .and_then(|rest| rest.strip_prefix('_'))
            .filter(|digits| digits.len() == RANDOM_DIGITS + CHECK_DIGITS)
            .filter(|digits| digits.bytes().all(|d| d.is_ascii_alphanumeric()));
        let body = digits.and_then(|_| text.len().checked_sub(CHECK_DIGITS));
        let Some((body, check)) = body.and_then(|at| text.split_at_checked(at)) else {
            return false;
        };
        let mut wanted = String::new();
        push_base62(&mut wanted, crc32(body.as_bytes()).into(), CHECK_DIGITS);
        check == wanted
    }
}

impl std::fmt::Debug for Bearer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Bearer(…)")
    }
}

/// What is kept of a token or code, and looked up: its SHA-256. A fast hash is right for words of
/// this much chance, and a look-up by hash leaks nothing about the word by its time.
#[must_use]
pub fn hash(text: &str) -> Sha256 {
    let digest = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
    let mut bytes = [0; 32];
    bytes.copy_from_slice(digest.as_ref());
    Sha256(bytes)
}

fn push_base62(text: &mut String, mut number: u128, digits: usize) {
    for _ in 0..digits {
        let digit = usize::try_from(number % 62).unwrap_or(0);
        text.push(char::from(ALPHABET.get(digit).copied().unwrap_or(b'0')));
        number /= 62;
    }
}

/// CRC-32 of ISO 3309 (the one of zip and PNG), bit by bit: the texts are short.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use fluxprint_clock::SystemClock;

    #[test]
    fn a_token_has_its_shape_and_a_mistyped_one_has_not() {
        let token = Bearer::mint(BRIDGE, &SystemClock::new());
        let text = token.text();
        assert!(Bearer::has_shape(BRIDGE, text));
        assert!(!Bearer::has_shape("fxs", text));
        for at in 0..text.len() {
            let mut typo = text.as_bytes().to_vec();
            typo[at] = if typo[at] == b'a' { b'b' } else { b'a' };
            assert!(!Bearer::has_shape(
                BRIDGE,
                std::str::from_utf8(&typo).unwrap()
            ));
            assert!(!Bearer::has_shape(BRIDGE, &text[..at]));
        }
        assert!(!Bearer::has_shape(BRIDGE, "fxb_ä"));
        assert!(!format!("{token:?}").contains(text));
    }

    #[test]
    fn two_tokens_share_nothing_but_their_prefix() {
        let clock = SystemClock::new();
        let (one, other) = (Bearer::mint(BRIDGE, &clock), Bearer::mint(BRIDGE, &clock));
        assert_ne!(one.text()[4..14], other.text()[4..14]);
        assert_ne!(one.text()[34..44], other.text()[34..44]);
    }

    #[test]
    fn the_checksum_is_the_common_one() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }
}
