//! The temperatures of the last hours, for charts: in memory, bounded, lost with the process.

use fluxprint_domain::Timestamp;
use fluxprint_domain::id::PrinterId;
use fluxprint_domain::printer::{Heaters, Observation};
use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Close steps: every so many seconds, for so many points (ten minutes).
const FINE: (i64, usize) = (2, 300);
/// Wide steps: every so many seconds, for so many points (four hours).
const WIDE: (i64, usize) = (60, 240);
/// Printers that are remembered, about 40 kB each at most.
const PRINTERS_MAX: usize = 2_048;

/// The temperatures of a printer at one moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// When they were seen.
    pub at: Timestamp,
    /// What was seen.
    pub heaters: Heaters,
}

/// The courses of all printers.
#[derive(Debug, Default)]
pub struct History {
    courses: Mutex<HashMap<PrinterId, Course>>,
}

#[derive(Debug, Default)]
struct Course {
    fine: VecDeque<Point>,
    wide: VecDeque<Point>,
}

impl History {
    fn courses(&self) -> MutexGuard<'_, HashMap<PrinterId, Course>> {
        self.courses.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers a look at a printer whose heaters are known.
    pub fn saw(&self, printer: PrinterId, seen: &Observation, at: Timestamp) {
        let heaters = seen.heaters;
        if heaters.nozzle.is_none() && heaters.bed.is_none() {
            return;
        }
        let mut courses = self.courses();
        if courses.len() >= PRINTERS_MAX && !courses.contains_key(&printer) {
            courses.retain(|_, course| !course.is_over(at));
        }
        if courses.len() < PRINTERS_MAX || courses.contains_key(&printer) {
            courses
                .entry(printer)
                .or_default()
                .add(Point { at, heaters });
        }
    }

    /// The course of a printer after `since`, oldest first: wide steps, then close ones.
    #[must_use]
    pub fn of(&self, printer: PrinterId, since: Option<Timestamp>) -> Vec<Point> {
        let courses = self.courses();
        let Some(course) = courses.get(&printer) else {
            return Vec::new();
        };
        let fine_from = course.fine.front().map(|point| point.at);
        let older = |point: &&Point| fine_from.is_none_or(|from| point.at < from);
        let new = |point: &Point| since.is_none_or(|since| point.at > since);
        let wide = course.wide.iter().filter(older);
        wide.chain(&course.fine).copied().filter(new).collect()
    }
}

impl Course {
    fn add(&mut self, point: Point) {
        for (points, (step_s, max)) in [(&mut self.fine, FINE), (&mut self.wide, WIDE)] {
            let last = points.back().map(|last| last.at);
            if last.is_some_and(|last| point.at.seconds_since(last) < step_s) {
                continue;
            }
            points.push_back(point);
            let span_s = step_s.saturating_mul(i64::try_from(max).unwrap_or(i64::MAX));
            let too_old = |first: &Point| point.at.seconds_since(first.at) > span_s;
            while points.len() > max || points.front().is_some_and(too_old) {
                points.pop_front();
            }
        }
    }

    /// Whether nothing was seen for as long as anything is remembered.
    fn is_over(&self, now: Timestamp) -> bool {
        let last = self.wide.back().map(|last| last.at);
        last.is_none_or(|last| now.seconds_since(last) > WIDE.0 * 240)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fluxprint_domain::printer::{Activity, Heater, PrinterState};

    fn id(n: u128) -> PrinterId {
        PrinterId::new(Timestamp(0), n)
    }

    fn seen(actual_c: f64) -> Observation {
        Observation {
            state: PrinterState::Ready,
            activity: Activity::Idle,
            job: None,
            heaters: Heaters {
                nozzle: Some(Heater {
                    actual_c,
                    target_c: 0.0,
                }),
                bed: None,
            },
            message: None,
        }
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp(0).plus_s(seconds)
    }

    #[test]
    fn the_last_minutes_come_in_close_steps_and_the_hours_before_in_wide_ones() {
        let history = History::default();
        for second in 0..20_000 {
            history.saw(id(1), &seen(f64::from(second)), at(second.into()));
        }
        let course = history.of(id(1), None);
        assert!(course.len() <= FINE.1 + WIDE.1, "{}", course.len());
        assert!(course.windows(2).all(|pair| pair[0].at < pair[1].at));
        let span_s = course[course.len() - 1].at.seconds_since(course[0].at);
        assert!((14_000..=14_400).contains(&span_s), "{span_s}");
        let last = &course[course.len() - 200..];
        let steps = last.windows(2).map(|p| p[1].at.seconds_since(p[0].at));
        assert!(steps.into_iter().all(|step_s| step_s == 2));
        let since = at(19_990);
        let newest = history.of(id(1), Some(since));
        assert_eq!(newest.len(), 4);
        assert!(newest.iter().all(|point| point.at > since));
        assert_eq!(history.of(id(2), None), []);
    }

    #[test]
    fn a_gap_stays_a_gap_and_what_is_too_old_goes() {
        let history = History::default();
        history.saw(id(1), &seen(1.0), at(0));
        history.saw(id(1), &seen(2.0), at(3_600));
        let points: Vec<_> = history.of(id(1), None).iter().map(|p| p.at).collect();
        assert_eq!(points, [at(0), at(3_600)]);
        history.saw(id(1), &seen(3.0), at(20_000));
        assert_eq!(history.of(id(1), None).len(), 1);
    }

    #[test]
    fn machines_without_heaters_in_sight_and_too_many_printers_cost_nothing() {
        let history = History::default();
        let mut dark = seen(0.0);
        dark.heaters = Heaters::default();
        history.saw(id(1), &dark, at(0));
        assert_eq!(history.of(id(1), None), []);
        for n in 0..PRINTERS_MAX + 10 {
            history.saw(id(n as u128), &seen(1.0), at(0));
        }
        assert_eq!(history.courses().len(), PRINTERS_MAX);
        // Those that were not seen for hours make room.
        history.saw(id(1 << 40), &seen(1.0), at(100_000));
        assert_eq!(history.courses().len(), 1);
    }
}
