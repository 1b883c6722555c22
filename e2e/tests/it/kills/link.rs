//! The line between bridge and service breaks: it is cut around a start, falls silent without a word,
//! and lets all that it has swallowed through at once.

use super::print::{Print, busy, clear_bed, waiting};
use anyhow::{Context, Result, ensure};
use fluxprint_e2e::{Engine, Pace, WAIT, World, WorldConfig, wait_for};
use fluxprint_sim::wire::{Direction, Faults, Passes, Wire};
use std::time::Duration;
use tokio::time::{Instant, sleep, sleep_until};

/// Both ends take a silent line for dead after a minute; then they are looked at within so much more.
const DEAD_WITHIN: Duration = Duration::from_secs(75);
/// How long a start may be carried out.
const DEADLINE: Duration = Duration::from_secs(60);

async fn wired(engine: Engine) -> Result<World> {
    let config = WorldConfig {
        pace: Pace::Times(20.0),
        wire_seed: Some(7),
        ..WorldConfig::virtual_on(engine)
    };
    World::start(busy(config)).await
}

fn wire(world: &World) -> Result<&Wire> {
    world.wire.as_ref().context("a world with a wire")
}

/// The bridge is back and has told the truth.
async fn back(world: &World) -> Result<()> {
    wait_for("the bridge to be back", WAIT, async || {
        let printer = world.api.printer().await?;
        Ok((printer["reconciled"] == true).then_some(()))
    })
    .await
}

/// A print of five seconds of this world's time whose file lies in the printer.
async fn staged(world: &World, key: &str) -> Result<Print> {
    let print = Print::send(world, waiting(50, 2_000), key).await?;
    print.wait_try(world, "staged").await?;
    Ok(print)
}

#[tokio::test]
async fn f_05_a_line_that_breaks_around_a_start_lets_it_happen_once() {
    let world = wired(Engine::Sqlite).await.unwrap();
    for (nth, after_ms) in [0, 5, 20, 60, 150, 400].into_iter().enumerate() {
        let broken = breaks_after(&world, after_ms, &format!("cut-{nth}")).await;
        broken
            .with_context(|| format!("{after_ms} ms\n{}", world.logs()))
            .unwrap();
    }
}

/// The bed is cleared, and so much later every connection is reset.
async fn breaks_after(world: &World, after_ms: u64, key: &str) -> Result<()> {
    let print = staged(world, key).await?;
    clear_bed(world).await?;
    sleep_until(Instant::now() + Duration::from_millis(after_ms)).await;
    wire(world)?.reset();
    back(world).await?;
    completes(world, &print).await
}

/// Half open: nobody is told that nothing comes through any more.
#[tokio::test]
async fn f_06_a_line_that_is_dead_without_a_word_is_found_dead_in_a_minute_and_the_print_goes_on() {
    let world = wired(Engine::Sqlite).await.unwrap();
    half_open(&world)
        .await
        .with_context(|| world.logs())
        .unwrap();
}

async fn half_open(world: &World) -> Result<()> {
    let print = Print::submit(world, waiting(50, 2_000), "half-open").await?;
    print.wait_try(world, "printing").await?;
    let dead = Faults {
        passes: Passes::Never,
        ..Faults::default()
    };
    wire(world)?.set_both(dead);
    let began = Instant::now();
    wait_for("the service to know", DEAD_WITHIN, async || {
        let printer = world.api.printer().await?;
        Ok((printer["connected"] == false).then_some(()))
    })
    .await?;
    println!("found dead after {:.1} s", began.elapsed().as_secs_f64());
    let job = world.api.job(&print.job).await?;
    ensure!(
        job["state"] != "completed",
        "nobody has seen its end: {job}"
    );
    wire(world)?.heal();
    // What was dialled into the dead line says nothing either.
    wire(world)?.reset();
    back(world).await?;
    completes(world, &print).await
}

/// The bridge's library says connected, and is not; later everything comes at once (Bambu, 2023).
#[tokio::test]
async fn f_07_a_start_that_comes_with_the_flood_after_a_silence_is_too_late() {
    let world = wired(Engine::Sqlite).await.unwrap();
    flood(&world).await.with_context(|| world.logs()).unwrap();
}

async fn flood(world: &World) -> Result<()> {
    let print = staged(world, "flood").await?;
    let later = Faults {
        passes: Passes::Later,
        ..Faults::default()
    };
    wire(world)?.set(Direction::Down, later);
    clear_bed(world).await?;
    print.wait_try(world, "start_sent").await?;
    sleep(DEADLINE + Duration::from_secs(5)).await;
    ensure!(print.starts(world).is_empty(), "it came through");
    wire(world)?.heal();
    back(world).await?;
    // What was in the flood starts nothing. The word about the bed was not used: in a new session,
    // with a deadline of its own, the print begins as a person wished.
    print.clear_bed_again(world).await?;
    completes(world, &print).await
}

/// It is printed once. What was not delivered may wait for a person, who releases it.
async fn completes(world: &World, print: &Print) -> Result<()> {
    let mut outcome = print.outcome(world).await?;
    if outcome.state == "held" {
        ensure!(outcome.starts == 0, "{outcome:?}");
        print.release(world).await?;
        outcome = print.outcome(world).await?;
    }
    let printed = outcome.state == "completed" && outcome.starts == 1;
    ensure!(printed, "{outcome:?}");
    Ok(())
}
