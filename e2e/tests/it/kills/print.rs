//! One print in a world that lives on, with others before and after it.

use anyhow::{Context, Result, ensure};
use fluxprint_e2e::{Api, OctoPrint, WAIT, World, WorldConfig, wait_for};
use fluxprint_sim::proxy::StartSeen;
use reqwest::Method;
use serde_json::{Value, json};

/// States in which nothing more happens by itself.
const OVER: [&str; 5] = ["completed", "failed", "canceled", "held", "needs_attention"];

/// G-code that only waits: so long, in so many lines, with every heater off.
pub fn waiting(lines: usize, line_ms: u32) -> Vec<u8> {
    let mut gcode = "M104 S0\nM140 S0\n".to_owned();
    gcode.push_str(&format!("G4 P{line_ms}\n").repeat(lines));
    gcode.into_bytes()
}

/// The same world, for many prints: more in an hour than one person may have by default.
pub fn busy(config: WorldConfig) -> WorldConfig {
    let many = ("FLUXPRINT__LIMITS__JOBS_PER_HOUR", "1000".to_owned());
    WorldConfig {
        service_env: vec![many],
        ..config
    }
}

/// A job with one copy, and what OctoPrint was asked before it.
pub struct Print {
    /// The job's id.
    pub job: String,
    starts_before: usize,
}

/// How a print ended, as far as the service knows.
#[derive(Debug, PartialEq)]
pub struct Outcome {
    /// The job's state.
    pub state: String,
    /// How often OctoPrint was asked to start it.
    pub starts: usize,
    /// The path of each of its tries in OctoPrint.
    pub paths: Vec<String>,
}

impl Print {
    /// Somebody clears the bed, once, and sends the job.
    pub async fn submit(world: &World, gcode: Vec<u8>, key: &str) -> Result<Self> {
        clear_bed(world).await?;
        Self::send(world, gcode, key).await
    }

    /// Somebody sends the job; nobody has looked at the bed.
    pub async fn send(world: &World, gcode: Vec<u8>, key: &str) -> Result<Self> {
        // Bytes of its own, which have to be checked and fetched.
        let gcode = [gcode, format!("; {key}\n").into_bytes()].concat();
        let model = world.api.put_model(gcode, "waiting.gcode").await?;
        let starts_before = world.proxy.starts().len();
        let job = world.api.create_job(&Api::job_body(&model), key).await?;
        Ok(Self { job, starts_before })
    }

    /// Every time OctoPrint was asked to start since the job was sent. A late second start of an
    /// earlier print is counted here.
    pub fn starts(&self, world: &World) -> Vec<StartSeen> {
        world.proxy.starts().split_off(self.starts_before)
    }

    /// Whether nothing more happens by itself.
    pub async fn is_over(&self, api: &Api) -> Result<bool> {
        Ok(is_over(&api.job(&self.job).await?))
    }

    /// Waits until its newest try is in `state`.
    pub async fn wait_try(&self, world: &World, state: &str) -> Result<()> {
        wait_for(&format!("a try that is {state}"), WAIT, async || {
            let job = world.api.job(&self.job).await?;
            Ok((newest(&job)["state"] == state).then_some(()))
        })
        .await
    }

    /// Somebody stands by until it is over, and looks at the bed again if the print waits for that.
    pub async fn clear_bed_again(&self, world: &World) -> Result<()> {
        wait_for("the print to be over", WAIT, async || {
            let printer = world.api.printer().await?;
            let job = world.api.job(&self.job).await?;
            // The try is looked at after the bed: a word that it has used up is not given again.
            if newest(&job)["state"] == "staged" && printer["bed"]["clear"] == false {
                world.api.clear_bed().await?;
            }
            Ok(is_over(&job).then_some(()))
        })
        .await
    }

    /// Waits for the outcome and checks what holds for every one of them.
    pub async fn outcome(&self, world: &World) -> Result<Outcome> {
        let job = world.api.wait_job(&self.job, &OVER).await?;
        let outcome = Outcome {
            state: job["state"].as_str().unwrap_or_default().to_owned(),
            starts: self.starts(world).len(),
            paths: tries(&job).iter().map(OctoPrint::path_of).collect(),
        };
        let starts = self.starts(world);
        ensure!(starts.len() <= 1, "started twice: {starts:?} {job}");
        ensure!(
            outcome.state != "completed" || outcome.starts == 1,
            "never started: {job}"
        );
        Ok(outcome)
    }

    /// A person has looked at the printer of a print that is held, and lets it go on.
    pub async fn release(&self, world: &World) -> Result<()> {
        let path = format!("/v1/jobs/{}/hold", self.job);
        world.api.ok(Method::DELETE, &path, None).await?;
        Ok(())
    }

    /// A person has looked at what needs attention, and throws it away.
    pub async fn settle(&self, world: &World) -> Result<()> {
        let job = world.api.job(&self.job).await?;
        let copy = job["copies"][0]["id"].as_str().context("no copy")?;
        let path = format!("/v1/copies/{copy}/settlement");
        world
            .api
            .ok(Method::POST, &path, Some(json!({ "outcome": "failed" })))
            .await?;
        Ok(())
    }
}

fn is_over(job: &Value) -> bool {
    let state = job["state"].as_str();
    state.is_some_and(|state| OVER.contains(&state))
}

fn tries(job: &Value) -> &[Value] {
    job["attempts"].as_array().map_or(&[], Vec::as_slice)
}

fn newest(job: &Value) -> &Value {
    tries(job).last().unwrap_or(&Value::Null)
}

/// A person waits until the printer rests, looks, and says that the bed is clear.
pub async fn clear_bed(world: &World) -> Result<()> {
    wait_for("the bed to be clear", WAIT, async || {
        let printer = world.api.printer().await?;
        if printer["reconciled"] != true || printer["state"] != "ready" {
            return Ok(None);
        }
        world.api.clear_bed().await?;
        Ok(Some(()))
    })
    .await
}
