//! One misfortune after another, by chance: programs die and the line between bridge and service
//! breaks, at any moment of a print. `cargo xtask chaos` runs it for as long as one likes.

use super::chance::Chance;
use super::print::{Outcome, Print, busy, waiting};
use anyhow::{Context, Result, ensure};
use fluxprint_e2e::{Engine, Pace, World, WorldConfig};
use fluxprint_sim::wire::{Faults, Latency, Passes, Slices};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Rounds of each world, unless another number is told.
const ROUNDS: u32 = 12;
const ROUNDS_VAR: &str = "FLUXPRINT_CHAOS_ROUNDS";
/// The seed, unless another one is told.
const SEED: u64 = 20_261_123;
const SEED_VAR: &str = "FLUXPRINT_CHAOS_SEED";
/// Lines of 2 s in the file that is printed; at 20 printer seconds a second it takes three.
const LINES: usize = 30;
/// A print without misfortune is over before this; the misfortune comes at some moment of it.
const COURSE: Duration = Duration::from_secs(4);

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn f_04_whatever_dies_and_breaks_a_print_starts_at_most_once_on_sqlite() {
    reign(Engine::Sqlite, 0).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn f_04_whatever_dies_and_breaks_a_print_starts_at_most_once_on_postgresql() {
    reign(Engine::postgres().unwrap(), 1).await.unwrap();
}

/// What goes wrong.
#[derive(Clone, Copy, Debug)]
enum Misfortune {
    ServiceDies,
    BridgeDies,
    OctoPrintDies,
    AllDie,
    LineIsReset,
    LineIsDown,
    LineIsLate,
    LineFallsSilent,
}

const ALL: [Misfortune; 8] = [
    Misfortune::ServiceDies,
    Misfortune::BridgeDies,
    Misfortune::OctoPrintDies,
    Misfortune::AllDie,
    Misfortune::LineIsReset,
    Misfortune::LineIsDown,
    Misfortune::LineIsLate,
    Misfortune::LineFallsSilent,
];

fn told<T: std::str::FromStr>(variable: &str, otherwise: T) -> T {
    let said = std::env::var(variable).ok();
    said.and_then(|said| said.parse().ok()).unwrap_or(otherwise)
}

async fn reign(engine: Engine, world: u64) -> Result<()> {
    let seed = told(SEED_VAR, SEED) + world;
    let rounds = told(ROUNDS_VAR, ROUNDS);
    let mut chance = Chance::of(seed);
    let config = WorldConfig {
        pace: Pace::Times(20.0),
        wire_seed: Some(seed),
        ..WorldConfig::virtual_on(engine)
    };
    let mut world = World::start(busy(config)).await?;
    let mut ends = BTreeMap::<String, u32>::new();
    for round in 0..rounds {
        let nth = (chance.share() * ALL.len() as f64) as usize;
        let misfortune = ALL[nth.min(ALL.len() - 1)];
        let at = COURSE.mul_f64(chance.share());
        let lasts = Duration::from_millis((chance.share() * 2_000.0) as u64);
        let met = meets(&mut world, misfortune, at, lasts, &format!("round-{round}")).await;
        let outcome = met.with_context(|| {
            format!(
                "seed {seed}, round {round}, {misfortune:?} at {at:?}\n{}",
                world.logs()
            )
        })?;
        println!("{round}: {misfortune:?} at {at:?} for {lasts:?}: {outcome:?}");
        *ends.entry(outcome.state).or_default() += 1;
    }
    no_file_was_started_twice(&world)?;
    println!("seed {seed}, {rounds} rounds: {ends:?}");
    Ok(())
}

/// A print that meets a misfortune; a person stands by and clears the bed when asked.
async fn meets(
    world: &mut World,
    misfortune: Misfortune,
    at: Duration,
    lasts: Duration,
    key: &str,
) -> Result<Outcome> {
    let print = Print::submit(world, waiting(LINES, 2_000), key).await?;
    let began = Instant::now();
    sleep(at).await;
    happens(world, misfortune, lasts).await?;
    print.clear_bed_again(world).await?;
    let mut outcome = print.outcome(world).await?;
    if outcome.state == "held" {
        // The start was not delivered: a person lets it go on.
        ensure!(outcome.starts == 0, "{outcome:?}");
        print.release(world).await?;
        print.clear_bed_again(world).await?;
        outcome = print.outcome(world).await?;
    }
    ensure!(
        ["completed", "needs_attention", "failed"].contains(&outcome.state.as_str()),
        "{outcome:?} after {:?}",
        began.elapsed()
    );
    // Only a printer that was lost from sight in a print leaves it to a person.
    let nobody_can_know = matches!(
        misfortune,
        Misfortune::OctoPrintDies | Misfortune::AllDie | Misfortune::BridgeDies
    );
    ensure!(
        outcome.state == "completed" || nobody_can_know,
        "{outcome:?}"
    );
    if outcome.state == "needs_attention" {
        print.settle(world).await?;
    }
    Ok(outcome)
}

async fn happens(world: &mut World, misfortune: Misfortune, lasts: Duration) -> Result<()> {
    match misfortune {
        Misfortune::ServiceDies => world.kill_service(),
        Misfortune::BridgeDies => world.kill_bridge(),
        Misfortune::OctoPrintDies => world.kill_octoprint(),
        Misfortune::AllDie => {
            world.kill_octoprint();
            world.kill_bridge();
            world.kill_service();
        }
        Misfortune::LineIsReset
        | Misfortune::LineIsDown
        | Misfortune::LineIsLate
        | Misfortune::LineFallsSilent => return breaks(world, misfortune, lasts).await,
    }
    sleep(lasts).await;
    if world.service.is_none() {
        world.start_service(None)?;
    }
    if matches!(misfortune, Misfortune::OctoPrintDies | Misfortune::AllDie) {
        world.restart_octoprint()?;
    }
    if world.bridge.is_none() {
        world.start_bridge(None)?;
    }
    Ok(())
}

async fn breaks(world: &World, misfortune: Misfortune, lasts: Duration) -> Result<()> {
    let wire = world.wire.as_ref().context("a world with a wire")?;
    let late = Latency {
        delay: Duration::from_millis(300),
        jitter: Duration::from_millis(300),
    };
    let slices = Slices {
        bytes_max: 40,
        pause: Duration::from_millis(1),
    };
    match misfortune {
        Misfortune::LineIsDown => wire.go_down(),
        Misfortune::LineIsLate => wire.set_both(Faults {
            latency: Some(late),
            slices: Some(slices),
            ..Faults::default()
        }),
        Misfortune::LineFallsSilent => wire.set_both(Faults {
            passes: Passes::Later,
            ..Faults::default()
        }),
        _ => wire.reset(),
    }
    sleep(lasts).await;
    wire.heal();
    Ok(())
}

/// Every try has a path of its own: counted over the whole reign, late second starts among them.
fn no_file_was_started_twice(world: &World) -> Result<()> {
    let mut counted = BTreeMap::<String, u32>::new();
    for start in world.proxy.starts() {
        *counted.entry(start.path).or_default() += 1;
    }
    counted.retain(|_, times| *times > 1);
    ensure!(counted.is_empty(), "started more than once: {counted:?}");
    Ok(())
}
