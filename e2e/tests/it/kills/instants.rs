//! `kill -9` of any program at seeded instants of a print on the real OctoPrint.

use super::chance::Chance;
use super::print::{Outcome, Print, busy, waiting};
use crate::push::{Push, paths_in};
use anyhow::{Context, Result, ensure};
use fluxprint_e2e::{Engine, OctoPrint, WAIT, World, WorldConfig, wait_for};
use serde_json::Value;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// Instants on both engines together.
const INSTANTS: u32 = 20;
/// The first of them, which lie between the queue and the start: a short and eventful time.
const BEFORE_START: u32 = 8;
/// The seed, unless another one is told.
const SEED: u64 = 20_260_722;
/// Names another seed, to look for more or to see a failure again.
const SEED_VAR: &str = "FLUXPRINT_KILL_SEED";
/// Lines of 100 ms in the file that is printed.
const LINES: usize = 40;
/// Per cent of the file behind which OctoPrint may be done before it is dead.
const NEARLY_DONE_PCT: f64 = 90.0;

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn any_program_dies_at_ten_seeded_instants_of_a_real_print_on_sqlite() {
    at_instants(0, Engine::Sqlite).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn any_program_dies_at_ten_seeded_instants_of_a_real_print_on_postgresql() {
    at_instants(1, Engine::postgres().unwrap()).await.unwrap();
}

/// Who dies, in turn.
#[derive(Clone, Copy, Debug)]
enum Victim {
    Bridge,
    Service,
    OctoPrint,
}

const VICTIMS: [Victim; 3] = [Victim::Bridge, Victim::Service, Victim::OctoPrint];

/// Every second of the instants, from the first or the second on: the other engine has the others.
async fn at_instants(first: u32, engine: Engine) -> Result<()> {
    let told = std::env::var(SEED_VAR)
        .ok()
        .and_then(|seed| seed.parse().ok());
    let seed = told.unwrap_or(SEED);
    let mut chance = Chance::of(seed + u64::from(first));
    let mut world = World::start(busy(WorldConfig::real_on(engine))).await?;
    let course = Course::undisturbed(&world)
        .await
        .with_context(|| world.logs())?;
    println!("seed {seed}, {course:?}");
    let victims = VICTIMS.into_iter().cycle().skip(first as usize);
    for (instant, victim) in (first..INSTANTS).step_by(2).zip(victims) {
        let at = course.at(instant, chance.share());
        let died = dies_at(&mut world, victim, at, &format!("instant-{instant}")).await;
        died.with_context(|| format!("seed {seed}, {victim:?} at {at:?}\n{}", world.logs()))?;
    }
    Ok(())
}

/// How a print goes when nobody dies, from the moment its job was taken.
#[derive(Debug)]
struct Course {
    started: Duration,
    completed: Duration,
}

impl Course {
    async fn undisturbed(world: &World) -> Result<Self> {
        let print = Print::submit(world, waiting(LINES, 100), "undisturbed").await?;
        let began = Instant::now();
        wait_for("a start", WAIT, async || {
            Ok((!print.starts(world).is_empty()).then_some(()))
        })
        .await?;
        let started = began.elapsed();
        let outcome = print.outcome(world).await?;
        ensure!(outcome.state == "completed", "{outcome:?}");
        Ok(Self {
            started,
            completed: began.elapsed(),
        })
    }

    /// When this instant is: each has a stretch of its own, and chance a place in it.
    fn at(&self, instant: u32, share: f64) -> Duration {
        let place = f64::from(instant) + share;
        let early = f64::from(BEFORE_START);
        if instant < BEFORE_START {
            return self.started.mul_f64(place / early);
        }
        let share = (place - early) / (f64::from(INSTANTS) - early);
        self.started + (self.completed - self.started).mul_f64(share)
    }
}

/// What was true of the print the moment before somebody died.
#[derive(Debug)]
struct Before {
    asked: bool,
    surely_printing: bool,
}

async fn dies_at(world: &mut World, victim: Victim, at: Duration, key: &str) -> Result<()> {
    let mut push = Push::open(&world.octoprint.url(), world.key()).await?;
    let print = Print::submit(world, waiting(LINES, 100), key).await?;
    let began = Instant::now();
    // Nothing is waited for: the moment itself is what is tried.
    sleep_until(began + at).await;
    let before = Before {
        asked: !print.starts(world).is_empty(),
        surely_printing: matches!(victim, Victim::OctoPrint) && surely_printing(world),
    };
    push.still_listens()?;
    kill_and_restart(world, victim)?;
    let mut told = Vec::new();
    if matches!(victim, Victim::OctoPrint) {
        told = push.last_words().await?;
        // Before anybody lets it start again.
        push = Push::open(&world.octoprint.url(), world.key()).await?;
        // It was down: what people said about the bed before may not count any more.
        print.clear_bed_again(world).await?;
    }
    let outcome = print.outcome(world).await?;
    let took = began.elapsed().as_secs_f64();
    println!("{key}: {victim:?} at {at:?}: {before:?} {outcome:?}, {took:.1} s");
    check(victim, &before, &outcome, &print, world)?;
    push.catch_up(&format!("after-{key}.gcode")).await?;
    told.extend(push.take()?);
    agrees_with_octoprint(&told, &outcome)?;
    if outcome.state == "needs_attention" {
        print.settle(world).await?;
    }
    Ok(())
}

fn kill_and_restart(world: &mut World, victim: Victim) -> Result<()> {
    match victim {
        Victim::Bridge => {
            world.kill_bridge();
            world.start_bridge(None)
        }
        Victim::Service => {
            world.kill_service();
            world.start_service(None)
        }
        Victim::OctoPrint => {
            world.kill_octoprint();
            world.restart_octoprint()
        }
    }
}

/// The class of each death.
fn check(
    victim: Victim,
    before: &Before,
    outcome: &Outcome,
    print: &Print,
    world: &World,
) -> Result<()> {
    let answered = print
        .starts(world)
        .iter()
        .any(|start| start.status.is_some());
    let allowed: &[&str] = match victim {
        // INTENT without RESULT, and OctoPrint was never asked; or not even INTENT.
        Victim::Bridge if outcome.starts == 0 => &["needs_attention", "held"],
        // The start was issued and not delivered.
        Victim::Service if outcome.starts == 0 => &["held"],
        Victim::Bridge | Victim::Service => &["completed"],
        Victim::OctoPrint if before.surely_printing => &["needs_attention"],
        // The call went out while it died.
        Victim::OctoPrint if outcome.starts == 1 && !answered => &["needs_attention"],
        Victim::OctoPrint if !before.asked => &["completed", "held"],
        // It had just begun, or was just done: what it wrote down decides.
        Victim::OctoPrint => &["completed", "needs_attention"],
    };
    ensure!(
        allowed.contains(&outcome.state.as_str()),
        "{before:?} {outcome:?}, not {allowed:?}"
    );
    Ok(())
}

/// OctoPrint's own events tell of no start that it was not asked for, of none in silence, and never
/// of a second one.
fn agrees_with_octoprint(told: &[Value], outcome: &Outcome) -> Result<()> {
    let started = paths_in(told, "PrintStarted");
    // Of a call that went out while somebody died nobody can know.
    let least = usize::from(outcome.state == "completed");
    ensure!(
        (least..=outcome.starts).contains(&started.len()),
        "OctoPrint started {started:?}: {outcome:?}"
    );
    let ours = |path: &String| outcome.paths.contains(path);
    ensure!(started.iter().all(ours), "{started:?}: {outcome:?}");
    Ok(())
}

/// Whether OctoPrint itself says that it is in the middle of a print.
fn surely_printing(world: &World) -> bool {
    let OctoPrint::Real(octoprint) = &world.octoprint else {
        return false;
    };
    let job = octoprint.get("/api/job").unwrap_or(Value::Null);
    let done_pct = job["progress"]["completion"].as_f64();
    job["state"] == "Printing" && done_pct.is_some_and(|pct| pct < NEARLY_DONE_PCT)
}
