//! What came back from a load.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use super::limits::FIRST_ERROR_BYTES_MAX;

/// What one connection, or all of them together, got.
#[derive(Debug, Default)]
pub(super) struct Tally {
    latencies_us: Vec<u64>,
    statuses: BTreeMap<u16, u64>,
    unanswered: u64,
    body_bytes: u64,
    first_error: Option<String>,
}

/// The figures of a load. Latencies are those of answers 2xx; everything else is an error.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Outcome {
    /// Connections at the same time.
    pub connections: usize,
    /// Requests that were sent, or could not be.
    pub requests: u64,
    /// From the first request to the last answer.
    pub seconds: f64,
    /// Answers 2xx in a second.
    pub per_second: f64,
    /// Half of the answers 2xx took no longer, milliseconds.
    pub p50_ms: Option<f64>,
    /// 99 of 100 answers 2xx took no longer, milliseconds.
    pub p99_ms: Option<f64>,
    /// The slowest answer 2xx, milliseconds.
    pub max_ms: Option<f64>,
    /// Requests without an answer 2xx.
    pub errors: u64,
    /// Of these, those without any answer.
    pub unanswered: u64,
    /// How often each status came.
    pub statuses: BTreeMap<u16, u64>,
    /// Bytes of the bodies of an average answer.
    pub bytes_per_answer: f64,
    /// Processor time this program took for all of it, seconds.
    pub cpu_s: f64,
    /// What the first error said.
    pub first_error: Option<String>,
}

impl Tally {
    /// An answer came.
    pub fn answered(&mut self, status: u16, took_us: u64, body: &[u8]) {
        *self.statuses.entry(status).or_default() += 1;
        self.body_bytes += body.len() as u64;
        if (200..300).contains(&status) {
            self.latencies_us.push(took_us);
        } else {
            let start = body.get(..FIRST_ERROR_BYTES_MAX).unwrap_or(body);
            self.remember(&format!("{status}: {}", String::from_utf8_lossy(start)));
        }
    }

    /// No answer came.
    pub fn unanswered(&mut self, why: &str) {
        self.unanswered += 1;
        self.remember(why);
    }

    fn remember(&mut self, error: &str) {
        if self.first_error.is_none() {
            self.first_error = Some(error.to_owned());
        }
    }

    /// Takes in what another connection got.
    pub fn add(&mut self, other: Self) {
        self.latencies_us.extend(other.latencies_us);
        for (status, count) in other.statuses {
            *self.statuses.entry(status).or_default() += count;
        }
        self.unanswered += other.unanswered;
        self.body_bytes += other.body_bytes;
        self.first_error = self.first_error.take().or(other.first_error);
    }

    /// The figures.
    #[expect(
        clippy::cast_precision_loss,
        reason = "counts of one load are below 2^53"
    )]
    pub fn outcome(mut self, connections: usize, took: Duration, cpu: Duration) -> Outcome {
        self.latencies_us.sort_unstable();
        let sorted = &self.latencies_us;
        let answers: u64 = self.statuses.values().sum();
        let requests = answers + self.unanswered;
        let good = sorted.len() as u64;
        let seconds = took.as_secs_f64();
        Outcome {
            connections,
            requests,
            seconds,
            per_second: good as f64 / seconds.max(1e-6),
            p50_ms: percentile_ms(sorted, 50),
            p99_ms: percentile_ms(sorted, 99),
            max_ms: percentile_ms(sorted, 100),
            errors: requests - good,
            unanswered: self.unanswered,
            bytes_per_answer: self.body_bytes as f64 / answers.max(1) as f64,
            statuses: self.statuses,
            cpu_s: cpu.as_secs_f64(),
            first_error: self.first_error,
        }
    }
}

/// The smallest value that `percent` of all do not exceed (nearest rank), in milliseconds.
#[expect(clippy::cast_precision_loss, reason = "a latency is far below 2^53 µs")]
fn percentile_ms(sorted_us: &[u64], percent: usize) -> Option<f64> {
    let rank = (sorted_us.len() * percent).div_ceil(100).max(1);
    sorted_us.get(rank - 1).map(|us| *us as f64 / 1e3)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(latencies_us: &[u64], percent: usize) -> Option<f64> {
        percentile_ms(latencies_us, percent)
    }

    #[test]
    fn percentiles_are_those_of_the_nearest_rank() {
        let hundred: Vec<u64> = (1..=100).map(|ms| ms * 1_000).collect();
        assert_eq!(ms(&hundred, 50), Some(50.0));
        assert_eq!(ms(&hundred, 99), Some(99.0));
        assert_eq!(ms(&hundred, 100), Some(100.0));
        let two_hundred_one: Vec<u64> = (1..=201).collect();
        assert_eq!(ms(&two_hundred_one, 99), Some(0.199));
        assert_eq!(ms(&[7_000], 50), Some(7.0));
        assert_eq!(ms(&[], 99), None);
    }

    #[test]
    fn only_answers_that_succeed_count_as_fast() {
        let mut tally = Tally::default();
        tally.answered(201, 5_000, b"{}");
        tally.answered(503, 1, b"come back later");
        tally.unanswered("cut");
        let outcome = tally.outcome(2, Duration::from_secs(2), Duration::ZERO);
        assert_eq!((outcome.requests, outcome.errors), (3, 2));
        assert_eq!(outcome.unanswered, 1);
        assert!((outcome.per_second - 0.5).abs() < 1e-9);
        assert_eq!(outcome.p50_ms, Some(5.0));
        assert_eq!(outcome.max_ms, Some(5.0));
        assert_eq!(outcome.first_error.unwrap(), "503: come back later");
    }

    #[test]
    fn connections_add_up() {
        let mut one = Tally::default();
        one.answered(200, 1_000, b"ab");
        let mut other = Tally::default();
        other.answered(200, 3_000, b"abcd");
        other.answered(401, 10, b"no");
        one.add(other);
        let outcome = one.outcome(2, Duration::from_secs(1), Duration::ZERO);
        assert_eq!(outcome.statuses, BTreeMap::from([(200, 2), (401, 1)]));
        assert_eq!(outcome.max_ms, Some(3.0));
        assert!((outcome.bytes_per_answer - 8.0 / 3.0).abs() < 1e-9);
    }
}
