//! What was aimed at beside what was reached. A figure that is missing is not reached.

use serde::Serialize;

use super::memory::MB;
use super::pages::PagesFigures;
use super::report::EngineFigures;

const ALL_IN_ONE_IDLE_MB: f64 = 40.0;
const BRIDGE_IDLE_MB: f64 = 15.0;
const READY_MS: f64 = 1_000.0;
const READ_P99_MS: f64 = 10.0;
/// An upload against its hash and a write.
const UPLOAD_TIMES: f64 = 2.0;
/// Script of a first visit, as gzip has it.
const FIRST_SCRIPT_KB: f64 = 45.0;
/// Points of 100 that Lighthouse may take away.
const PERFORMANCE_LOST: f64 = 5.0;
const ACCESSIBILITY_LOST: f64 = 0.0;
/// Where a first visit ends.
const FIRST_PAGE: &str = "sign_in";
/// The pages that Lighthouse looks at.
const PAGES: [&str; 3] = [FIRST_PAGE, "files", "queue"];
/// The aim for reads is told for so many connections.
const READ_CONNECTIONS: usize = 64;

/// One aim on one engine.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Aim {
    /// What is aimed at.
    pub aim: String,
    pub engine: &'static str,
    /// At most so much.
    pub at_most: f64,
    pub unit: &'static str,
    /// What was measured.
    pub figure: Option<f64>,
    /// Whether it was measured and is not above.
    pub reached: bool,
}

impl Aim {
    fn of(
        what: &str,
        engine: &'static str,
        at_most: f64,
        unit: &'static str,
        figure: Option<f64>,
    ) -> Self {
        Self {
            aim: what.to_owned(),
            engine,
            at_most,
            unit,
            figure,
            reached: figure.is_some_and(|figure| figure <= at_most),
        }
    }
}

/// The aims of the pages.
pub fn judge_pages(figures: &PagesFigures) -> Vec<Aim> {
    let aim = |what: &str, at_most, unit, figure| Aim::of(what, "SQLite", at_most, unit, figure);
    let times = figures.upload.as_ref().map(|upload| upload.times);
    let first = figures.pages.iter().find(|page| page.page == FIRST_PAGE);
    let script = first.map(|page| page.script_gz_bytes as f64 / 1e3);
    let mut aims = vec![
        aim(
            "50 MB upload, against hash and write",
            UPLOAD_TIMES,
            "times",
            times,
        ),
        aim(
            "script of the first visit, gzip",
            FIRST_SCRIPT_KB,
            "kB",
            script,
        ),
    ];
    for name in PAGES {
        let page = figures.pages.iter().find(|page| page.page == name);
        let lost = |points: f64| 100.0 - points;
        let performance = page.map(|page| lost(page.performance));
        let what = format!("Lighthouse performance lost, {name}");
        aims.push(aim(&what, PERFORMANCE_LOST, "points", performance));
        let accessibility = page.map(|page| lost(page.accessibility));
        let what = format!("Lighthouse accessibility lost, {name}");
        aims.push(aim(&what, ACCESSIBILITY_LOST, "points", accessibility));
    }
    aims
}

/// The aims that can be measured here. How long `cargo xtask test` and `check` take, they say themselves.
pub fn judge(figures: &EngineFigures) -> Vec<Aim> {
    let aim =
        |what: &str, at_most, unit, figure| Aim::of(what, figures.engine, at_most, unit, figure);
    let idle = figures.idle.as_ref();
    let service = idle.map(|idle| idle.service.rss_bytes as f64 / MB);
    let bridge = idle.map(|idle| idle.bridge.rss_bytes as f64 / MB);
    let ready = figures
        .startup
        .as_ref()
        .map(|startup| startup.readyz.median_ms);
    let mut aims = vec![
        aim(
            "all in one idle, resident",
            ALL_IN_ONE_IDLE_MB,
            "MB",
            service,
        ),
        aim("bridge idle, resident", BRIDGE_IDLE_MB, "MB", bridge),
        aim("all in one ready", READY_MS, "ms", ready),
    ];
    for load in &figures.reads {
        let outcome = &load.outcome;
        if outcome.connections == READ_CONNECTIONS {
            // An error is an answer that never came.
            let p99_ms = outcome.p99_ms.filter(|_| outcome.errors == 0);
            let what = format!("{}, p99 at {READ_CONNECTIONS} connections", load.call);
            aims.push(aim(&what, READ_P99_MS, "ms", p99_ms));
        }
    }
    aims
}

#[cfg(test)]
mod tests {
    use super::super::load::{Load, Outcome};
    use super::*;

    fn read(connections: usize, p99_ms: f64, errors: u64) -> Load {
        let outcome = Outcome {
            connections,
            requests: 100,
            seconds: 1.0,
            per_second: 100.0,
            p50_ms: Some(1.0),
            p99_ms: Some(p99_ms),
            max_ms: Some(p99_ms),
            errors,
            unanswered: 0,
            statuses: [("200".to_owned(), 100)].into(),
            bytes_per_answer: 10.0,
            cpu_s: 0.1,
            first_error: None,
        };
        Load {
            call: "GET /v1/jobs".to_owned(),
            outcome,
            service_cpu_s: 1.0,
            machine_cpu_s: 1.0,
        }
    }

    fn judged(load: Load) -> Aim {
        let figures = EngineFigures {
            engine: "SQLite",
            reads: vec![load],
            ..Default::default()
        };
        judge(&figures).pop().unwrap()
    }

    #[test]
    fn the_limit_itself_is_reached_and_a_hair_above_is_not() {
        assert!(judged(read(64, 10.0, 0)).reached);
        assert!(!judged(read(64, 10.001, 0)).reached);
    }

    #[test]
    fn fast_answers_beside_errors_reach_nothing() {
        assert!(!judged(read(64, 1.0, 1)).reached);
    }

    #[test]
    fn what_was_not_measured_is_not_reached() {
        let aims = judge(&EngineFigures::default());
        assert_eq!(aims.len(), 3);
        assert!(aims.iter().all(|aim| !aim.reached && aim.figure.is_none()));
    }

    #[test]
    fn pages_that_were_not_looked_at_reach_nothing() {
        let aims = judge_pages(&PagesFigures::default());
        assert_eq!(aims.len(), 2 + 2 * PAGES.len());
        assert!(aims.iter().all(|aim| !aim.reached));
    }

    #[test]
    fn other_numbers_of_connections_have_no_aim() {
        let figures = EngineFigures {
            reads: vec![read(16, 1.0, 0)],
            ..Default::default()
        };
        assert_eq!(judge(&figures).len(), 3);
    }
}
