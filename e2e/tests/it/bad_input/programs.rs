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

/// A word inside of every value below: whoever reads a log must not find it.
const HUSH: &str = "hush-hush";

#[tokio::test]
async fn an_address_that_cannot_be_right_is_refused_by_name_and_its_value_never_shown() {
    const STUDIO: &str = "FLUXSTUDIO_URL";
    const SERVICE: &str = "FLUXPRINT_SERVICE_URL";
    const ORIGINS: &str = "ALLOWED_ORIGINS";
    const HERE: (&str, &str) = (SERVICE, NOBODY);
    const PRODUCTION: (&str, &str) = ("FLUXPRINT_ENVIRONMENT", "production");
    const OUTSIDE: (&str, &str) = (STUDIO, "https://hush-hush.example.org");
    let refused: &[(&str, &[(&str, &str)], &str, &str)] = &[
        ("studio", &[], SERVICE, "missing"),
        (
            "studio",
            &[(SERVICE, "hush-hush.example.org")],
            SERVICE,
            "no address",
        ),
        (
            "studio",
            &[(SERVICE, "ftp://hush-hush.example.org")],
            SERVICE,
            "http",
        ),
        (
            "studio",
            &[(SERVICE, "https://a:hush-hush@example.org")],
            SERVICE,
            "password",
        ),
        (
            "studio",
            &[(SERVICE, "https://example.org/hush-hush")],
            SERVICE,
            "after the host",
        ),
        (
            "studio",
            &[(SERVICE, "http://hush-hush.example.org")],
            SERVICE,
            "https://",
        ),
        (
            "studio",
            &[OUTSIDE, PRODUCTION, HERE],
            SERVICE,
            "this machine",
        ),
        ("studio", &[PRODUCTION, HERE], STUDIO, "this machine"),
        ("service", &[], STUDIO, "missing"),
        (
            "service",
            &[(STUDIO, "http://hush-hush.example.org")],
            STUDIO,
            "https://",
        ),
        (
            "service",
            &[(STUDIO, "http://localhost:1"), PRODUCTION],
            STUDIO,
            "this machine",
        ),
        ("up", &[PRODUCTION], STUDIO, "this machine"),
        (
            "up",
            &[(STUDIO, "http://hush-hush.lan")],
            STUDIO,
            "https://",
        ),
        (
            "up",
            &[(STUDIO, "https://example.org/?hush-hush")],
            STUDIO,
            "after the host",
        ),
        ("up", &[(ORIGINS, "*")], ORIGINS, "star"),
        (
            "up",
            &[(ORIGINS, "https://hush-hush.example.org/a")],
            ORIGINS,
            "after the host",
        ),
        (
            "up",
            &[("SECRET_KEY", "hush-hush")],
            "SECRET_KEY",
            "too short",
        ),
        (
            "up",
            &[("FLUXPRINT_ENVIRONMENT", "hush-hush")],
            "environment",
            "sense",
        ),
    ];
    for (verb, env, name, why) in refused {
        let (words, code) = spoken("fluxprint", &[verb], env).await;
        assert_eq!(code, Some(2), "{verb} {env:?}: {words}");
        assert!(
            words.contains(name) && words.contains(why),
            "{verb} {env:?}: {words}"
        );
        assert!(!words.contains(HUSH), "{verb} {env:?}: {words}");
    }
}

async fn spoken(name: &str, arguments: &[&str], env: &[(&str, &str)]) -> (String, Option<i32>) {
    let dir = TempDir::new().unwrap();
    let mut command = program(name);
    command
        .current_dir(dir.path())
        .args(arguments)
        .envs(env.iter().copied());
    command.env("FLUXPRINT_DATA", dir.path().join("data"));
    command.env("FLUXPRINT_ADDR", "127.0.0.1:0");
    let said = Spoken::of(command).await.unwrap();
    (said.words, said.exit_code)
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
