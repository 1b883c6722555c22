//! Loads, sent by `fluxprint-sim load`.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::cpu;
use super::product::Product;
use crate::up::answer;

/// What came back from a load, as `fluxprint-sim load` prints it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Outcome {
    pub connections: usize,
    pub requests: u64,
    pub seconds: f64,
    pub per_second: f64,
    pub p50_ms: Option<f64>,
    pub p99_ms: Option<f64>,
    pub max_ms: Option<f64>,
    pub errors: u64,
    pub unanswered: u64,
    pub statuses: BTreeMap<String, u64>,
    pub bytes_per_answer: f64,
    pub cpu_s: f64,
    pub first_error: Option<String>,
}

/// One load and its figures.
#[derive(Debug, Clone, Serialize)]
pub struct Load {
    /// What was asked for.
    pub call: String,
    /// What came back.
    pub outcome: Outcome,
    /// Processor time of the service meanwhile, seconds.
    pub service_cpu_s: f64,
    /// Processor time of everything on the machine meanwhile: service, this load, the engine where
    /// it is a program of its own, and whatever else ran.
    pub machine_cpu_s: f64,
}

/// `GET` again and again.
pub fn read(product: &Product, path: &str, connections: usize, seconds: u64) -> Result<Load> {
    send(
        product,
        &format!("GET {path}"),
        &["--path", path],
        connections,
        seconds,
    )
}

/// Makes jobs, each with a key of its own.
pub fn enqueue(product: &Product, body: &Value, connections: usize, seconds: u64) -> Result<Load> {
    let arguments = ["--path", "/v1/jobs", "--body", &body.to_string()];
    send(product, "POST /v1/jobs", &arguments, connections, seconds)
}

fn send(
    product: &Product,
    call: &str,
    arguments: &[&str],
    connections: usize,
    seconds: u64,
) -> Result<Load> {
    let service = product.pid("fluxprint")?;
    let mut load = product.site.program("fluxprint-sim");
    load.args(["load", "--url", &product.url]).args(arguments);
    load.args([
        "--connections",
        &connections.to_string(),
        "--seconds",
        &seconds.to_string(),
    ]);
    load.env("FLUXPRINT_TOKEN", product.site.token()?);
    let (service_s, machine_s) = (cpu::of_process_s(service)?, cpu::of_machine_s()?);
    let line = answer(load)?;
    let service_cpu_s = cpu::of_process_s(service)? - service_s;
    let machine_cpu_s = cpu::of_machine_s()? - machine_s;
    let outcome = serde_json::from_str(&line).context("fluxprint-sim load is not understood")?;
    Ok(Load {
        call: call.to_owned(),
        outcome,
        service_cpu_s,
        machine_cpu_s,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_of_the_load_tool_is_understood() {
        let line = r#"{"connections":16,"requests":3,"seconds":1.0,"per_second":2.0,"p50_ms":5.0,
            "p99_ms":null,"max_ms":null,"errors":1,"unanswered":0,"statuses":{"200":2,"503":1},
            "bytes_per_answer":10.0,"cpu_s":0.1,"first_error":"503: later"}"#;
        let outcome: Outcome = serde_json::from_str(line).unwrap();
        assert_eq!(outcome.statuses.get("503"), Some(&1));
        assert_eq!(outcome.p99_ms, None);
    }
}
