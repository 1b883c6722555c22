//! People at a browser: each journey is a script of `e2e/web/`, sent through a whole product.

use anyhow::Result;
use fluxprint_e2e::{Engine, Journey, World, WorldConfig};
use std::time::Duration;

/// Longest time of a journey without a print.
const SHORT: Duration = Duration::from_secs(90);

#[tokio::test]
async fn a_stranger_is_asked_to_sign_in_and_no_page_complains() {
    walk("first_look.mjs", WorldConfig::virtual_on(Engine::Sqlite))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_stranger_is_asked_to_sign_in_at_a_studio_of_its_own() {
    let engine = Engine::postgres().unwrap();
    walk("first_look.mjs", WorldConfig::virtual_on(engine).split())
        .await
        .unwrap();
}

async fn walk(script: &'static str, config: WorldConfig) -> Result<()> {
    let mut world = World::start(config).await?;
    Journey::new(script, SHORT).through(&mut world).await
}
