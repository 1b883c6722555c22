//! Numbers as firmware reads them: digits, a point, perhaps a sign.

use crate::limits::NUMBER_MAX;

/// A number in one or two readings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Number {
    /// Without an exponent, as Marlin and Klipper read it: `1E3` is 1, and E3 comes next.
    pub(crate) plain: f64,
    /// The larger of that and of the reading in which `1E3` is 1000.
    pub(crate) largest: f64,
}

/// Reads the number at the beginning of `bytes` and says how many bytes its plain reading has.
/// Both readings are clamped to ±[`NUMBER_MAX`].
pub(crate) fn read(bytes: &[u8]) -> Option<(Number, usize)> {
    let (negative, mut at) = match bytes.first()? {
        b'-' => (true, 1),
        b'+' => (false, 1),
        _ => (false, 0),
    };
    let (mut whole, mut scale, mut digits, mut point) = (0.0, 1.0, 0, false);
    while let Some(b) = bytes.get(at) {
        match b {
            b'0'..=b'9' => {
                whole = whole * 10.0 + f64::from(b - b'0');
                digits += 1;
                if point {
                    scale *= 10.0;
                }
                // More digits than a double holds add nothing; keep both sides finite.
                if scale > 1e200 || whole > 1e200 {
                    whole /= 1e100;
                    scale = if point { scale / 1e100 } else { scale };
                }
            }
            b'.' if !point => point = true,
            _ => break,
        }
        at += 1;
    }
    if digits == 0 {
        return None;
    }
    let sign = if negative { -1.0 } else { 1.0 };
    let plain = clamped(sign * whole / scale);
    let exponent = exponent(bytes.get(at..).unwrap_or_default());
    let raised = clamped(plain * 10f64.powi(exponent));
    let largest = plain.max(raised);
    Some((Number { plain, largest }, at))
}

/// The exponent at the beginning of `bytes`, 0 when there is none.
fn exponent(bytes: &[u8]) -> i32 {
    let Some((b'e' | b'E', rest)) = bytes.split_first() else {
        return 0;
    };
    let (sign, rest) = match rest.split_first() {
        Some((b'-', rest)) => (-1, rest),
        Some((b'+', rest)) => (1, rest),
        _ => (1, rest),
    };
    let digits = rest.iter().take_while(|b| b.is_ascii_digit()).take(4);
    sign * digits.fold(0, |sum, b| sum * 10 + i32::from(b - b'0'))
}

fn clamped(value: f64) -> f64 {
    value.clamp(-NUMBER_MAX, NUMBER_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_firmware_reads_them() {
        for (text, plain, largest, length) in [
            ("104", 104.0, 104.0, 3),
            ("0104.0S3", 104.0, 104.0, 6),
            ("-.5X", -0.5, -0.5, 3),
            ("+7.", 7.0, 7.0, 3),
            ("1e3", 1.0, 1000.0, 1),
            ("10E5", 10.0, 1e6, 2),
            ("1.5e-2", 1.5, 1.5, 3),
            ("2e99999", 2.0, NUMBER_MAX, 1),
            ("1.2.3", 1.2, 1.2, 3),
            ("91.26", 91.26, 91.26, 5),
        ] {
            let expected = Number { plain, largest };
            assert_eq!(read(text.as_bytes()), Some((expected, length)), "{text}");
        }
        for text in ["", "-", ".", "+.", "x", "e5", "nan", "inf"] {
            assert_eq!(read(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn endless_digits_stay_finite() {
        let nines = "9".repeat(5000);
        assert_eq!(read(nines.as_bytes()).unwrap().0.plain, NUMBER_MAX);
        let small = format!("0.{}1", "0".repeat(5000));
        assert!(read(small.as_bytes()).unwrap().0.plain.abs() < 1e-9);
        let long = format!("1.{}", "5".repeat(900));
        assert!((read(long.as_bytes()).unwrap().0.plain - 1.555_555).abs() < 1e-4);
    }
}
