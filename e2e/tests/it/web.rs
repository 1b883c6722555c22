//! People at a browser: each journey is a script of `e2e/web/`, sent through a whole product.

use anyhow::Result;
use fluxprint_e2e::{Engine, Journey, Pace, World, WorldConfig};
use std::time::Duration;

/// Longest time of a journey, on a machine that also compiles.
const WITHIN: Duration = Duration::from_secs(240);
/// Printer seconds per second: slow enough to be seen printing.
const PACE: Pace = Pace::Times(60.0);

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

#[tokio::test]
async fn a_file_becomes_a_part_by_mouse() {
    walk("print_by_mouse.mjs", virtually()).await.unwrap();
}

#[tokio::test]
async fn a_file_becomes_a_part_by_keyboard_only() {
    walk("print_by_keyboard.mjs", virtually()).await.unwrap();
}

#[tokio::test]
async fn a_file_becomes_a_part_with_the_real_octoprint_and_prusaslicer_on_postgresql() {
    let config = WorldConfig::real_on(Engine::postgres().unwrap()).split();
    walk("print_by_mouse.mjs", config).await.unwrap();
}

#[tokio::test]
async fn roles_hold_in_the_pages_and_behind_them() {
    walk("roles.mjs", virtually()).await.unwrap();
}

#[tokio::test]
async fn another_organisation_s_ids_are_ids_that_nobody_has() {
    walk("foreign_ids.mjs", virtually()).await.unwrap();
}

fn virtually() -> WorldConfig {
    WorldConfig {
        pace: PACE,
        ..WorldConfig::virtual_on(Engine::Sqlite)
    }
}

async fn walk(script: &'static str, config: WorldConfig) -> Result<()> {
    let mut world = World::start(config).await?;
    Journey::new(script, WITHIN).through(&mut world).await
}
