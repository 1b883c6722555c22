//! Several measurements of one thing.

use serde::Serialize;

/// Every measurement, and the one in the middle.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Series {
    /// Half of them are not above it; with an even number, the mean of the two in the middle.
    pub median_ms: f64,
    /// In the order they were made.
    pub all_ms: Vec<f64>,
}

impl Series {
    /// `None` when nothing was measured.
    pub fn of(all_ms: Vec<f64>) -> Option<Self> {
        Some(Self {
            median_ms: median(&all_ms)?,
            all_ms,
        })
    }

    /// The smallest and the largest.
    pub fn range_ms(&self) -> (f64, f64) {
        let all = || self.all_ms.iter().copied();
        (
            all().fold(f64::INFINITY, f64::min),
            all().fold(f64::NEG_INFINITY, f64::max),
        )
    }
}

fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let upper = sorted.get(sorted.len() / 2)?;
    let lower = sorted.get((sorted.len() - 1) / 2)?;
    Some(f64::midpoint(*lower, *upper))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_one_in_the_middle() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[4.0]), Some(4.0));
        assert_eq!(median(&[9.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&[9.0, 1.0, 2.0, 4.0]), Some(3.0));
    }

    #[test]
    fn the_order_of_the_measurements_is_kept() {
        let series = Series::of(vec![3.0, 1.0, 2.0]).unwrap();
        assert_eq!(series.all_ms, [3.0, 1.0, 2.0]);
        assert_eq!(series.range_ms(), (1.0, 3.0));
        assert_eq!(Series::of(Vec::new()), None);
    }
}
