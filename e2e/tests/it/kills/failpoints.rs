//! `kill -9` of service and bridge at every point of the start path, each time it is reached.

use super::print::{Print, busy, waiting};
use anyhow::{Context, Result, bail, ensure};
use fluxprint_e2e::{Api, Engine, Pace, Program, WAIT, World, WorldConfig, programs_dir, wait_for};
use memchr::memmem;
use serde_json::Value;
use std::os::unix::process::ExitStatusExt;
use std::time::Duration;
use tokio::time::Instant;

/// A point of sudden death and what must come of a print that meets it.
struct Case {
    point: &'static str,
    /// How many of the moments at which a print reaches the point are tried.
    moments: u32,
    expected: Expected,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Expected {
    /// Nothing was tried yet: the copy is queued again with its bed token and completes. Or the
    /// printer prints on, and the end is seen.
    Completed,
    /// The start was issued and may not have reached the journal. After a restart it is not made
    /// again by itself: a person releases the print, and it completes.
    Undelivered,
    /// INTENT without RESULT, and OctoPrint is idle: nobody can know.
    NeedsAttention,
}

const fn case(point: &'static str, moments: u32, expected: Expected) -> Case {
    Case {
        point,
        moments,
        expected,
    }
}

const CASES: [Case; 11] = [
    case("service.before_issue", 1, Expected::Completed),
    case("service.after_issue", 1, Expected::Undelivered),
    case("service.after_send", 1, Expected::Undelivered),
    case("service.before_apply", 6, Expected::Completed),
    case("service.after_apply", 6, Expected::Completed),
    case("bridge.after_stage", 1, Expected::Completed),
    case("bridge.before_intent", 1, Expected::Undelivered),
    case("bridge.after_intent", 1, Expected::NeedsAttention),
    case("bridge.after_start_call", 1, Expected::Completed),
    case("bridge.before_result", 3, Expected::Completed),
    case("bridge.after_result", 3, Expected::Completed),
];

/// The files that name the points.
const SOURCES: [&str; 2] = [
    include_str!("../../../../crates/service/src/failpoint.rs"),
    include_str!("../../../../crates/bridge/src/failpoint.rs"),
];

#[test]
fn every_failpoint_of_the_sources_has_a_case() {
    let named = |line: &str| {
        Some(
            line.strip_prefix("pub const ")?
                .split('"')
                .nth(1)?
                .to_owned(),
        )
    };
    let mut points: Vec<String> = SOURCES
        .iter()
        .flat_map(|s| s.lines())
        .filter_map(named)
        .collect();
    let mut cases = CASES.map(|case| case.point);
    points.sort();
    cases.sort();
    assert_eq!(points, cases);
}

#[tokio::test]
async fn the_service_dies_at_every_failpoint_on_sqlite() {
    at_every_point(Victim::Service, Engine::Sqlite)
        .await
        .unwrap();
}

#[tokio::test]
async fn the_service_dies_at_every_failpoint_on_postgresql() {
    let engine = Engine::postgres().unwrap();
    at_every_point(Victim::Service, engine).await.unwrap();
}

#[tokio::test]
async fn the_bridge_dies_at_every_failpoint_on_sqlite() {
    at_every_point(Victim::Bridge, Engine::Sqlite)
        .await
        .unwrap();
}

#[tokio::test]
async fn the_bridge_dies_at_every_failpoint_on_postgresql() {
    let engine = Engine::postgres().unwrap();
    at_every_point(Victim::Bridge, engine).await.unwrap();
}

/// Who dies.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Victim {
    Service,
    Bridge,
}

impl Victim {
    fn owns(self, point: &str) -> bool {
        point.starts_with(match self {
            Self::Service => "service.",
            Self::Bridge => "bridge.",
        })
    }

    fn of(self, world: &mut World) -> (&mut Option<Program>, &Api) {
        match self {
            Self::Service => (&mut world.service, &world.api),
            Self::Bridge => (&mut world.bridge, &world.api),
        }
    }

    /// Starts it again, armed or not.
    fn restart(self, world: &mut World, failpoint: Option<&str>) -> Result<()> {
        match self {
            Self::Service => {
                world.kill_service();
                world.start_service(failpoint)
            }
            Self::Bridge => {
                world.kill_bridge();
                world.start_bridge(failpoint)
            }
        }
    }
}

