//! What the session and the way to the service add to one call.

use anyhow::{Context, Result};
use serde::Serialize;

use crate::bench::choices::Choices;
use crate::bench::clock::Stopwatch;
use crate::bench::product::Product;
use crate::bench::series::Series;
use crate::http::Call;
use crate::up::Visitor;

/// Calls one after the other, each on a connection of its own.
#[derive(Debug, Serialize)]
pub struct Overhead {
    /// `GET /healthz`: a connection and next to nothing.
    pub nothing: Series,
    /// `GET /api/me`: with a session.
    pub session: Series,
    /// `GET /v1/printers` with a token, at the service itself.
    pub service: Series,
    /// `GET /api/print/printers` with a session, through the gateway.
    pub gateway: Series,
    /// What the studio adds: the difference of the last two medians.
    pub added_ms: f64,
}

/// Measures in turns, so that whatever else the machine does meets all alike.
pub fn measure(product: &Product, owner: &Visitor, choices: &Choices) -> Result<Overhead> {
    let token = format!("Authorization: Bearer {}", product.site.token()?);
    let (mut nothing, mut session, mut service, mut gateway) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..choices.calls {
        nothing.push(time(|| Call::get("/healthz").send(&product.url).map(drop))?);
        session.push(time(|| owner.look("/api/me").map(drop))?);
        service.push(time(|| {
            let mut call = Call::get("/v1/printers");
            call.headers.push(token.clone());
            call.succeed(&product.url).map(drop)
        })?);
        gateway.push(time(|| owner.look("/api/print/printers").map(drop))?);
    }
    let series = |times| Series::of(times).context("nothing was called");
    let (service, gateway) = (series(service)?, series(gateway)?);
    Ok(Overhead {
        nothing: series(nothing)?,
        session: series(session)?,
        added_ms: gateway.median_ms - service.median_ms,
        service,
        gateway,
    })
}

fn time(work: impl FnOnce() -> Result<()>) -> Result<f64> {
    let since = Stopwatch::start();
    work()?;
    Ok(since.ms())
}
