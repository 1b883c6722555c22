//! `fluxprint smoke`: one file from upload to finished part, shown live.

mod show;

use crate::cli::Smoke;
use crate::client::{Client, Room};
use crate::house::House;
use crate::problem::Problem;
use fluxprint_clock::SystemClock;
use fluxprint_domain::{Clock, Sha256};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::Digest;
use show::Screen;
use std::time::Duration;

/// The rule under which beds of virtual printers are cleared here; the service accepts it for no other.
const RULE: &str = "xtask-once";
/// Pause between two looks.
const LOOK: Duration = Duration::from_millis(250);

/// Prints the file and waits for the part.
///
/// # Errors
/// When a part is missing, the file is refused, or the print does not succeed.
pub async fn run(wanted: &Smoke, house: House, clock: &SystemClock) -> Result<(), Problem> {
    let client = Client::new(&wanted.url, house, Room::Service)?;
    let within = Duration::from_secs(wanted.within_s);
    let mut screen = Screen::default();
    match tokio::time::timeout(within, print(wanted, &client, clock, &mut screen)).await {
        Ok(done) => done.map_err(Problem::of_a_print),
        Err(_) => Err(too_late(wanted.within_s, screen.waits_for())),
    }
}

fn too_late(within_s: u64, waits_for: Option<(&str, &str)>) -> Problem {
    let late = format!("It did not end within {within_s} s");
    let (sentence, remedy) = match waits_for {
        Some((why, remedy)) => (format!("{late} and still waits. {why}"), remedy),
        None => (
            format!("{late}."),
            "Look at the queue and the printer, or allow more time with --within-s.",
        ),
    };
    Problem::Print {
        code: "SMOKE_TIMED_OUT".to_owned(),
        sentence,
        remedy: remedy.to_owned(),
    }
}

async fn print(
    wanted: &Smoke,
    client: &Client,
    clock: &SystemClock,
    screen: &mut Screen,
) -> Result<(), Problem> {
    let model = upload(wanted, client, screen).await?;
    let choice = json!({
        "model": model,
        "material": wanted.material,
        "quality": wanted.quality,
        "copies": 1,
        "supports": false,
        "infill_pct": 10,
    });
    // G-code that tells no time has no estimate and can be printed all the same.
    if let Ok(estimate) = client.change(Method::POST, "/v1/estimates", &choice).await {
        screen.estimate(&estimate);
    }
    let mut body = choice;
    if let Some(body) = body.as_object_mut() {
        body.insert("name".to_owned(), json!(name(wanted)));
    }
    let key = format!("smoke-{:032x}", clock.random());
    let request = client
        .request(Method::POST, "/v1/jobs")?
        .header("Idempotency-Key", key)
        .json(&body);
    let job = client.send(request).await?;
    follow(client, word(&job, "/id"), screen).await
}

async fn upload(wanted: &Smoke, client: &Client, screen: &mut Screen) -> Result<String, Problem> {
    let bytes = tokio::fs::read(&wanted.file).await;
    let bytes = bytes.map_err(|why| Problem::File {
        path: wanted.file.clone(),
        why,
    })?;
    let sha256 = Sha256(sha2::Sha256::digest(&bytes).into()).to_string();
    screen.say(&format!(
        "Uploading {} ({} bytes).",
        name(wanted),
        bytes.len()
    ));
    let put = client
        .request(Method::PUT, &format!("/v1/models/{sha256}"))?
        .query(&[("name", name(wanted))])
        .body(bytes);
    client.send(put).await?;
    loop {
        let model = client.get(&format!("/v1/models/{sha256}")).await?;
        match word(&model, "/state") {
            "checked" => {
                screen.model(&model);
                return Ok(sha256);
            }
            "refused" => return Err(because(model.get("reason"))),
            _ => tokio::time::sleep(LOOK).await,
        }
    }
}

async fn follow(client: &Client, id: &str, screen: &mut Screen) -> Result<(), Problem> {
    loop {
        let job = client.get(&format!("/v1/jobs/{id}")).await?;
        let attempt = job
            .get("attempts")
            .and_then(Value::as_array)
            .and_then(|all| all.last());
        let attempt = attempt.cloned().unwrap_or_default();
        let seen = match word(&attempt, "/printer") {
            "" => Value::Null,
            printer => client.get(&format!("/v1/printers/{printer}")).await?,
        };
        screen.job(&job, &attempt, &seen);
        match word(&job, "/state") {
            "completed" => return Ok(()),
            "failed" | "canceled" | "held" | "needs_attention" => {
                return Err(because(job.pointer("/copies/0/reason")));
            }
            "queued" => wait(client, id, screen).await?,
            _ => {}
        }
        let staged = word(&attempt, "/state") == "staged";
        if staged && seen.pointer("/bed/clear") == Some(&json!(false)) {
            let path = format!("/v1/printers/{}/bed-clearance", word(&seen, "/id"));
            client
                .change(Method::PUT, &path, &json!({ "rule": RULE }))
                .await?;
            screen.say(&format!(
                "Bed cleared by the rule {RULE} (virtual printer)."
            ));
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Shows what the job waits for, and what the printers say that cannot be used.
async fn wait(client: &Client, id: &str, screen: &mut Screen) -> Result<(), Problem> {
    let queue = client.get("/v1/queue").await?;
    let entries = queue.get("entries").and_then(Value::as_array);
    let own = entries.and_then(|all| all.iter().find(|entry| word(entry, "/job") == id));
    let Some(reason) = own.and_then(|own| own.pointer("/copies/0/waits_for")) else {
        return Ok(());
    };
    let printers = client.get("/v1/printers").await?;
    screen.waiting(reason, printers.as_array().into_iter().flatten());
    Ok(())
}

fn name(wanted: &Smoke) -> String {
    let name = wanted.file.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

/// The text at a JSON pointer; empty when there is none.
fn word<'a>(value: &'a Value, at: &str) -> &'a str {
    value
        .pointer(at)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

fn because(reason: Option<&Value>) -> Problem {
    let or = |at, otherwise: &str| match reason.map(|reason| word(reason, at)) {
        None | Some("") => otherwise.to_owned(),
        Some(known) => known.to_owned(),
    };
    Problem::Print {
        code: or("/code", "PRINT_DID_NOT_SUCCEED"),
        sentence: or("/sentence", "It did not end with a part."),
        remedy: or("/remedy", "Look at the printer."),
    }
}
