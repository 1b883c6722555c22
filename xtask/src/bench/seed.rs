//! One model and many jobs of it, made as people make them.

use std::fmt::Write;
use std::fs;
use std::time::Duration;

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::patience::wait_for;
use super::product::{Product, word};
use crate::http::Call;
use crate::up::sample_part;

/// How long checking and slicing one small plate may take.
const PREPARED_WITHIN: Duration = Duration::from_secs(60);
const LOOK: Duration = Duration::from_millis(100);

/// Sends a plate and makes `count` jobs of it; returns when they are all prepared, with the body
/// that makes one more.
pub fn seed(product: &mut Product, count: usize) -> Result<Value> {
    let model = send_model(product)?;
    let body = json!({
        "model": model, "name": "bench", "material": "PLA", "quality": "draft",
        "copies": 1, "supports": false, "infill_pct": 10,
    });
    for number in 0..count {
        let key = format!("bench-seed-{number}");
        product.change("POST", "/v1/jobs", &body, Some(&key))?;
    }
    wait_for("all jobs to be prepared", PREPARED_WITHIN, LOOK, || {
        let preparing = product.look("/v1/jobs?state=preparing&limit=1")?;
        let none = preparing
            .get("jobs")
            .and_then(Value::as_array)
            .is_some_and(Vec::is_empty);
        Ok(none.then_some(()))
    })?;
    Ok(body)
}

fn send_model(product: &mut Product) -> Result<String> {
    let file = sample_part::write(&product.site.data.path("plate.stl"))?;
    let bytes = fs::read(file)?;
    let mut sha256 = String::new();
    for byte in Sha256::digest(&bytes) {
        let _ = write!(sha256, "{byte:02x}");
    }
    let path = format!("/v1/models/{sha256}");
    let put = format!("{path}?name=plate.stl");
    product.ask(Call {
        method: "PUT",
        path: &put,
        headers: Vec::new(),
        body: &bytes,
    })?;
    wait_for("the model to be checked", PREPARED_WITHIN, LOOK, || {
        let model = product.look(&path)?;
        let state = word(&model, "state")?;
        ensure!(state != "refused", "the sample part was refused: {model}");
        Ok((state == "checked").then_some(()))
    })?;
    Ok(sha256)
}
