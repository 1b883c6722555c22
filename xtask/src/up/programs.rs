//! The programs of one product and how each is started.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};
use serde_json::Value;

use super::choices::Choices;
use super::data_folder::DataFolder;
use super::pairing::pair;
use crate::binaries::Binaries;
use crate::crew::Crew;

/// Printer seconds per second of the virtual OctoPrint: a small part is done in a moment, and one
/// can still watch it.
const VIRTUAL_SPEED: &str = "60";
/// Key of the virtual OctoPrint, which listens on this machine only and opens nothing else.
const VIRTUAL_KEY: &str = "key-of-the-virtual-octoprint";

/// What runs, as far as others need to know.
pub struct Product {
    /// Where it answers programs on this machine.
    pub url: String,
}

impl Product {
    /// Starts database, service, printer and bridge, in this order; each waits for the one before.
    pub fn start(
        crew: &mut Crew,
        binaries: &Binaries,
        data: &DataFolder,
        choices: &Choices,
    ) -> Result<Self> {
        let database = choices
            .postgres
            .then(|| start_postgres(crew, binaries, data))
            .transpose()?;
        let mut service = binaries.command("fluxprint");
        service.arg("up").arg("--data").arg(data.folder());
        if let Some(url) = database {
            service.env("DATABASE_URL", url);
        }
        let url = word(&crew.start("fluxprint", service)?, "url")?;
        let octoprint = start_octoprint(crew, binaries, data, choices)?;
        pair(binaries, data, &url)?;
        let mut bridge = binaries.command("fluxprint-bridge");
        bridge
            .arg("run")
            .env("FLUXPRINT_API_URL", &url)
            .env("FLUXPRINT_BRIDGE_DATA", data.path("bridge"))
            .env("OCTOPRINT_VIRTUAL", "true")
            .env("OCTOPRINT_URL", word(&octoprint, "url")?)
            .env("OCTOPRINT_API_KEY", word(&octoprint, "api_key")?);
        crew.start("bridge", bridge)?;
        Ok(Self { url })
    }

    /// Where people open the pages.
    pub fn pages(&self) -> String {
        self.url.replacen("//127.0.0.1:", "//localhost:", 1)
    }

    /// The command that prints one file end to end and shows it live.
    pub fn smoke(&self, binaries: &Binaries, data: &DataFolder, file: &Path) -> Command {
        let mut command = binaries.command("fluxprint");
        command.arg("smoke").arg("--data").arg(data.folder());
        command
            .args(["--url", &self.url])
            .arg("--file")
            .arg(file)
            .stdin(Stdio::null());
        command
    }
}

fn start_postgres(crew: &mut Crew, binaries: &Binaries, data: &DataFolder) -> Result<String> {
    let mut command = binaries.command("fluxprint-sim");
    command.args(["postgres", "--durable", "--database", "fluxprint", "--dir"]);
    command.arg(data.path("postgres"));
    word(&crew.start("postgres", command)?, "url")
}

fn start_octoprint(
    crew: &mut Crew,
    binaries: &Binaries,
    data: &DataFolder,
    choices: &Choices,
) -> Result<Value> {
    let mut command = binaries.command("fluxprint-sim");
    if choices.octoprint {
        command
            .args(["real-octoprint", "--fast", "--dir"])
            .arg(data.path("octoprint"));
    } else {
        command
            .args([
                "octoprint",
                "--speed",
                VIRTUAL_SPEED,
                "--api-key",
                VIRTUAL_KEY,
                "--dir",
            ])
            .arg(data.path("octoprint"));
    }
    crew.start("octoprint", command)
}

fn word(ready: &Value, name: &str) -> Result<String> {
    let found = ready.get(name).and_then(Value::as_str).map(str::to_owned);
    found.with_context(|| format!("the ready line has no `{name}`"))
}
