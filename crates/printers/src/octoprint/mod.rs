//! OctoPrint 1.11 (and later 1.x) as a [`Printer`].
//!
//! The whole list of what is ever asked of it: GET version, currentuser, connection, printer, job,
//! settings (webcam part), files (free space), files of our folder; POST login (passive), files (our folder, never with
//! print), select and print of a file of ours, job pause, resume and cancel, both heater targets, home
//! and jog by steps, the one command M112, connect and disconnect; DELETE of a file of ours; the push socket.

mod http;
mod push;
mod translate;
mod upload;
mod watching;
mod webcam;
mod wire;

pub use watching::Pace;

use crate::error::{PrinterError, StartFailure};
use crate::limits::{OCTOPRINT_FLOOR, WATCH_QUEUE_MAX};
use crate::path::OwnPath;
use crate::port::{Identity, PrintCounts, Printer, StartSent, StoredFile, Warning, Watch, Webcam};
use crate::words;
use async_trait::async_trait;
use fluxprint_domain::Clock;
use fluxprint_domain::control::{Axis, Jog, Targets};
use fluxprint_domain::printer::Observation;
use http::Http;
use reqwest::Url;
use secrecy::SecretString;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use tokio::sync::mpsc;
use wire::{
    BedTarget, Command, Connection, CurrentUser, Files, HomeAxes, JobAnswer, JogBy, PrinterAnswer,
    SelectAndPrint, ToolTargets, Version,
};

/// One OctoPrint and the machine behind it.
#[derive(Clone)]
pub struct OctoPrint {
    http: Http,
    clock: Arc<dyn Clock>,
    pace: Pace,
}

