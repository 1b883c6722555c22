//! A slicer that crashes, and one that never comes to an end.

use super::after::{a_good_model_prints, completes, good_gcode_prints, nothing_half_written};
use super::words::Told;
use super::{send, sha256, smoke};
use anyhow::{Context, Result, ensure};
use fluxprint_e2e::{Api, Engine, World, WorldConfig, block};
use std::path::Path;
use tempfile::TempDir;

/// A slicer made for these tests; see there.
const STAND_IN: &str = env!("CARGO_BIN_EXE_slicer-stand-in");

#[tokio::test]
async fn a_slicer_that_crashes_or_never_ends_fails_the_job_and_not_the_queue() {
    broken_slicers().await.unwrap();
}

async fn broken_slicers() -> Result<()> {
    let tools = TempDir::new()?;
    let mut config = WorldConfig::virtual_on(Engine::Sqlite);
    config.service_env = settings(tools.path(), "crashing")?;
    let mut world = World::start(config).await?;
    fails(&world, "SLICER_CRASHED", "stopped before it had finished").await?;
    good_gcode_prints(&world, 0).await?;

    world.config.service_env = settings(tools.path(), "endless")?;
    world.restart_service().await?;
    fails(&world, "SLICER_TIMED_OUT", "took too long").await?;
    good_gcode_prints(&world, 1).await?;

    // What has failed is not held against the model once the slicer works.
    world.config.service_env.clear();
    world.restart_service().await?;
    let again = world
        .api
        .create_job(&Api::job_body(&sha256(&part())), "again")
        .await?;
    world.api.clear_bed().await?;
    completes(&world, &again).await?;
    a_good_model_prints(&world, 3).await
}

fn part() -> Vec<u8> {
    block(30.0, 20.0, 2.0)
}

/// The stand-in under the name that says what it does, as the service's slicer.
fn settings(tools: &Path, name: &str) -> Result<Vec<(&'static str, String)>> {
    let program = tools.join(name);
    std::fs::copy(STAND_IN, &program)?;
    let program = program.to_str().context("a path in words")?.to_owned();
    Ok(vec![
        ("FLUXPRINT__SLICER__PROGRAM", program),
        ("FLUXPRINT__SLICER__TIME_S_MAX", "3".to_owned()),
    ])
}

async fn fails(world: &World, code: &str, says: &str) -> Result<()> {
    let (api, starts) = (&world.api, world.proxy.starts().len());
    let model = send(api, &part(), "part.stl").await?;
    ensure!(model["state"] == "checked", "{model}");
    let id = api
        .create_job(&Api::job_body(&sha256(&part())), code)
        .await?;
    let ends = ["failed", "completed", "queued", "assigned"];
    let job = api
        .wait_job(&id, &ends)
        .await
        .with_context(|| world.logs())?;
    ensure!(job["state"] == "failed", "{job}\n{}", world.logs());
    let told = Told::reason(&job["copies"][0]["reason"])?;
    told.is(code, says)?;
    smoke(world, &part(), "part.stl").await?.says(&told)?;
    ensure!(
        world.proxy.starts().len() == starts,
        "{:?}",
        world.proxy.starts()
    );
    nothing_half_written(world).await
}
