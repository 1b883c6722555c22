//! How long the service takes to be ready.

use std::time::Duration;

use anyhow::{Context, Result};
use serde::Serialize;

use super::clock::Stopwatch;
use super::patience::wait_for;
use super::product::{Site, word};
use super::series::Series;
use crate::crew::Crew;
use crate::http::Call;

const READY_WITHIN: Duration = Duration::from_secs(30);
const LOOK: Duration = Duration::from_millis(1);

/// Times from the start of the program.
#[derive(Debug, Serialize)]
pub struct Startup {
    /// The very first start, which makes keys and tables, until its ready line.
    pub first_ms: f64,
    /// Later starts, until the ready line.
    pub ready_line: Series,
    /// Later starts, until `/readyz` has answered 200.
    pub readyz: Series,
}

/// Starts the service on an empty data folder, and then `times` times more.
pub fn measure(site: &Site, times: usize) -> Result<Startup> {
    let (first_ms, _) = start(site)?;
    let (mut ready_line, mut readyz) = (Vec::new(), Vec::new());
    for _ in 0..times {
        let (line_ms, answer_ms) = start(site)?;
        ready_line.push(line_ms);
        readyz.push(answer_ms);
    }
    let nothing = "the service was not started";
    Ok(Startup {
        first_ms,
        ready_line: Series::of(ready_line).context(nothing)?,
        readyz: Series::of(readyz).context(nothing)?,
    })
}

/// Milliseconds until the ready line and until `/readyz`; the program is ended again.
fn start(site: &Site) -> Result<(f64, f64)> {
    let mut crew = Crew::new(&site.data.logs())?;
    let since_start = Stopwatch::start();
    let ready = crew.start("starting", site.service())?;
    let line_ms = since_start.ms();
    let url = word(&ready, "url")?;
    wait_for("/readyz", READY_WITHIN, LOOK, || {
        let answer = Call::get("/readyz").send(&url)?;
        Ok((answer.status == 200).then_some(()))
    })?;
    Ok((line_ms, since_start.ms()))
}