impl OctoPrint {
    /// The OctoPrint at `address`, asked with `key`. Nothing is sent yet.
    ///
    /// # Errors
    /// [`PrinterError::AddressUnusable`] unless `address` is a plain `http` or `https` address.
    pub fn new(
        address: Url,
        key: SecretString,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, PrinterError> {
        Ok(Self {
            http: Http::new(address, key)?,
            clock,
            pace: Pace::default(),
        })
    }

    /// The same, watching at another pace.
    #[must_use]
    pub fn with_pace(self, pace: Pace) -> Self {
        Self { pace, ..self }
    }

    /// Machine first, job second: a print that ends in between shows as still running with all of
    /// its file done, never as idle with half of it.
    async fn observe(&self) -> Result<Observation, PrinterError> {
        let machine = match self.http.get::<PrinterAnswer>(&["printer"]).await {
            Ok(machine) => Some(machine),
            Err(PrinterError::NotConnected) => None,
            Err(error) => return Err(error),
        };
        let job: JobAnswer = self.http.get(&["job"]).await?;
        Ok(match machine {
            Some(machine) => translate::connected(
                &machine.state,
                &job.job,
                &job.progress,
                translate::heaters(&machine.temperature),
            ),
            None => {
                translate::not_connected(&job.state, job.error.as_deref(), &job.job, &job.progress)
            }
        })
    }

    /// Free space where OctoPrint keeps files; `None` when its list of files is too long to read.
    async fn free_bytes(&self) -> Result<Option<u64>, PrinterError> {
        match self.http.get::<Files>(&["files"]).await {
            Ok(files) => Ok(files.free),
            Err(PrinterError::TooLong) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn find(&self, path: &OwnPath) -> Result<Option<StoredFile>, PrinterError> {
        let name = path.file_name();
        let file: wire::File = match self.http.get(&own(&name)).await {
            Ok(file) => file,
            Err(PrinterError::FileGone) => return Ok(None),
            Err(error) => return Err(error),
        };
        if file.path != path.to_string() {
            return Err(PrinterError::Strange {
                what: "it answers about another file",
            });
        }
        Ok(Some(StoredFile {
            path: path.clone(),
            size_bytes: file.size,
            sha1: file.hash.filter(|hash| is_sha1(hash)),
            prints: file
                .prints
                .map_or_else(PrintCounts::default, |p| PrintCounts {
                    success: p.success,
                    failure: p.failure,
                }),
        }))
    }

    async fn remove(&self, path: &OwnPath) -> Result<(), PrinterError> {
        match self.http.delete(&own(&path.file_name())).await {
            Err(PrinterError::FileGone) => Ok(()),
            done => done,
        }
    }

    async fn nozzle_to(&self, target_c: f64) -> Result<(), PrinterError> {
        let tool0 = ToolTargets::tool0(target_c);
        self.http.post(&["printer", "tool"], &tool0).await
    }

    async fn bed_to(&self, target_c: f64) -> Result<(), PrinterError> {
        let bed = BedTarget::of(target_c);
        match self.http.post(&["printer", "bed"], &bed).await {
            // A machine without a heated bed has none to switch off.
            Err(PrinterError::Refused { .. }) if target_c == 0.0 => Ok(()),
            done => done,
        }
    }

    async fn job(
        &self,
        command: &'static str,
        action: Option<&'static str>,
    ) -> Result<(), PrinterError> {
        self.http.post(&["job"], &Command { command, action }).await
    }
}

/// The way below `/api` to a file of ours.
fn own(file_name: &str) -> [&str; 4] {
    ["files", "local", OwnPath::FOLDER, file_name]
}

fn is_sha1(hash: &str) -> bool {
    hash.len() == 40 && hash.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

#[async_trait]
impl Printer for OctoPrint {
    async fn identify(&self) -> Result<Identity, PrinterError> {
        // First who we are: a wrong key is then told as such, whatever else would answer.
        let user: CurrentUser = self.http.get(&["currentuser"]).await?;
        if user.name.is_none() {
            return Err(PrinterError::KeyRefused);
        }
        let version: Version = self.http.get(&["version"]).await?;
        let connection: Connection = self.http.get(&["connection"]).await?;
        let free_bytes = self.free_bytes().await?;
        let port = connection.current.port.as_deref().and_then(words::message);
        let admin = user.groups.iter().any(|g| g == "admins")
            || user.permissions.iter().any(|p| p == "ADMIN");
        let too_old = version_number(&version.server).is_none_or(|v| v < OCTOPRINT_FLOOR);
        Ok(Identity {
            software: format!(
                "OctoPrint {}",
                words::message(&version.server).unwrap_or_default()
            ),
            is_virtual: port.as_deref() == Some("VIRTUAL"),
            port,
            free_bytes,
            warnings: [(too_old, Warning::TooOld), (admin, Warning::AdminKey)]
                .into_iter()
                .filter_map(|(is, warning)| is.then_some(warning))
                .collect(),
        })
    }

    async fn look(&self) -> Result<Observation, PrinterError> {
        self.observe().await
    }

    async fn stored(&self, path: &OwnPath) -> Result<Option<StoredFile>, PrinterError> {
        self.find(path).await
    }

    async fn upload(
        &self,
        path: &OwnPath,
        file: &Path,
        size_bytes: u64,
        tag: &str,
    ) -> Result<StoredFile, PrinterError> {
        self.put(path, file, size_bytes, tag).await
    }

    async fn start(&self, path: &OwnPath) -> Result<StartSent, StartFailure> {
        self.http
            .post(&own(&path.file_name()), &SelectAndPrint::NOW)
            .await?;
        Ok(StartSent)
    }

    async fn pause(&self) -> Result<(), PrinterError> {
        self.job("pause", Some("pause")).await
    }

    async fn resume(&self) -> Result<(), PrinterError> {
        self.job("pause", Some("resume")).await
    }

    async fn cancel(&self) -> Result<(), PrinterError> {
        self.job("cancel", None).await
    }

    async fn heaters_off(&self) -> Result<(), PrinterError> {
        let nozzle = self.nozzle_to(0.0).await;
        match self.bed_to(0.0).await {
            Ok(()) => nozzle,
            Err(error) => nozzle.and(Err(error)),
        }
    }

    async fn heat(&self, targets: Targets) -> Result<(), PrinterError> {
        // The bed first: it is the one that may not be there.
        let set = match self.bed_to(targets.bed_c).await {
            Ok(()) => self.nozzle_to(targets.nozzle_c).await,
            Err(error) => Err(error),
        };
        if let Err(error) = &set {
            let off = self.heaters_off().await;
            tracing::warn!(code = error.code(), off = off.is_ok(), "preheat: {error}");
        }
        set
    }

    async fn home(&self, axes: &BTreeSet<Axis>) -> Result<(), PrinterError> {
        self.http
            .post(&["printer", "printhead"], &HomeAxes::of(axes))
            .await
    }

    async fn jog(&self, jog: Jog) -> Result<(), PrinterError> {
        self.http
            .post(&["printer", "printhead"], &JogBy::of(jog))
            .await
    }

    async fn emergency_stop(&self) -> Result<(), PrinterError> {
        self.http
            .post(&["printer", "command"], &Command::plain("M112"))
            .await
    }

    async fn connect(&self) -> Result<(), PrinterError> {
        self.http
            .post(&["connection"], &Command::plain("connect"))
            .await
    }

    async fn disconnect(&self) -> Result<(), PrinterError> {
        self.http
            .post(&["connection"], &Command::plain("disconnect"))
            .await
    }

    async fn delete(&self, path: &OwnPath) -> Result<(), PrinterError> {
        self.remove(path).await
    }

    async fn webcam(&self) -> Result<Webcam, PrinterError> {
        let told: webcam::Settings = self.http.get(&["settings"]).await?;
        Ok(told.webcam.usable(self.http.address()))
    }

    fn watch(&self) -> Watch {
        let (out, seen) = mpsc::channel(WATCH_QUEUE_MAX);
        Watch::new(seen, tokio::spawn(watching::watch(self.clone(), out)))
    }
}

/// `1.11.8`, `1.12.0rc1` or `2.0.0.dev3+g12ab` as three numbers.
fn version_number(text: &str) -> Option<(u32, u32, u32)> {
    let mut parts = text.splitn(3, '.').map(|part| {
        let digits = part.len() - part.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        part.get(..digits)?.parse::<u32>().ok()
    });
    Some((parts.next()??, parts.next()??, parts.next()??))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_below_the_floor_or_unreadable_are_told_apart_from_good_ones() {
        for good in ["1.11.8", "1.11.8.dev1+g12ab", "1.12.0rc1", "2.0.0"] {
            assert!(
                version_number(good).is_some_and(|v| v >= OCTOPRINT_FLOOR),
                "{good}"
            );
        }
        for old in ["1.11.7", "1.9.3", "0.99.99"] {
            assert!(
                version_number(old).is_some_and(|v| v < OCTOPRINT_FLOOR),
                "{old}"
            );
        }
        for odd in ["", "1.11", "new", "1..8", "1.11.x", "99999999999.0.0"] {
            assert_eq!(version_number(odd), None, "{odd}");
        }
    }
}
