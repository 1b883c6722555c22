//! People at a browser: each journey is a script of `e2e/web/`, sent through a whole product.

use anyhow::Result;
use fluxprint_e2e::{Engine, Journey, Pace, World, WorldConfig};
use std::time::Duration;

/// Longest time of a journey, on a machine that also compiles.
const WITHIN: Duration = Duration::from_secs(420);
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
async fn people_are_set_up_invited_given_another_role_and_helped_back_in() {
    walk("people.mjs", virtually()).await.unwrap();
}

#[tokio::test]
async fn a_project_is_made_renamed_and_deleted() {
    walk("projects.mjs", virtually()).await.unwrap();
}

#[tokio::test]
async fn whoever_stands_at_the_printers_can_do_all_of_it_in_the_pages() {
    walk("operator.mjs", virtually()).await.unwrap();
}

#[tokio::test]
async fn the_order_of_the_queue_is_in_the_operators_hands() {
    walk("order.mjs", virtually()).await.unwrap();
}

#[tokio::test]
async fn another_organisation_s_ids_are_ids_that_nobody_has() {
    let mut config = virtually();
    let many = ("FLUXPRINT__LIMITS__JOBS_PER_HOUR", "100".to_owned());
    config.service_env.push(many);
    walk("foreign_ids.mjs", config).await.unwrap();
}

#[tokio::test]
async fn a_cut_upload_goes_on_where_it_was() {
    walk("cut_upload.mjs", virtually()).await.unwrap();
}

#[tokio::test]
async fn the_flag_and_a_lost_service_are_seen_by_open_pages() {
    let config = WorldConfig {
        pace: Pace::Times(30.0),
        ..WorldConfig::virtual_on(Engine::postgres().unwrap()).split()
    };
    walk("flag.mjs", config).await.unwrap();
}

#[tokio::test]
async fn every_page_of_files_in_every_state_and_theme_is_for_everybody() {
    walk("every_page_of_files.mjs", virtually()).await.unwrap();
}

#[tokio::test]
async fn every_other_page_in_every_state_and_theme_is_for_everybody() {
    walk("every_other_page.mjs", virtually()).await.unwrap();
}

#[tokio::test]
async fn what_goes_wrong_at_a_browser_is_said_in_words() {
    let mut config = virtually();
    // As `bad_input.mjs` has it: a model may be as large as one of its blocks, and four have room.
    let limits = [
        ("FLUXPRINT__LIMITS__MODEL_BYTES", "51084"),
        ("FLUXPRINT__LIMITS__QUOTA_BYTES", "210000"),
    ];
    let limits = limits.map(|(name, bytes)| (name, bytes.to_owned()));
    config.service_env.extend(limits);
    walk("bad_input.mjs", config).await.unwrap();
}

#[tokio::test]
async fn something_else_in_the_place_of_the_service_is_told_from_it() {
    let engine = Engine::postgres().unwrap();
    walk("garbage.mjs", WorldConfig::virtual_on(engine).split())
        .await
        .unwrap();
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
