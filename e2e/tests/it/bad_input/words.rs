//! What a person is told, and what nobody may ever see.

use anyhow::{Context, Result, ensure};
use fluxprint_e2e::programs_dir;
use reqwest::Response;
use serde_json::Value;
use std::process::Command;

/// Words that only stand in stack traces, SQL, paths and the debug form of our own values.
const INSIDES: [&str; 22] = [
    "panicked",
    "backtrace",
    "RUST_",
    ".rs:",
    "0x0",
    "terminate called",
    "std::",
    "::",
    "SELECT ",
    "INSERT ",
    "UPDATE ",
    "sqlx",
    "SQLite",
    "Some(",
    "None",
    "Err(",
    "Ok(",
    "Os {",
    "os error",
    "/tmp",
    "/var",
    "/home",
];

/// A code, a sentence and a remedy.
#[derive(Debug, PartialEq, Eq)]
pub struct Told {
    pub code: String,
    pub sentence: String,
    pub remedy: String,
}

impl Told {
    /// A reason inside an answer.
    pub fn reason(reason: &Value) -> Result<Self> {
        let word = |name| {
            reason[name]
                .as_str()
                .with_context(|| format!("no {name}: {reason}"))
        };
        let told = Self {
            code: word("code")?.to_owned(),
            sentence: word("sentence")?.to_owned(),
            remedy: word("remedy")?.to_owned(),
        };
        told.is_for_people()?;
        Ok(told)
    }

    /// An answer that is a problem document (RFC 9457) with this status.
    pub async fn problem(answer: Response, status: u16) -> Result<Self> {
        let header = |name: &str| {
            let value = answer
                .headers()
                .get(name)
                .and_then(|value| value.to_str().ok());
            value.unwrap_or_default().to_owned()
        };
        let (kind, id) = (header("content-type"), header("x-request-id"));
        let seen = answer.status().as_u16();
        let text = answer.text().await?;
        ensure!(seen == status, "{seen} in place of {status}: {text}");
        ensure!(kind == "application/problem+json", "{kind}: {text}");
        let body: Value = serde_json::from_str(&text)?;
        let told = Self::reason(&serde_json::json!({
            "code": body["code"], "sentence": body["detail"], "remedy": body["remedy"],
        }))?;
        ensure!(body["status"] == status, "{text}");
        ensure!(
            id.starts_with("req_") && body["request_id"] == id.as_str(),
            "{id}: {text}"
        );
        ensure!(
            body["type"] == format!("urn:fluxprint:problem:{}", told.code),
            "{text}"
        );
        Ok(told)
    }

    /// The code is one for programs, the rest is for people.
    fn is_for_people(&self) -> Result<()> {
        let letters = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        ensure!(
            !self.code.is_empty() && self.code.chars().all(letters),
            "{self:?}"
        );
        for text in [&self.sentence, &self.remedy] {
            let first = text.chars().next().is_some_and(char::is_uppercase);
            ensure!(
                first && text.ends_with('.') && !text.contains('\n'),
                "{self:?}"
            );
            shows_no_insides(text)?;
        }
        Ok(())
    }

    /// It is this code, and the sentence says this.
    pub fn is(&self, code: &str, says: &str) -> Result<()> {
        ensure!(self.code == code, "{self:?} is not {code}");
        ensure!(
            self.sentence.contains(says),
            "{self:?} does not say {says:?}"
        );
        Ok(())
    }
}

/// No trace, no SQL, no path, no debug text.
pub fn shows_no_insides(text: &str) -> Result<()> {
    let shown = INSIDES.iter().find(|inside| text.contains(**inside));
    ensure!(shown.is_none(), "shows {shown:?}: {text}");
    Ok(())
}

/// One of our programs, run by somebody who has switched backtraces on.
pub fn program(name: &str) -> Command {
    let mut command = Command::new(programs_dir().join(name));
    command.env_clear().env("RUST_BACKTRACE", "full");
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command
}
