//! From *bed clear* to the first line of G-code, as often as beds are cleared.
//!
//! Measured from the moment before the call `PUT /v1/printers/{id}/bed-clearance` is sent, while a
//! verified file waits at the printer, to the moment at which the virtual OctoPrint notes that it
//! begins to print. Its first line follows 5 ms of *printer* time later, which at the speed of the
//! bench are some microseconds. Both moments are read from this machine's wall clock.

use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::choices::Choices;
use super::clock::{Stopwatch, wall_us};
use super::patience::wait_for;
use super::product::{Product, word};
use super::series::Series;
use crate::http::Call;

/// What is said beside the figures.
pub const WHAT: &str = "from before the call PUT /v1/printers/{id}/bed-clearance, with a verified \
    file at the printer, until the virtual OctoPrint begins to print (its first G-code line \
    follows within microseconds)";

/// How long each step of a round may take.
const STEP_WITHIN: Duration = Duration::from_secs(60);
/// Between two looks; while a start is awaited, the machine is needed for other things.
const LOOK: Duration = Duration::from_millis(50);

/// Clears the bed again and again, each time for the next job of the queue.
pub fn measure(product: &mut Product, choices: &Choices) -> Result<Series> {
    let begun = Stopwatch::start();
    let mut all_ms = Vec::new();
    while all_ms.len() < choices.rounds
        && (all_ms.is_empty() || begun.ms() < choices.rounds_within.as_secs_f64() * 1e3)
    {
        all_ms.push(one(product)?);
    }
    Series::of(all_ms).context("no bed was cleared")
}

fn one(product: &mut Product) -> Result<f64> {
    let (job, printer) = wait_for("a file at the printer", STEP_WITHIN, LOOK, || {
        staged(product)
    })?;
    let before = starts(product)?.len();
    let path = format!("/v1/printers/{printer}/bed-clearance");
    let cleared_us = wall_us();
    product.change("PUT", &path, &json!({}), None)?;
    let begun_us = wait_for("the print to begin", STEP_WITHIN, LOOK, || {
        let starts = starts(product)?;
        Ok(starts
            .get(before)
            .and_then(|start| start.get("at_micros")?.as_i64()))
    })?;
    wait_for("the print to end", STEP_WITHIN, LOOK, || {
        let job = product.look(&format!("/v1/jobs/{job}"))?;
        Ok((word(&job, "state")? == "completed").then_some(()))
    })?;
    Ok((begun_us - cleared_us) as f64 / 1e3)
}

/// The job whose file is at a printer with a bed that waits to be cleared.
fn staged(product: &mut Product) -> Result<Option<(String, String)>> {
    let assigned = product.look("/v1/jobs?state=assigned&limit=1")?;
    let Some(job) = assigned.pointer("/jobs/0/id").and_then(Value::as_str) else {
        return Ok(None);
    };
    let detail = product.look(&format!("/v1/jobs/{job}"))?;
    let attempts = detail.get("attempts").and_then(Value::as_array);
    let Some(attempt) = attempts.and_then(|all| all.last()) else {
        return Ok(None);
    };
    if word(attempt, "state")? != "staged" {
        return Ok(None);
    }
    Ok(Some((job.to_owned(), word(attempt, "printer")?)))
}

/// Every print the virtual OctoPrint has begun.
fn starts(product: &Product) -> Result<Vec<Value>> {
    let starts = Call::get("/sim/starts").succeed(&product.octoprint)?;
    starts
        .as_array()
        .cloned()
        .context("the virtual OctoPrint lists no starts")
}
