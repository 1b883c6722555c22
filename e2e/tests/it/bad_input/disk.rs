//! A full disk under the service's data.

use super::after::{a_good_model_prints, completes, nothing_half_written};
use super::words::{self, Told};
use super::{send, sha256, smoke};
use anyhow::{Context, Result, ensure};
use fluxprint_e2e::{Api, Engine, WAIT, World, WorldConfig, block, wait_for};
use reqwest::{Method, StatusCode};
use std::fs::File;
use std::io::{ErrorKind, Write};

/// Bytes of the whole disk.
const DISK_BYTES: u64 = 160 * 1024 * 1024;
/// Bytes of a model that does not fit on it.
const MODEL_BYTES: usize = 128 * 1024 * 1024;

#[tokio::test]
async fn a_full_disk_is_told_as_such_reads_go_on_and_so_does_the_queue_once_there_is_room() {
    full_disk().await.unwrap();
}

async fn full_disk() -> Result<()> {
    let mut config = WorldConfig::virtual_on(Engine::Sqlite);
    config.disk_bytes = Some(DISK_BYTES);
    let world = World::start(config).await?;
    a_model_that_does_not_fit(&world).await?;
    a_good_model_prints(&world, 0).await?;
    a_disk_without_a_free_byte(&world).await?;
    a_good_model_prints(&world, 1).await?;
    a_disk_that_fills_up_on_the_way(&world).await
}

async fn a_model_that_does_not_fit(world: &World) -> Result<()> {
    let bytes = vec![7; MODEL_BYTES];
    disk_full(put(&world.api, &bytes).await?).await?;
    let told = smoke(world, &bytes, "large.stl").await?;
    ensure!(told.words.contains("[DISK_FULL]"), "{}", told.words);
    let models = world.api.ok(Method::GET, "/v1/models", None).await?;
    ensure!(
        models["models"].as_array().is_some_and(Vec::is_empty),
        "{models}"
    );
    nothing_half_written(world).await
}

async fn a_disk_without_a_free_byte(world: &World) -> Result<()> {
    let (api, known) = (&world.api, block(12.0, 12.0, 1.0));
    let filler = Filler::fill(world)?;
    let part = block(11.0, 11.0, 1.0);
    disk_full(put(api, &part).await?).await?;
    let body = Api::job_body(&sha256(&known));
    let job = api
        .request(Method::POST, "/v1/jobs")?
        .header("Idempotency-Key", "full");
    disk_full(job.json(&body).send().await?).await?;
    let spoken = smoke(world, &part, "part.stl").await?;
    ensure!(spoken.exit_code == Some(4), "{}", spoken.words);
    ensure!(spoken.words.contains("[DISK_FULL]"), "{}", spoken.words);
    words::shows_no_insides(&spoken.words)?;
    for path in [
        "/v1/jobs",
        "/v1/printers",
        "/v1/queue",
        "/v1/models",
        "/healthz",
    ] {
        let answer = api.request(Method::GET, path)?.send().await?;
        ensure!(
            answer.status() == StatusCode::OK,
            "{path}: {}",
            answer.status()
        );
    }
    let jobs = api.ok(Method::GET, "/v1/jobs", None).await?;
    ensure!(
        jobs["jobs"].as_array().is_some_and(|jobs| jobs.len() == 1),
        "{jobs}"
    );
    nothing_half_written(world).await?;
    filler.remove()
}

/// Not even that something failed can be written down: it is, as soon as there is room.
async fn a_disk_that_fills_up_on_the_way(world: &World) -> Result<()> {
    let (api, part) = (&world.api, block(80.0, 80.0, 40.0));
    send(api, &part, "part.stl").await?;
    let job = api
        .create_job(&Api::job_body(&sha256(&part)), "on-the-way")
        .await?;
    let work = world.files_of_service().join("work");
    wait_for("the slicing to begin", WAIT, async || {
        Ok(std::fs::read_dir(&work)?.next().map(drop))
    })
    .await?;
    let filler = Filler::fill(world)?;
    wait_for("the full disk to be noticed", WAIT, async || {
        let log = std::fs::read_to_string(world.dir.path().join("service.log"))?;
        Ok(log.contains("a task did not succeed").then_some(()))
    })
    .await?;
    filler.remove()?;
    api.clear_bed().await?;
    completes(world, &job).await?;
    nothing_half_written(world).await
}

async fn put(api: &Api, bytes: &[u8]) -> Result<reqwest::Response> {
    let path = format!("/v1/models/{}?name=part.stl", sha256(bytes));
    Ok(api
        .request(Method::PUT, &path)?
        .body(bytes.to_vec())
        .send()
        .await?)
}

async fn disk_full(answer: reqwest::Response) -> Result<()> {
    let told = Told::problem(answer, StatusCode::INSUFFICIENT_STORAGE.as_u16()).await?;
    told.is("DISK_FULL", "disk is full")?;
    ensure!(told.remedy.contains("free space"), "{told:?}");
    Ok(())
}

/// A file that takes all the room there is.
struct Filler(std::path::PathBuf);

impl Filler {
    fn fill(world: &World) -> Result<Self> {
        let path = world.files_of_service().join("filler");
        let mut file = File::create(&path)?;
        for size_bytes in [1024 * 1024, 4096] {
            let chunk = vec![0_u8; size_bytes];
            loop {
                match file.write_all(&chunk) {
                    Ok(()) => {}
                    Err(error) if error.kind() == ErrorKind::StorageFull => break,
                    Err(error) => return Err(error).context("filling the disk"),
                }
            }
        }
        Ok(Self(path))
    }

    fn remove(self) -> Result<()> {
        Ok(std::fs::remove_file(self.0)?)
    }
}
