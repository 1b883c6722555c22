//! Programs that cannot start or go on say so in a sentence, never with a trace.

use super::Spoken;
use super::words::program;
use anyhow::{Context, Result, ensure};
use std::net::TcpListener;
use std::process::Command;
use tempfile::TempDir;

/// Nobody listens here: ports below 1024 are not given out to programs of ours.
const NOBODY: &str = "http://127.0.0.1:9";
/// A file where a folder is wanted, and no model either.
const FILE: &str = "file";

/// A program, what it is told, its exit code, and a word of what it says.
type Case<'a> = (
    &'a str,
    &'a [&'a str],
    &'a [(&'a str, &'a str)],
    i32,
    &'a str,
);

#[tokio::test]
async fn the_service_that_cannot_do_its_work_says_why_in_a_sentence_and_shows_no_trace() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = taken.local_addr().unwrap().to_string();
    let postgres = [("DATABASE_URL", "postgres://nobody@127.0.0.1:9/none")];
    let smoke = ["smoke", "--url", NOBODY, "--file"];
    let with = |file: &'static str| [&smoke[..], &[file]].concat();
    all(&[
        (
            "fluxprint",
            &["up"],
            &[("FLUXPRINT_ADDR", "nonsense")],
            2,
            "addr",
        ),
        (
            "fluxprint",
            &["up"],
            &[("JWT_SECRET", "short")],
            2,
            "JWT_SECRET",
        ),
        ("fluxprint", &["up", "--data", FILE], &[], 3, "folder"),
        (
            "fluxprint",
            &["up"],
            &[("FLUXPRINT_ADDR", &addr)],
            3,
            "FLUXPRINT_ADDR",
        ),
        ("fluxprint", &["up"], &postgres, 3, "DATABASE_URL"),
        ("fluxprint", &with(FILE), &[], 3, "fluxprint up"),
        ("fluxprint", &with("none.stl"), &[], 3, "none.stl"),
    ])
    .await;
}

#[tokio::test]
async fn a_bridge_that_cannot_do_its_work_says_why_in_a_sentence_and_shows_no_trace() {
    let nowhere = [("FLUXPRINT_API_URL", NOBODY)];
    all(&[
        ("fluxprint-bridge", &["run"], &nowhere, 2, "OCTOPRINT_URL"),
        (
            "fluxprint-bridge",
            &["pair", "--code", "ABCD-EFGH"],
            &nowhere,
            5,
            "address",
        ),
    ])
    .await;
}

#[tokio::test]
async fn a_simulator_that_cannot_do_its_work_says_why_in_a_sentence_and_shows_no_trace() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    all(&[
        (
            "fluxprint-sim",
            &["octoprint", "--knobs", "{"],
            &[],
            1,
            "--knobs",
        ),
        (
            "fluxprint-sim",
            &["octoprint", "--dir", FILE],
            &[],
            1,
            "Not a directory",
        ),
        (
            "fluxprint-sim",
            &["proxy", "--upstream", NOBODY, "--port", &port],
            &[],
            1,
            "proxy",
        ),
    ])
    .await;
}

/// Runs each in a folder that holds one file, with data folders of their own.
async fn all(cases: &[Case<'_>]) {
    let dir = TempDir::new().unwrap();
    std::fs::write(dir.path().join(FILE), "not a folder").unwrap();
    for (name, arguments, env, exit_code, says) in cases {
        let mut command = program(name);
        command
            .current_dir(dir.path())
            .args(*arguments)
            .envs(env.iter().copied());
        command
            .env("FLUXPRINT_DATA", dir.path().join("data"))
            .env("FLUXPRINT_BRIDGE_DATA", dir.path().join("bridge"));
        let what = format!("{command:?}");
        one(command, *exit_code, says).await.context(what).unwrap();
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
