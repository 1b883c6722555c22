//! Settings that cannot be right are refused at the start, by name, and their values never shown
//! (S-31).

use super::Spoken;
use super::words::program;
use tempfile::TempDir;

/// A word inside of the values below: whoever reads a log must not find it.
const HUSH: &str = "hush-hush";
const STUDIO: &str = "FLUXSTUDIO_URL";
const SERVICE: &str = "FLUXPRINT_SERVICE_URL";
const ORIGINS: &str = "ALLOWED_ORIGINS";
/// An address of this machine.
const HERE: (&str, &str) = (SERVICE, "http://127.0.0.1:9");
const PRODUCTION: (&str, &str) = ("FLUXPRINT_ENVIRONMENT", "production");
/// Where others get to.
const OUTSIDE: (&str, &str) = (STUDIO, "https://hush-hush.example.org");

/// A verb, its settings, the name that is told, and a word of why.
type Case = (
    &'static str,
    &'static [(&'static str, &'static str)],
    &'static str,
    &'static str,
);

#[tokio::test]
async fn a_studio_that_is_told_a_wrong_address_names_the_setting_and_not_its_value() {
    refused(&[
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
    ])
    .await;
}

#[tokio::test]
async fn a_service_that_is_told_a_wrong_address_names_the_setting_and_not_its_value() {
    refused(&[
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
    ])
    .await;
}

#[tokio::test]
async fn all_in_one_with_wrong_settings_names_them_and_not_their_values() {
    refused(&[
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
    ])
    .await;
}

async fn refused(cases: &[Case]) {
    for (verb, env, name, why) in cases {
        let dir = TempDir::new().unwrap();
        let mut command = program("fluxprint");
        command
            .current_dir(dir.path())
            .arg(verb)
            .envs(env.iter().copied());
        command.env("FLUXPRINT_DATA", dir.path().join("data"));
        command.env("FLUXPRINT_ADDR", "127.0.0.1:0");
        let Spoken { exit_code, words } = Spoken::of(command).await.unwrap();
        assert_eq!(exit_code, Some(2), "{verb} {env:?}: {words}");
        assert!(
            words.contains(name) && words.contains(why),
            "{verb} {env:?}: {words}"
        );
        assert!(!words.contains(HUSH), "{verb} {env:?}: {words}");
    }
}
