//! Keys, nonces and signatures as they travel: a fixed number of bytes, written in hexadecimal.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// `N` bytes. Prints and parses as `2·N` lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Octets<const N: usize>(pub [u8; N]);

/// The public half of a bridge's Ed25519 device key (RFC 8032). The private half never leaves it.
pub type DeviceKey = Octets<32>;
/// Chance that is used once.
pub type Nonce = Octets<32>;
/// An Ed25519 signature (RFC 8032).
pub type Signature = Octets<64>;

/// A text that is not so many bytes in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("these are not as many bytes in lower-case hexadecimal digits as there should be")]
pub struct NotOctets;

impl<const N: usize> FromStr for Octets<N> {
    type Err = NotOctets;

    fn from_str(text: &str) -> Result<Self, NotOctets> {
        let digits = text.as_bytes();
        if digits.len() != 2 * N {
            return Err(NotOctets);
        }
        let mut bytes = [0; N];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            let [high, low] = pair else {
                return Err(NotOctets);
            };
            *byte = nibble(*high)? << 4 | nibble(*low)?;
        }
        Ok(Self(bytes))
    }
}

fn nibble(digit: u8) -> Result<u8, NotOctets> {
    match digit {
        b'0'..=b'9' => Ok(digit - b'0'),
        b'a'..=b'f' => Ok(digit - b'a' + 10),
        _ => Err(NotOctets),
    }
}

impl<const N: usize> fmt::Display for Octets<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl<const N: usize> fmt::Debug for Octets<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<const N: usize> Serialize for Octets<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, const N: usize> Deserialize<'de> for Octets<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'_, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octets_read_back_what_they_print_and_refuse_the_rest() {
        let bytes = Octets::<64>(std::array::from_fn(|i| i as u8 * 3));
        assert_eq!(bytes.to_string().parse(), Ok(bytes));
        for wrong in ["", "0", "0g", "00zz"] {
            assert_eq!(wrong.parse::<Octets<2>>(), Err(NotOctets), "{wrong}");
        }
        assert_eq!("ff00".parse(), Ok(Octets([255, 0])));
        assert!("FF00".parse::<Octets<2>>().is_err());
    }
}
