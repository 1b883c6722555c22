//! `kill -9` of the virtual OctoPrint before a start, right after it, and in the middle of a print.

use super::print::{Outcome, Print, busy, clear_bed, waiting};
use anyhow::{Context, Result, ensure};
use fluxprint_e2e::{Engine, Pace, WAIT, World, WorldConfig, wait_for};
use reqwest::Method;

#[tokio::test]
async fn octoprint_dies_before_after_and_during_a_print_on_sqlite() {
    dies_around_a_start(Engine::Sqlite).await.unwrap();
}

#[tokio::test]
async fn octoprint_dies_before_after_and_during_a_print_on_postgresql() {
    dies_around_a_start(Engine::postgres().unwrap())
        .await
        .unwrap();
}

async fn dies_around_a_start(engine: Engine) -> Result<()> {
    let pace = Pace::Times(20.0);
    let config = WorldConfig {
        pace,
        ..WorldConfig::virtual_on(engine)
    };
    let mut world = World::start(busy(config)).await?;
    let moments = [
        (Moment::Before, "completed"),
        (Moment::JustStarted, "needs_attention"),
        (Moment::Printing, "needs_attention"),
    ];
    for (moment, expected) in moments {
        let died = dies(&mut world, moment).await;
        let outcome = died.with_context(|| format!("{moment:?}\n{}", world.logs()))?;
        println!("{moment:?}: {outcome:?}");
        ensure!(
            outcome.state == expected && outcome.starts == 1,
            "{moment:?}: {outcome:?}"
        );
    }
    Ok(())
}

/// When OctoPrint dies.
#[derive(Clone, Copy, Debug)]
enum Moment {
    /// The file is stored, the bed is clear.
    Before,
    /// The call that starts was answered.
    JustStarted,
    /// The bridge has seen it printing.
    Printing,
}

async fn dies(world: &mut World, moment: Moment) -> Result<Outcome> {
    // Five seconds of this world's time.
    let gcode = waiting(50, 2_000);
    let key = format!("{moment:?}");
    let print = match moment {
        Moment::Before => held_back(world, gcode, &key).await?,
        _ => Print::submit(world, gcode, &key).await?,
    };
    match moment {
        Moment::Before => {}
        Moment::JustStarted => answered(world, &print).await?,
        Moment::Printing => print.wait_try(world, "printing").await?,
    }
    world.kill_octoprint();
    world.restart_octoprint()?;
    world.api.ok(Method::DELETE, "/v1/hold", None).await?;
    let outcome = print.outcome(world).await?;
    if outcome.state == "needs_attention" {
        print.settle(world).await?;
    }
    Ok(outcome)
}

/// A print that could start at once, if printing were not on hold.
async fn held_back(world: &World, gcode: Vec<u8>, key: &str) -> Result<Print> {
    let print = Print::send(world, gcode, key).await?;
    print.wait_try(world, "staged").await?;
    world.api.ok(Method::PUT, "/v1/hold", None).await?;
    clear_bed(world).await?;
    Ok(print)
}

/// OctoPrint has answered the start.
async fn answered(world: &World, print: &Print) -> Result<()> {
    wait_for("an answered start", WAIT, async || {
        let starts = print.starts(world);
        Ok(starts
            .iter()
            .any(|start| start.status.is_some())
            .then_some(()))
    })
    .await
}
