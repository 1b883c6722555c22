//! What was aimed at beside what was reached. A figure that is missing is not reached.

use serde::Serialize;

use super::memory::MB;
use super::report::EngineFigures;

const SERVICE_IDLE_MB: f64 = 30.0;
const BRIDGE_IDLE_MB: f64 = 15.0;
const READY_MS: f64 = 1_000.0;
const READ_P99_MS: f64 = 10.0;
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

/// The aims that can be measured here. How long `cargo xtask test` and `check` take, they say themselves.
pub fn judge(figures: &EngineFigures) -> Vec<Aim> {
    let engine = figures.engine;
    let aim = |aim: &str, at_most: f64, unit, figure: Option<f64>| Aim {
        aim: aim.to_owned(),
        engine,
        at_most,
        unit,
        figure,
        reached: figure.is_some_and(|figure| figure <= at_most),
    };
    let idle = figures.idle.as_ref();
    let service = idle.map(|idle| idle.service.rss_bytes as f64 / MB);
    let bridge = idle.map(|idle| idle.bridge.rss_bytes as f64 / MB);
    let ready = figures
        .startup
        .as_ref()
        .map(|startup| startup.readyz.median_ms);
    let mut aims = vec![
        aim("service idle, resident", SERVICE_IDLE_MB, "MB", service),
        aim("bridge idle, resident", BRIDGE_IDLE_MB, "MB", bridge),
        aim("service ready", READY_MS, "ms", ready),
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
    fn other_numbers_of_connections_have_no_aim() {
        let figures = EngineFigures {
            reads: vec![read(16, 1.0, 0)],
            ..Default::default()
        };
        assert_eq!(judge(&figures).len(), 3);
    }
}