async fn at_every_point(victim: Victim, engine: Engine) -> Result<()> {
    programs_can_die()?;
    let pace = Pace::Times(20.0);
    let config = WorldConfig {
        pace,
        ..WorldConfig::virtual_on(engine)
    };
    let mut world = World::start(busy(config)).await?;
    for case in CASES.iter().filter(|case| victim.owns(case.point)) {
        for moment in 1..=case.moments {
            let armed = format!("{}:{moment}", case.point);
            let died = dies_at(&mut world, victim, &armed, case.expected).await;
            let died = died.with_context(|| format!("{armed}\n{}", world.logs()))?;
            ensure!(
                died || moment > 1,
                "{armed} was never reached\n{}",
                world.logs()
            );
            if !died {
                break;
            }
        }
    }
    Ok(())
}

/// One print during which `victim` dies at the point that is armed. `false` when the print was over
/// before that point was reached so often.
async fn dies_at(
    world: &mut World,
    victim: Victim,
    armed: &str,
    expected: Expected,
) -> Result<bool> {
    let began = Instant::now();
    victim.restart(world, Some(armed))?;
    // Two seconds of this world's time.
    let print = Print::submit(world, waiting(20, 2_000), armed).await?;
    let died = sees_it_die(world, victim, &print).await?;
    if died {
        victim.restart(world, None)?;
    }
    let mut outcome = print.outcome(world).await?;
    if expected == Expected::Undelivered && outcome.state == "held" {
        ensure!(outcome.starts == 0, "{outcome:?}");
        print.release(world).await?;
        outcome = print.outcome(world).await?;
    }
    println!(
        "{armed}: died {died}, {outcome:?}, {:.1} s",
        began.elapsed().as_secs_f64()
    );
    let (state, starts) = match expected {
        _ if !died => ("completed", 1),
        Expected::Completed | Expected::Undelivered => ("completed", 1),
        Expected::NeedsAttention => ("needs_attention", 0),
    };
    ensure!(
        outcome.state == state && outcome.starts == starts,
        "{outcome:?}"
    );
    if outcome.state == "needs_attention" {
        print.settle(world).await?;
    }
    agrees_with_octoprint(world).await?;
    Ok(died)
}

/// Waits until the victim is dead by its own hand, or the print over without that.
async fn sees_it_die(world: &mut World, victim: Victim, print: &Print) -> Result<bool> {
    let (program, api) = victim.of(world);
    let running = program.as_mut().context("it is not running")?;
    let died = wait_for("a death or an end", WAIT, async || {
        match running.has_ended() {
            true => Ok(Some(true)),
            false => Ok(print.is_over(api).await?.then_some(false)),
        }
    })
    .await?;
    // The last moment of all comes just after the end is written down.
    let late = Duration::from_secs(1);
    let ended = async || Ok(running.has_ended().then_some(()));
    if !died && wait_for("a late death", late, ended).await.is_err() {
        return Ok(false);
    }
    let (status, _) = program.take().context("it is not running")?.wait()?;
    match status.signal() {
        Some(6) => Ok(true),
        _ => bail!("it ended otherwise: {status}"),
    }
}

/// The virtual OctoPrint, which nobody killed, has counted as many starts as the proxy before it.
async fn agrees_with_octoprint(world: &World) -> Result<()> {
    let url = format!("{}/sim/starts", world.proxy.url());
    let counted: Value = reqwest::get(url).await?.json().await?;
    let (counted, asked) = (counted.as_array().map(Vec::len), world.proxy.starts().len());
    ensure!(
        counted == Some(asked),
        "asked {asked} times, started {counted:?} times"
    );
    Ok(())
}

/// Programs without failpoints live on; then nothing here would be tested.
fn programs_can_die() -> Result<()> {
    for program in ["fluxprint", "fluxprint-bridge"] {
        let bytes = std::fs::read(programs_dir().join(program)).context("it is not built")?;
        ensure!(
            memmem::find(&bytes, b"FLUXPRINT_FAILPOINT").is_some(),
            "{program} in {} was built without failpoints: run `cargo xtask test`, or name a folder \
             with such programs in FLUXPRINT_BIN_DIR",
            programs_dir().display()
        );
    }
    Ok(())
}
