//! Sizes in sentences.

/// A size as people read it, in decimal units as the pages have them: as many whole units as fit, so
/// that it never promises too much.
#[must_use]
pub fn size(bytes: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
    let unit = UNITS.iter().find(|(unit, _)| bytes >= *unit);
    match unit {
        Some((unit, word)) => {
            let tenths = bytes / (unit / 10);
            match (bytes / unit, tenths % 10) {
                (whole, tenth) if whole < 10 && tenth > 0 => format!("{whole}.{tenth} {word}"),
                (whole, _) => format!("{whole} {word}"),
            }
        }
        None => format!("{bytes} bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_by_people() {
        for (bytes, words) in [
            (0, "0 bytes"),
            (999, "999 bytes"),
            (65_536, "65 kB"),
            (200_000_000, "200 MB"),
            (199_999_999, "199 MB"),
            (10_000_000_000, "10 GB"),
            (1_500_000, "1.5 MB"),
            (1_000_001, "1 MB"),
        ] {
            assert_eq!(size(bytes), words);
        }
    }
}
