//! Bad input and broken surroundings: every case gives a person a clear sentence with what to do
//! and a stable code, shows nothing of our insides, leaves nothing half-written, never asks
//! OctoPrint to start, and the queue goes on.

mod addresses;
mod after;
mod disk;
mod files;
mod gcode;
mod octoprint;
mod programs;
mod slicer;
mod words;

use anyhow::{Context, Result, ensure};
use fluxprint_e2e::{Api, WAIT, World, wait_for};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::process::Command;
use words::Told;

/// Sends a file and waits until it has been looked at; the model.
async fn send(api: &Api, bytes: &[u8], name: &str) -> Result<Value> {
    let sha = api.put_model(bytes.to_vec(), name).await?;
    wait_for("the file to be checked", WAIT, async || {
        let model = api
            .ok(Method::GET, &format!("/v1/models/{sha}"), None)
            .await?;
        Ok((model["state"] != "received").then_some(model))
    })
    .await
}

/// Sends a file that cannot be printed and asks for everything that could follow: each answer says
/// the same, and no job is made.
async fn refused(api: &Api, bytes: &[u8], name: &str) -> Result<Told> {
    let model = send(api, bytes, name).await?;
    ensure!(model["state"] == "refused", "{model}");
    let told = Told::reason(&model["reason"])?;
    let mut body = Api::job_body(&sha256(bytes));
    let job = api
        .request(Method::POST, "/v1/jobs")?
        .header("Idempotency-Key", format!("bad-{}", sha256(bytes)))
        .json(&body);
    let problem = Told::problem(job.send().await?, 422).await?;
    ensure!(
        problem == told,
        "the model says {told:?}, the job {problem:?}"
    );
    body.as_object_mut().context("a body")?.remove("name");
    let estimate = api.request(Method::POST, "/v1/estimates")?.json(&body);
    let problem = Told::problem(estimate.send().await?, 422).await?;
    ensure!(
        problem == told,
        "the model says {told:?}, the estimate {problem:?}"
    );
    let jobs = api.ok(Method::GET, "/v1/jobs", None).await?;
    let made = jobs["jobs"].as_array().context("no list")?.iter();
    ensure!(
        made.clone().all(|job| job["model"] != sha256(bytes)),
        "{jobs}"
    );
    Ok(told)
}

/// What `fluxprint smoke` says to the person before it.
struct Spoken {
    exit_code: Option<i32>,
    words: String,
}

/// Runs `fluxprint smoke` as somebody would who has switched backtraces on.
async fn smoke(world: &World, bytes: &[u8], name: &str) -> Result<Spoken> {
    let file = world.dir.path().join(name);
    std::fs::write(&file, bytes)?;
    let mut command = words::program("fluxprint");
    command.args([
        "smoke",
        "--url",
        world.api.url(),
        "--within-s",
        "60",
        "--data",
    ]);
    command.arg(world.data()).arg("--file").arg(&file);
    Spoken::of(command).await
}

impl Spoken {
    /// Runs it to its end, beside everything that goes on meanwhile.
    async fn of(mut command: Command) -> Result<Self> {
        let ended = tokio::task::spawn_blocking(move || command.output()).await??;
        let words = [ended.stdout, ended.stderr].concat();
        Ok(Self {
            exit_code: ended.status.code(),
            words: String::from_utf8(words)?,
        })
    }

    /// Says the same as the API, ends with the exit code of a print that did not succeed, and shows
    /// nothing of our insides.
    fn says(&self, told: &Told) -> Result<()> {
        let Self { exit_code, words } = self;
        ensure!(*exit_code == Some(4), "exit code {exit_code:?}: {words}");
        for part in [&told.code, &told.sentence, &told.remedy] {
            ensure!(
                words.contains(part.as_str()),
                "{part:?} is missing in: {words}"
            );
        }
        words::shows_no_insides(words)
    }
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect()
}

/// What the first copy of a job in the queue waits for.
async fn waits_for(api: &Api, job: &str) -> Result<Told> {
    let found = wait_for("a reason to wait", WAIT, async || {
        let queue = api.ok(Method::GET, "/v1/queue", None).await?;
        let entries = queue["entries"].as_array().context("no entries")?;
        let entry = entries.iter().find(|entry| entry["job"] == job).cloned();
        let reason = entry.unwrap_or(json!({}))["copies"][0]["waits_for"].clone();
        Ok((!reason.is_null()).then_some(reason))
    });
    Told::reason(&found.await?)
}
