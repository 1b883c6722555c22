//! Files that are no models, and a model that nobody can print.

use super::after::{a_good_model_prints, nothing_half_written};
use super::words::Told;
use super::{refused, send, sha256, smoke};
use anyhow::{Context, Result, ensure};
use fluxprint_e2e::{Api, Engine, World, WorldConfig, block};
use reqwest::Method;
use std::io::Write;
use std::net::TcpStream;

const MB: usize = 1_000_000;

#[tokio::test]
async fn a_file_that_is_no_model_is_refused_in_plain_words_and_the_queue_goes_on() {
    for engine in [Engine::Sqlite, Engine::postgres().unwrap()] {
        no_models(engine).await.unwrap();
    }
}

async fn no_models(engine: Engine) -> Result<()> {
    let world = World::start(WorldConfig::virtual_on(engine)).await?;
    for (name, bytes, code, says) in cases() {
        let told = refused(&world.api, &bytes, name).await.context(name)?;
        told.is(code, says).context(name)?;
        smoke(&world, &bytes, name)
            .await?
            .says(&told)
            .context(name)?;
    }
    nothing_half_written(&world).await?;
    ensure!(
        world.proxy.starts().is_empty(),
        "{:?}",
        world.proxy.starts()
    );
    a_good_model_prints(&world, 0).await
}

/// A name, bytes, and what is said of them.
fn cases() -> Vec<(&'static str, Vec<u8>, &'static str, &'static str)> {
    let whole = block(20.0, 20.0, 10.0);
    let cut = whole[..whole.len() - 60].to_vec();
    let count = |bytes: &[u8], triangles: u32| {
        let mut bytes = bytes.to_vec();
        bytes[80..84].copy_from_slice(&triangles.to_le_bytes());
        bytes
    };
    let text = "solid part\nfacet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 1 0 0\n";
    vec![
        ("empty.stl", Vec::new(), "MODEL_EMPTY", "holds no shape"),
        (
            "cut.stl",
            cut,
            "MODEL_TRUNCATED",
            "end of this file is missing",
        ),
        (
            "cut-text.stl",
            text.into(),
            "MODEL_TRUNCATED",
            "end of this file is missing",
        ),
        ("photo.stl", photo(), "MODEL_NOT_STL", "not an STL"),
        ("letter.stl", letter(), "MODEL_NOT_STL", "not an STL"),
        (
            "too-many.stl",
            count(&whole, u32::MAX),
            "MODEL_HEADER_LIES",
            "4294967295 triangles",
        ),
        (
            "too-few.stl",
            count(&whole, 3),
            "MODEL_HEADER_LIES",
            "3 triangles",
        ),
    ]
}

/// The beginning of a picture, and enough bytes for an STL's header.
fn photo() -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    bytes.extend((0..2_000_u32).map(|n| (n * 7 % 251) as u8));
    bytes
}

fn letter() -> Vec<u8> {
    b"Dear printer,\n\nplease print the part I described on the phone.\n\nYours, Ada\n".to_vec()
}

#[tokio::test]
async fn a_model_larger_than_every_bed_is_told_how_large_the_beds_are() {
    too_large().await.unwrap();
}

async fn too_large() -> Result<()> {
    let world = World::start(WorldConfig::virtual_on(Engine::Sqlite)).await?;
    world.api.printer().await?;
    let bytes = block(900.0, 20.0, 20.0);
    let model = send(&world.api, &bytes, "beam.stl").await?;
    ensure!(
        model["state"] == "checked" && model["size"]["x_mm"] == 900.0,
        "{model}"
    );
    let body = Api::job_body(&sha256(&bytes));
    let id = world.api.create_job(&body, "beam").await?;
    let job = world.api.wait_job(&id, &["failed"]).await?;
    let told = Told::reason(&job["copies"][0]["reason"])?;
    told.is("TOO_LARGE_FOR_PRINTER", "900")?;
    smoke(&world, &bytes, "beam.stl").await?.says(&told)?;
    ensure!(
        world.proxy.starts().is_empty(),
        "{:?}",
        world.proxy.starts()
    );
    a_good_model_prints(&world, 0).await
}

#[tokio::test]
async fn an_upload_that_breaks_off_or_is_not_what_was_announced_leaves_nothing_behind() {
    broken_uploads().await.unwrap();
}

async fn broken_uploads() -> Result<()> {
    let mut config = WorldConfig::virtual_on(Engine::Sqlite);
    let limit = ("FLUXPRINT__LIMITS__MODEL_BYTES", (5 * MB).to_string());
    config.service_env = vec![limit];
    let world = World::start(config).await?;
    let api = &world.api;
    let bytes = block(20.0, 20.0, 10.0);
    let path = format!("/v1/models/{}?name=part.stl", sha256(b"something else"));
    let other = api.request(Method::PUT, &path)?.body(bytes.clone());
    let told = Told::problem(other.send().await?, 422).await?;
    told.is("FILE_OTHER_BYTES", "was not kept")?;
    too_many_bytes(&world).await?;
    break_off(api, &bytes)?;
    nothing_half_written(&world).await?;
    let models = api.ok(Method::GET, "/v1/models", None).await?;
    ensure!(
        models["models"].as_array().is_some_and(Vec::is_empty),
        "{models}"
    );
    a_good_model_prints(&world, 0).await
}

/// A file beyond the limit is refused before its first byte, and its sender is told.
async fn too_many_bytes(world: &World) -> Result<()> {
    let bytes = vec![7; 40 * MB];
    let path = format!("/v1/models/{}?name=large.stl", sha256(&bytes));
    let put = world.api.request(Method::PUT, &path)?.body(bytes.clone());
    let told = Told::problem(put.send().await?, 413).await?;
    told.is("BODY_TOO_LARGE", "5 MB")?;
    smoke(world, &bytes, "large.stl").await?.says(&told)
}

/// Announces a whole file, sends half of it, and hangs up.
fn break_off(api: &Api, bytes: &[u8]) -> Result<()> {
    let host = api.url().trim_start_matches("http://");
    let mut stream = TcpStream::connect(host)?;
    let (path, token) = (sha256(bytes), api.token()?);
    write!(
        stream,
        "PUT /v1/models/{path}?name=part.stl HTTP/1.1\r\nHost: {host}\r\n\
         Authorization: Bearer {token}\r\nContent-Length: {}\r\n\r\n",
        bytes.len()
    )?;
    stream.write_all(&bytes[..bytes.len() / 2])?;
    Ok(stream.flush()?)
}
