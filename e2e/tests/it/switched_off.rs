//! `FLUXPRINT_ENABLED=false`: the first start holds all printing until an owner releases it.

use anyhow::{Context, Result, ensure};
use fluxprint_e2e::{Api, Engine, WAIT, World, WorldConfig, block, wait_for};
use reqwest::Method;

#[tokio::test]
async fn printing_that_starts_switched_off_waits_and_says_so_until_an_owner_releases_it() {
    for engine in [Engine::Sqlite, Engine::postgres().unwrap()] {
        switched_off(engine).await.unwrap();
    }
}

async fn switched_off(engine: Engine) -> Result<()> {
    let mut config = WorldConfig::virtual_on(engine);
    config.service_env = vec![("FLUXPRINT_ENABLED", "false".to_owned())];
    let mut world = World::start(config).await?;
    let model = block(12.0, 12.0, 1.0);
    let model = world.api.put_model(model, "part.stl").await?;
    let job = world.api.create_job(&Api::job_body(&model), "off").await?;
    waits(&world.api).await?;

    // Later starts leave it as it is: first what was set, then the owner's word.
    world.restart_service().await?;
    waits(&world.api).await?;
    world.api.ok(Method::DELETE, "/v1/hold", None).await?;
    world.restart_service().await?;
    let queue = world.api.ok(Method::GET, "/v1/queue", None).await?;
    ensure!(queue["on_hold"] == false, "{queue}");
    world.api.clear_bed().await?;
    let ends = ["completed", "failed", "held", "needs_attention"];
    let job = world
        .api
        .wait_job(&job, &ends)
        .await
        .with_context(|| world.logs())?;
    ensure!(job["state"] == "completed", "{job}");
    ensure!(
        world.proxy.starts().len() == 1,
        "{:?}",
        world.proxy.starts()
    );
    Ok(())
}

/// The job is ready, waits for the release, and nothing was started.
async fn waits(api: &Api) -> Result<()> {
    wait_for("the job to wait for the release", WAIT, async || {
        let queue = api.ok(Method::GET, "/v1/queue", None).await?;
        ensure!(queue["on_hold"] == true, "{queue}");
        let copy = &queue["entries"][0]["copies"][0];
        ensure!(
            copy["state"] == "queued" && copy["printer"].is_null(),
            "{queue}"
        );
        let reason = &copy["waits_for"];
        ensure!(reason["code"] == "ORGANISATION_ON_HOLD", "{queue}");
        ensure!(
            reason["remedy"] == "Ask an owner to switch printing on again.",
            "{queue}"
        );
        Ok(Some(()))
    })
    .await
}
