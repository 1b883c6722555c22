//! An OctoPrint that does not answer, or not with this key: the job waits and says so.

use super::after::{completes, nothing_half_written};
use super::words::{self, Told};
use super::{Spoken, waits_for};
use anyhow::{Context, Result, ensure};
use fluxprint_e2e::{Engine, OctoPrint, WAIT, World, WorldConfig, part_file, wait_for};
use fluxprint_sim::proxy::RecordingProxy;
use reqwest::Method;
use std::net::TcpListener;

#[tokio::test]
async fn a_job_waits_for_an_octoprint_that_does_not_answer_and_says_so() {
    unreachable().await.unwrap();
}

async fn unreachable() -> Result<()> {
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let mut config = WorldConfig::virtual_on(Engine::Sqlite);
    config.bridge_env = vec![("OCTOPRINT_URL", format!("http://127.0.0.1:{port}"))];
    let mut world = World::start(config).await?;
    let job = waiting_job(&world, "OCTOPRINT_UNREACHABLE", "OctoPrint does not answer").await?;
    let OctoPrint::Virtual { port: own, .. } = &world.octoprint else {
        anyhow::bail!("not the virtual one")
    };
    world.proxy = RecordingProxy::start_on(port, &format!("http://127.0.0.1:{own}"))?;
    goes_on(&world, &job).await
}

#[tokio::test]
async fn a_job_waits_while_octoprint_refuses_the_key_and_the_printer_says_what_to_do() {
    wrong_key().await.unwrap();
}

async fn wrong_key() -> Result<()> {
    let mut config = WorldConfig::virtual_on(Engine::Sqlite);
    config.bridge_env = vec![("OCTOPRINT_API_KEY", "of-another-octoprint".to_owned())];
    let mut world = World::start(config).await?;
    let job = waiting_job(&world, "KEY_REFUSED", "OctoPrint refuses the key").await?;
    let keys: Vec<_> = world
        .proxy
        .requests()
        .into_iter()
        .filter(|seen| seen.start.is_some())
        .collect();
    ensure!(keys.is_empty(), "{keys:?}");
    world.kill_bridge();
    world.config.bridge_env.clear();
    world.start_bridge(None)?;
    goes_on(&world, &job).await
}

/// A print by `fluxprint smoke` waits, shows the person why, and gives up showing; the job waits on.
async fn waiting_job(world: &World, code: &str, says: &str) -> Result<String> {
    let api = &world.api;
    let message = wait_for("the printer to be offline", WAIT, async || {
        let printer = api.printer().await?;
        let message = printer["message"].as_str().map(str::to_owned);
        ensure!(
            printer["connected"] == true && printer["state"] == "offline",
            "{printer}"
        );
        Ok(message)
    })
    .await?;
    ensure!(
        message.contains(says) && message.ends_with(&format!(" [{code}]")),
        "{message}"
    );
    ensure!(message.matches(". ").count() >= 2, "no remedy: {message}");
    words::shows_no_insides(&message)?;

    let part = part_file(world.dir.path(), 12.0, 12.0, 1.0)?;
    let mut smoke = words::program("fluxprint");
    smoke.args(["smoke", "--url", api.url(), "--within-s", "10", "--data"]);
    smoke.arg(world.data()).arg("--file").arg(part);
    let spoken = Spoken::of(smoke).await?;
    let jobs = api.ok(Method::GET, "/v1/jobs", None).await?;
    let job = jobs["jobs"][0]["id"].as_str().context("no job")?.to_owned();
    ensure!(jobs["jobs"][0]["state"] == "queued", "{jobs}");
    let told = waits_for(api, &job).await?;
    told.is("PRINTER_OFFLINE", "cannot be reached")?;
    spoken.says(&Told {
        code: "SMOKE_TIMED_OUT".to_owned(),
        ..told
    })?;
    ensure!(
        spoken.words.contains(&message),
        "{message:?} is missing in: {}",
        spoken.words
    );
    Ok(job)
}

/// The waiting job is printed without anybody sending it again.
async fn goes_on(world: &World, job: &str) -> Result<()> {
    ensure!(
        world.proxy.starts().is_empty(),
        "{:?}",
        world.proxy.starts()
    );
    world.api.clear_bed().await.with_context(|| world.logs())?;
    completes(world, job).await?;
    ensure!(
        world.proxy.starts().len() == 1,
        "{:?}",
        world.proxy.starts()
    );
    nothing_half_written(world).await
}
