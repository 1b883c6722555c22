//! An STL becomes a finished print: through real programs, counted at the door of OctoPrint.

use crate::push::{Push, paths_in};
use anyhow::{Context, Result, ensure};
use fluxprint_e2e::{Api, Engine, OctoPrint, World, WorldConfig, block, part_file, wait_for};
use reqwest::Method;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::time::Duration;

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn an_stl_becomes_one_print_on_sqlite_with_the_virtual_octoprint() {
    smoke(WorldConfig::virtual_on(Engine::Sqlite))
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn an_stl_becomes_one_print_on_postgresql_with_the_virtual_octoprint() {
    smoke(WorldConfig::virtual_on(Engine::postgres().unwrap()))
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn an_stl_becomes_one_print_on_sqlite_with_the_real_octoprint_and_prusaslicer() {
    real(Engine::Sqlite).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn an_stl_becomes_one_print_on_postgresql_with_the_real_octoprint_and_prusaslicer() {
    real(Engine::postgres().unwrap()).await.unwrap();
}

/// `fluxprint smoke`, the command behind `cargo xtask up --once`, ends well, and OctoPrint was
/// asked to start exactly once.
async fn smoke(config: WorldConfig) -> Result<()> {
    let world = World::start(config).await?;
    let part = part_file(world.dir.path(), 20.0, 20.0, 2.0)?;
    let part = part.to_str().context("a path in words")?;
    let push = listen(&world).await?;
    let said = world.fluxprint(&["smoke", "--url", world.api.url(), "--file", part]);
    let said = said.with_context(|| world.logs())?;
    ensure!(said.contains("Completed: the part is done."), "{said}");
    ensure!(
        said.contains("Estimate: ") && said.contains("high confidence"),
        "{said}"
    );
    let starts = world.proxy.starts();
    ensure!(starts.len() == 1, "{starts:?}\n{}", world.logs());
    let counted: Value = reqwest::get(format!("{}/sim/starts", world.proxy.url()))
        .await?
        .json()
        .await?;
    ensure!(
        counted.as_array().is_some_and(|starts| starts.len() == 1),
        "{counted}"
    );
    let list = world.api.ok(Method::GET, "/v1/jobs", None).await?;
    let id = list["jobs"][0]["id"].as_str().context("no job")?;
    tells_of_one_print(push, &world.api.job(id).await?).await
}

/// A listener at OctoPrint's own push socket, beside the bridge's and past the proxy.
async fn listen(world: &World) -> Result<Push> {
    Push::open(&world.octoprint.url(), world.key()).await
}

/// Since `push` was opened OctoPrint has started once and finished once: the file of this job.
async fn tells_of_one_print(mut push: Push, job: &Value) -> Result<()> {
    let path = OctoPrint::path_of(&job["attempts"][0]);
    let name = path.rsplit('/').next().context("no name")?;
    push.wait_for(&[&format!("PrintDone {name}")]).await?;
    push.catch_up(&format!("after-{name}")).await?;
    let events = push.take()?;
    for kind in ["PrintStarted", "PrintDone"] {
        let told = paths_in(&events, kind);
        ensure!(told == [path.as_str()], "{kind} of {told:?}, not of {path}");
    }
    Ok(())
}

/// Two blocks of different height, one after the other, through the real OctoPrint.
async fn real(engine: Engine) -> Result<()> {
    let world = World::start(WorldConfig::real_on(engine)).await?;
    let low = print_and_check(&world, 2.0, 1)
        .await
        .with_context(|| world.logs())?;
    let high = print_and_check(&world, 6.0, 2)
        .await
        .with_context(|| world.logs())?;
    ensure!(
        (high - low - 4.0).abs() < 0.5,
        "the tops are at {low} and {high} mm"
    );
    Ok(())
}

/// Prints a block of this height as job number `nth` and holds OctoPrint's own books against ours.
/// The height at which OctoPrint's own reader sees the print end.
async fn print_and_check(world: &World, z_mm: f64, nth: usize) -> Result<f64> {
    let api = &world.api;
    let push = listen(world).await?;
    let model = api.put_model(block(15.0, 15.0, z_mm), "block.stl").await?;
    let id = api
        .create_job(&Api::job_body(&model), &format!("first-print-{nth}"))
        .await?;
    api.clear_bed().await?;
    let job = api
        .wait_job(&id, &["completed", "failed", "held", "needs_attention"])
        .await?;
    ensure!(job["state"] == "completed", "{job}");
    ensure!(
        world.proxy.starts().len() == nth,
        "{:?}",
        world.proxy.starts()
    );
    tells_of_one_print(push, &job).await?;
    let attempt = &job["attempts"][0];
    let path = OctoPrint::path_of(attempt);
    let OctoPrint::Real(octoprint) = &world.octoprint else {
        anyhow::bail!("not the real one")
    };
    let file = wait_for(
        "OctoPrint's own books",
        Duration::from_secs(30),
        async || {
            let file = octoprint.get(&format!("/api/files/local/{path}"))?;
            let counted = file["prints"]["success"] == 1;
            let read = file["gcodeAnalysis"]["printingArea"]["maxZ"].is_number();
            Ok((counted && read).then_some(file))
        },
    )
    .await?;
    ensure!(file["prints"]["failure"] == 0, "{file}");
    let held = download(world, octoprint.api_key(), &path).await?;
    ensure!(
        attempt["gcode"] == held.as_str(),
        "OctoPrint holds {held}, we approved {attempt}"
    );
    file["gcodeAnalysis"]["printingArea"]["maxZ"]
        .as_f64()
        .context("no height")
}

/// SHA-256 of the bytes that OctoPrint holds.
async fn download(world: &World, key: &str, path: &str) -> Result<String> {
    let url = format!("{}/downloads/files/local/{path}", world.proxy.url());
    let answer = reqwest::Client::new()
        .get(url)
        .header("X-Api-Key", key)
        .send()
        .await?;
    let bytes = answer.error_for_status()?.bytes().await?;
    Ok(Sha256::digest(&bytes)
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn six_parallel_identical_submissions_make_one_job_and_six_starts_by_hand_one_start() {
    for engine in [Engine::Sqlite, Engine::postgres().unwrap()] {
        six_at_once(engine).await.unwrap();
    }
}

async fn six_at_once(engine: Engine) -> Result<()> {
    let world = World::start(WorldConfig::virtual_on(engine)).await?;
    let push = listen(&world).await?;
    let api = &world.api;
    let model = api.put_model(block(15.0, 15.0, 2.0), "block.stl").await?;
    let body = Api::job_body(&model);
    let (a, b, c, d, e, f) = tokio::try_join!(
        api.create_job(&body, "one"),
        api.create_job(&body, "one"),
        api.create_job(&body, "one"),
        api.create_job(&body, "one"),
        api.create_job(&body, "one"),
        api.create_job(&body, "one"),
    )?;
    ensure!(
        [&b, &c, &d, &e, &f].into_iter().all(|id| *id == a),
        "{a} {b} {c} {d} {e} {f}"
    );
    let list = api.ok(Method::GET, "/v1/jobs", None).await?;
    ensure!(
        list["jobs"].as_array().is_some_and(|jobs| jobs.len() == 1),
        "{list}"
    );
    wait_for("the file to be staged", fluxprint_e2e::WAIT, async || {
        let job = api.job(&a).await?;
        Ok((job["attempts"][0]["state"] == "staged").then_some(()))
    })
    .await?;
    api.clear_bed().await?;
    let path = format!("/v1/jobs/{a}/start");
    let start = async || api.send(api.request(Method::POST, &path)?).await;
    let _ = tokio::join!(start(), start(), start(), start(), start(), start());
    let job = api
        .wait_job(&a, &["completed", "failed", "held", "needs_attention"])
        .await?;
    ensure!(job["state"] == "completed", "{job}\n{}", world.logs());
    ensure!(
        world.proxy.starts().len() == 1,
        "{:?}",
        world.proxy.starts()
    );
    tells_of_one_print(push, &job).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn an_answer_lost_after_the_start_is_not_repeated() {
    lost_answer().await.unwrap();
}

async fn lost_answer() -> Result<()> {
    let world = World::start(WorldConfig::virtual_on(Engine::Sqlite)).await?;
    let push = listen(&world).await?;
    let api = &world.api;
    world
        .proxy
        .drop_next_answer_matching(|request| request.start.is_some());
    let model = api.put_model(block(15.0, 15.0, 2.0), "block.stl").await?;
    let id = api.create_job(&Api::job_body(&model), "lost").await?;
    api.clear_bed().await?;
    let job = api
        .wait_job(&id, &["completed", "failed", "held", "needs_attention"])
        .await?;
    ensure!(job["state"] == "completed", "{job}\n{}", world.logs());
    let starts = world.proxy.starts();
    ensure!(starts.len() == 1 && starts[0].lost, "{starts:?}");
    tells_of_one_print(push, &job).await
}
