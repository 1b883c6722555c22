//! Programs that cannot start or go on say so in a sentence, never with a trace.

use super::Spoken;
use super::words::program;
use anyhow::{Context, Result, ensure};
use std::net::TcpListener;
use std::process::Command;
use tempfile::TempDir;

/// Nobody listens here: ports below 1024 are not given out to programs of ours.
const NOBODY: &str = "http://127.0.0.1:9";

#[tokio::test]
async fn a_program_that_cannot_do_its_work_says_why_in_a_sentence_and_shows_no_trace() {
    let dir = TempDir::new().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let file = dir.path().join("file");
    std::fs::write(&file, "not a folder").unwrap();
    let data = dir.path().join("data");
    let of = |name: &str, arguments: &[&str], env: &[(&str, &str)]| {
        let mut command = program(name);
        command.args(arguments).envs(env.iter().copied());
        command
            .env("FLUXPRINT_DATA", &data)
            .env("FLUXPRINT_BRIDGE_DATA", dir.path().join("bridge"));
        command
    };
    let file = file.to_str().unwrap();
    let addr = taken.local_addr().unwrap().to_string();
    let port = addr.rsplit(':').next().unwrap();
    let nowhere = [("FLUXPRINT_API_URL", NOBODY)];
    let postgres = [("DATABASE_URL", "postgres://nobody@127.0.0.1:9/none")];
    let cases: [(i32, Command, &str); 12] = [
        (
            2,
            of("fluxprint", &["up"], &[("FLUXPRINT_ADDR", "nonsense")]),
            "addr",
        ),
        (
            2,
            of("fluxprint", &["up"], &[("JWT_SECRET", "short")]),
            "JWT_SECRET",
        ),
        (3, of("fluxprint", &["up", "--data", file], &[]), "folder"),
        (
            3,
            of("fluxprint", &["up"], &[("FLUXPRINT_ADDR", &addr)]),
            "FLUXPRINT_ADDR",
        ),
        (3, of("fluxprint", &["up"], &postgres), "DATABASE_URL"),
        (
            3,
            of(
                "fluxprint",
                &["smoke", "--url", NOBODY, "--file", file],
                &[],
            ),
            "fluxprint up",
        ),
        (
            3,
            of(
                "fluxprint",
                &["smoke", "--url", NOBODY, "--file", "none.stl"],
                &[],
            ),
            "none.stl",
        ),
        (
            2,
            of("fluxprint-bridge", &["run"], &nowhere),
            "OCTOPRINT_URL",
        ),
        (
            5,
            of(
                "fluxprint-bridge",
                &["pair", "--code", "ABCD-EFGH"],
                &nowhere,
            ),
            "address",
        ),
        (
            1,
            of("fluxprint-sim", &["octoprint", "--knobs", "{"], &[]),
            "--knobs",
        ),
        (
            1,
            of("fluxprint-sim", &["octoprint", "--dir", file], &[]),
            "Not a directory",
        ),
        (
            1,
            of(
                "fluxprint-sim",
                &["proxy", "--upstream", NOBODY, "--port", port],
                &[],
            ),
            "proxy",
        ),
    ];
    for (exit_code, command, says) in cases {
        let what = format!("{command:?}");
        one(command, exit_code, says).await.context(what).unwrap();
    }
}

async fn one(command: Command, exit_code: i32, says: &str) -> Result<()> {
    let Spoken {
        exit_code: code,
        words,
    } = Spoken::of(command).await?;
    ensure!(code == Some(exit_code), "exit code {code:?}: {words}");
    ensure!(words.contains(says), "{says:?} is missing in: {words}");
    for trace in [
        "backtrace",
        "panicked",
        "at src",
        ".rs:",
        "Caused by",
        "Some(",
        "Err(",
        "{ ",
    ] {
        ensure!(!words.contains(trace), "shows {trace:?}: {words}");
    }
    let lines = words.trim_end().lines().count();
    ensure!(
        (1..=2).contains(&lines) && words.len() < 500,
        "{lines} lines: {words}"
    );
    Ok(())
}
