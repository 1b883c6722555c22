//! A load generator for HTTP/1.1: so many connections, each of which sends its next request when
//! the last one is answered (a closed loop). What is slow is asked less often, so the figures say
//! how fast a service is when it is busy all the time, not how it treats a given rate.

mod connection;
mod limits;
mod tally;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use fluxprint_domain::Clock;
use hyper::Uri;
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use tokio::task::JoinSet;

use connection::Plan;
pub use tally::Outcome;
use tally::Tally;

/// What to send, and how much of it.
#[derive(Clone, Debug)]
pub struct Load {
    /// The service, for example `http://127.0.0.1:8080`.
    pub url: String,
    /// Path and query of every request.
    pub path: String,
    /// Sent as `Authorization: Bearer`.
    pub token: Option<String>,
    /// Connections at the same time.
    pub connections: usize,
    /// How long requests are begun; those under way at the end are awaited and counted.
    pub duration: Duration,
    /// A JSON body: then the requests are `POST`, each with an `Idempotency-Key` of its own.
    pub body: Option<Bytes>,
}

/// Sends the load and counts what comes back.
///
/// # Errors
/// When address, path or token make no request, or a bound is overstepped. What goes wrong on the
/// way is counted instead.
pub async fn run(load: &Load, clock: &Arc<dyn Clock>) -> Result<Outcome> {
    let connections = load.connections;
    ensure!(
        (1..=limits::CONNECTIONS_MAX).contains(&connections),
        "connections: 1 to {}",
        limits::CONNECTIONS_MAX
    );
    ensure!(
        load.duration <= limits::DURATION_MAX,
        "the load would run for more than an hour"
    );
    let began = clock.monotonic();
    let until = began.plus_ms(u64::try_from(load.duration.as_millis())?);
    let plan = Arc::new(Plan::new(load, Arc::clone(clock), until)?);
    let cpu_before_ms = cpu_ms()?;
    let mut running = JoinSet::new();
    for _ in 0..connections {
        running.spawn(connection::keep_asking(Arc::clone(&plan)));
    }
    let mut tally = Tally::default();
    while let Some(one) = running.join_next().await {
        tally.add(one.context("a connection of the load has ended badly")?);
    }
    let took_us = clock.monotonic().0.saturating_sub(began.0);
    let cpu = Duration::from_millis(cpu_ms()?.saturating_sub(cpu_before_ms));
    Ok(tally.outcome(connections, Duration::from_micros(took_us), cpu))
}

/// Processor time of this process so far, milliseconds.
fn cpu_ms() -> Result<u64> {
    let usage = getrusage(UsageWho::RUSAGE_SELF)?;
    let spent = usage.user_time() + usage.system_time();
    Ok(u64::try_from(spent.num_milliseconds())?)
}

/// `host:port` of an address.
fn host(uri: &Uri) -> Result<String> {
    ensure!(
        uri.scheme_str() == Some("http"),
        "the address must begin with http://"
    );
    let host = uri.host().context("the address names no host")?;
    Ok(format!("{host}:{}", uri.port_u16().unwrap_or(80)))
}
