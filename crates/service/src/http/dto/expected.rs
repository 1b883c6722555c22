//! When a print may begin and be done, as it is shown.

use super::{Moment, ReasonShown};
use fluxprint_domain::Timestamp;
use fluxprint_domain::expected::{Expected, Unknown, When};
use serde::Serialize;
use utoipa::ToSchema;

/// When a print may begin and be done. Between two prints somebody has to clear the bed, and nobody
/// knows when: then there is only a moment before which it cannot be, and the reason.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Expected)]
pub struct ExpectedShown {
    /// It begins about then; null when it has begun, or nobody knows.
    pub starts_about_at: Option<Moment>,
    /// It cannot begin earlier.
    pub starts_not_before: Option<Moment>,
    /// It is done about then; null when nobody knows.
    pub done_about_at: Option<Moment>,
    /// It cannot be done earlier.
    pub done_not_before: Option<Moment>,
    /// Why no more is known.
    pub why: Option<ReasonShown>,
}

impl ExpectedShown {
    /// What is expected, seen from `now`.
    #[must_use]
    pub fn new(expected: &Expected, now: Timestamp) -> Self {
        let [starts_about_at, starts_not_before] = moments(expected.starts, now);
        let [done_about_at, done_not_before] = moments(expected.done, now);
        Self {
            starts_about_at,
            starts_not_before,
            done_about_at,
            done_not_before,
            why: expected.why.as_ref().map(reason),
        }
    }
}

fn moments(when: When, now: Timestamp) -> [Option<Moment>; 2] {
    let at = |seconds: u64| {
        let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
        Some(Moment(now.plus_s(seconds)))
    };
    match when {
        When::About(seconds) => [at(seconds), None],
        When::NotBefore(seconds) => [None, at(seconds)],
        When::Past | When::Unknown => [None, None],
    }
}

fn reason(why: &Unknown) -> ReasonShown {
    ReasonShown {
        code: why.code().to_owned(),
        sentence: why.sentence().into_owned(),
        remedy: why.remedy().to_owned(),
    }
}
