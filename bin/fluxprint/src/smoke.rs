//! `fluxprint smoke`: one file from upload to finished part, shown live.

mod show;

use crate::cli::Smoke;
use crate::client::Client;
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
    let client = Client::new(&wanted.url, house)?;
    let within = Duration::from_secs(wanted.within_s);
    match tokio::time::timeout(within, print(wanted, &client, clock)).await {
        Ok(done) => done,
        Err(_) => Err(Problem::Print {
            code: "SMOKE_TIMED_OUT".to_owned(),
            sentence: format!("The print did not end within {} s.", wanted.within_s),
            remedy: "Look at the queue and the printer, or allow more time with --within-s.".to_owned(),
        }),
    }
}

async fn print(wanted: &Smoke, client: &Client, clock: &SystemClock) -> Result<(), Problem> {
    let mut screen = Screen::default();
    let model = upload(wanted, client, &mut screen).await?;
    let choice = json!({
        "model": model,
        "material": wanted.material,
        "quality": wanted.quality,
        "copies": 1,
        "supports": false,
        "infill_pct": 10,
    });
    screen.estimate(&client.change(Method::POST, "/v1/estimates", &choice).await?);
    let mut body = choice;
    body["name"] = json!(name(wanted));
    let key = format!("smoke-{:032x}", clock.random());
    let request = client.request(Method::POST, "/v1/jobs")?.header("Idempotency-Key", key).json(&body);
    let job = client.send(request).await?;
    let id = word(&job, "id").to_owned();
    follow(client, &id, &mut screen).await
}

async fn upload(wanted: &Smoke, client: &Client, screen: &mut Screen) -> Result<String, Problem> {
    let bytes = tokio::fs::read(&wanted.file).await;
    let bytes = bytes.map_err(|why| Problem::File { path: wanted.file.clone(), why })?;
    let sha256 = Sha256(sha2::Sha256::digest(&bytes).into()).to_string();
    screen.say(&format!("Uploading {} ({} bytes).", name(wanted), bytes.len()));
    let put = client
        .request(Method::PUT, &format!("/v1/models/{sha256}"))?
        .query(&[("name", name(wanted))])
        .body(bytes);
    client.send(put).await?;
    loop {
        let model = client.get(&format!("/v1/models/{sha256}")).await?;
        match word(&model, "state") {
            "checked" => {
                screen.model(&model);
                return Ok(sha256);
            }
            "refused" => return Err(because(&model["refusal"])),
            _ => tokio::time::sleep(LOOK).await,
        }
    }
}

async fn follow(client: &Client, id: &str, screen: &mut Screen) -> Result<(), Problem> {
    loop {
        let job = client.get(&format!("/v1/jobs/{id}")).await?;
        let attempt = job["attempts"].as_array().and_then(|all| all.last()).cloned().unwrap_or_default();
        let printer = word(&attempt, "printer").to_owned();
        let seen = match printer.as_str() {
            "" => Value::Null,
            printer => client.get(&format!("/v1/printers/{printer}")).await?,
        };
        screen.job(&job, &attempt, &seen);
        match word(&job, "state") {
            "completed" => return Ok(()),
            "failed" | "canceled" | "held" | "needs_attention" => {
                return Err(because(&job["copies"][0]["reason"]));
            }
            _ => {}
        }
        let staged = word(&attempt, "state") == "staged";
        if staged && seen["bed"]["clear"] == json!(false) {
            let path = format!("/v1/printers/{printer}/bed-clearance");
            client.change(Method::PUT, &path, &json!({ "rule": RULE })).await?;
            screen.say(&format!("Bed cleared by the rule {RULE} (virtual printer)."));
        }
        tokio::time::sleep(LOOK).await;
    }
}

fn name(wanted: &Smoke) -> String {
    let name = wanted.file.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

fn word<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn because(reason: &Value) -> Problem {
    let or = |name, otherwise: &str| match word(reason, name) {
        "" => otherwise.to_owned(),
        known => known.to_owned(),
    };
    Problem::Print {
        code: or("code", "PRINT_DID_NOT_SUCCEED"),
        sentence: or("sentence", "The print did not end with a part."),
        remedy: or("remedy", "Look at the printer."),
    }
}
