//! The product as it is measured: release programs, settings of our own, one virtual printer.

use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use super::clock::Stopwatch;
use crate::binaries::Binaries;
use crate::crew::Crew;
use crate::http::Call;
use crate::up::{DataFolder, answer, pair};

/// Limits of callers, raised as any operator may raise them: a load is no person.
const RAISED: [(&str, &str); 2] = [
    ("FLUXPRINT__LIMITS__JOBS_PER_HOUR", "1000000000"),
    ("FLUXPRINT__LIMITS__OPEN_JOBS", "1000000000"),
];
/// What a program needs of its surroundings; nothing else is passed on.
const SURROUNDINGS: [&str; 4] = ["PATH", "HOME", "TMPDIR", "LANG"];
/// Printer seconds per second: a small part is done at once.
const PRINTER_SPEED: &str = "2000";
/// Key of the virtual OctoPrint, which listens on this machine only and opens nothing else.
const PRINTER_KEY: &str = "key-of-the-virtual-octoprint";
/// How long a token is used; it is good for two minutes.
const TOKEN_AGE_MS: f64 = 60_000.0;

/// Where the programs are, where their data is, and on which engine.
pub struct Site<'a> {
    pub binaries: &'a Binaries,
    pub data: &'a DataFolder,
    /// Address of a PostgreSQL database; SQLite in the data folder by default.
    pub database: Option<String>,
}

impl Site<'_> {
    /// A program that knows nothing of our surroundings.
    pub fn program(&self, name: &str) -> Command {
        let mut command = self.binaries.command(name);
        let known = SURROUNDINGS.map(|name| (name, std::env::var_os(name)));
        let known = known
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)));
        command.env_clear().envs(known);
        command
    }

    /// The service.
    pub fn service(&self) -> Command {
        let mut service = self.program("fluxprint");
        service.arg("up").arg("--data").arg(self.data.folder());
        service.env("FLUXPRINT_ADDR", "127.0.0.1:0").envs(RAISED);
        if let Some(database) = &self.database {
            service.env("DATABASE_URL", database);
        }
        service
    }

    /// Its owner's token.
    pub fn token(&self) -> Result<String> {
        let mut token = self.program("fluxprint");
        token
            .args(["user", "token", "--data"])
            .arg(self.data.folder());
        answer(token)
    }
}

/// Service, virtual OctoPrint and bridge, paired.
pub struct Product<'a> {
    pub site: &'a Site<'a>,
    /// Where the service answers.
    pub url: String,
    /// Where the virtual OctoPrint answers.
    pub octoprint: String,
    crew: Crew,
    token: Option<(Stopwatch, String)>,
}

impl<'a> Product<'a> {
    /// Starts everything; returns when the bridge has its session.
    pub fn start(site: &'a Site<'a>) -> Result<Self> {
        let mut crew = Crew::new(&site.data.logs())?;
        let url = word(&crew.start("fluxprint", site.service())?, "url")?;
        let mut octoprint = site.program("fluxprint-sim");
        octoprint
            .args([
                "octoprint",
                "--speed",
                PRINTER_SPEED,
                "--api-key",
                PRINTER_KEY,
            ])
            .arg("--dir")
            .arg(site.data.path("octoprint"));
        let octoprint = word(&crew.start("octoprint", octoprint)?, "url")?;
        pair(site.binaries, site.data, &url)?;
        let mut bridge = site.program("fluxprint-bridge");
        bridge
            .arg("run")
            .env("FLUXPRINT_API_URL", &url)
            .env("FLUXPRINT_BRIDGE_DATA", site.data.path("bridge"))
            .env("OCTOPRINT_VIRTUAL", "true")
            .env("OCTOPRINT_URL", &octoprint)
            .env("OCTOPRINT_API_KEY", PRINTER_KEY);
        crew.start("bridge", bridge)?;
        Ok(Self {
            site,
            url,
            octoprint,
            crew,
            token: None,
        })
    }

    /// The process of `fluxprint` or `bridge`.
    pub fn pid(&self, name: &str) -> Result<u32> {
        self.crew
            .pid(name)
            .with_context(|| format!("{name} was not started"))
    }

    /// A request of the owner that has to succeed.
    pub fn ask(&mut self, mut call: Call) -> Result<Value> {
        let token = match self.token.take() {
            Some((age, token)) if age.ms() < TOKEN_AGE_MS => (age, token),
            _ => (Stopwatch::start(), self.site.token()?),
        };
        let (_, word) = self.token.insert(token);
        call.headers.push(format!("Authorization: Bearer {word}"));
        call.succeed(&self.url)
    }

    /// Reads something as the owner.
    pub fn look(&mut self, path: &str) -> Result<Value> {
        self.ask(Call::get(path))
    }

    /// Sends JSON as the owner; with a `key`, as often as one likes.
    pub fn change(
        &mut self,
        method: &str,
        path: &str,
        body: &Value,
        key: Option<&str>,
    ) -> Result<Value> {
        let mut headers = vec!["Content-Type: application/json".to_owned()];
        headers.extend(key.map(|key| format!("Idempotency-Key: {key}")));
        let body = body.to_string();
        self.ask(Call {
            method,
            path,
            headers,
            body: body.as_bytes(),
        })
    }
}

/// A word of a ready line or an answer.
pub fn word(value: &Value, name: &str) -> Result<String> {
    let found = value.get(name).and_then(Value::as_str).map(str::to_owned);
    found.with_context(|| format!("`{name}` is missing in {value}"))
}
