//! What the bridge is told: one TOML file and the environment, which counts more.

use crate::error::BridgeError;
use crate::limits::{CONFIG_BYTES_MAX, SECRET_BYTES_MAX};
use crate::local_limits::{LimitsFile, LocalLimits};
use fluxprint_domain::limits::NAME_CHARS_MAX;
use fluxprint_domain::printer::Build;
use fluxprint_domain::units::SizeMm;
use fluxprint_link::limits::PRINTERS_MAX;
use reqwest::Url;
use secrecy::SecretString;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Where the environment says things.
pub type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Everything the bridge is told.
#[derive(Debug)]
pub struct Config {
    /// The print service.
    pub api_url: Url,
    /// The folder for token, journal and print files.
    pub data: PathBuf,
    /// A token from the environment; otherwise the one that pairing stored.
    pub token: Option<SecretString>,
    /// The printers.
    pub printers: Vec<PrinterConfig>,
}

/// One printer.
#[derive(Debug)]
pub struct PrinterConfig {
    /// Its name here, unique and stable.
    pub name: String,
    /// Address of its OctoPrint.
    pub url: Url,
    /// Key for its OctoPrint.
    pub key: SecretString,
    /// Whether it is meant to be a simulation.
    pub is_virtual: bool,
    /// Address of its camera, when it is not the one that OctoPrint tells.
    pub camera_url: Option<Url>,
    /// Its size, and no more heat than the local limits allow.
    pub build: Build,
    /// What is allowed here (B-07).
    pub limits: LocalLimits,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    api_url: Option<String>,
    data: Option<PathBuf>,
    limits: Option<PathBuf>,
    #[serde(default, rename = "printer")]
    printers: Vec<FilePrinter>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FilePrinter {
    name: String,
    url: String,
    api_key: Option<SecretString>,
    api_key_file: Option<PathBuf>,
    #[serde(default, rename = "virtual")]
    is_virtual: bool,
    camera_url: Option<String>,
    volume_mm: Option<[f64; 3]>,
    nozzle_mm: Option<f64>,
    nozzle_c_max: Option<f64>,
    bed_c_max: Option<f64>,
}

impl Config {
    /// Reads the file, if there is one, and the environment. Printers may be missing: pairing does
    /// not need them.
    ///
    /// # Errors
    /// [`BridgeError::Config`] says what cannot be used, [`BridgeError::Disk`] what cannot be read.
    pub fn read(file: Option<&Path>, environment: Environment<'_>) -> Result<Self, BridgeError> {
        let told = match file {
            Some(path) => parse(&read_bounded(
                path,
                CONFIG_BYTES_MAX,
                "The configuration file",
            )?)?,
            None => File::default(),
        };
        if environment("FLUXPRINT_WS_URL").is_some() {
            tracing::warn!(
                "FLUXPRINT_WS_URL is not needed: the address of the link follows from FLUXPRINT_API_URL"
            );
        }
        let api_url = environment("FLUXPRINT_API_URL")
            .or(told.api_url)
            .ok_or_else(|| {
                BridgeError::Config(
                    "the address of the print service is missing (FLUXPRINT_API_URL)".into(),
                )
            })?;
        let data = environment("FLUXPRINT_BRIDGE_DATA")
            .map(PathBuf::from)
            .or(told.data);
        let mut printers = Vec::new();
        for printer in told.printers {
            printers.push(printer.read()?);
        }
        printers.extend(short_form(environment)?);
        check(&printers)?;
        let limits = environment("FLUXPRINT_BRIDGE_LIMITS")
            .map(PathBuf::from)
            .or(told.limits);
        tighten(&mut printers, limits.as_deref())?;
        Ok(Self {
            api_url: url(&api_url, "the address of the print service")?,
            data: data.unwrap_or_else(|| PathBuf::from("./var/bridge")),
            token: environment("BRIDGE_AUTH_TOKEN").map(SecretString::from),
            printers,
        })
    }
}

/// Applies the file of local limits. One that is named and cannot be read or understood keeps the
/// bridge from running: it would allow what somebody has forbidden.
fn tighten(printers: &mut [PrinterConfig], file: Option<&Path>) -> Result<(), BridgeError> {
    let Some(path) = file else { return Ok(()) };
    let text = read_bounded(path, CONFIG_BYTES_MAX, "The file of local limits")?;
    let limits = LimitsFile::parse(&text)?;
    let unknown = limits
        .names()
        .find(|name| printers.iter().all(|printer| printer.name != *name));
    if let Some(name) = unknown {
        return Err(BridgeError::Config(format!(
            "the file of local limits names a printer {name:?} that this bridge does not have"
        )));
    }
    for printer in printers {
        printer.limits = limits.of(&printer.name);
        printer.build = printer.limits.tightened(&printer.build);
    }
    Ok(())
}

fn parse(text: &str) -> Result<File, BridgeError> {
    toml::from_str(text).map_err(|error| {
        // Only where and what: the text itself may hold a key.
        BridgeError::Config(format!(
            "the configuration file is not right: {}",
            error.message()
        ))
    })
}

/// One printer, told by the environment alone.
fn short_form(environment: Environment<'_>) -> Result<Option<PrinterConfig>, BridgeError> {
    let Some(address) = environment("OCTOPRINT_URL") else {
        return Ok(None);
    };
    let key = environment("OCTOPRINT_API_KEY").ok_or_else(|| {
        BridgeError::Config("OCTOPRINT_URL is given, but OCTOPRINT_API_KEY is missing".into())
    })?;
    Ok(Some(PrinterConfig {
        name: "printer".to_owned(),
        url: url(&address, "OCTOPRINT_URL")?,
        key: SecretString::from(key),
        is_virtual: environment("OCTOPRINT_VIRTUAL").is_some_and(|word| word == "true"),
        camera_url: camera(environment("CAMERA_URL").as_deref())?,
        build: Build::DESKTOP,
        limits: LocalLimits::default(),
    }))
}

impl FilePrinter {
    fn read(self) -> Result<PrinterConfig, BridgeError> {
        let key = match (self.api_key, &self.api_key_file) {
            (Some(key), None) => key,
            (None, Some(path)) => {
                let text = read_bounded(path, SECRET_BYTES_MAX, "The file with OctoPrint's key")?;
                SecretString::from(text.trim().to_owned())
            }
            _ => {
                return Err(BridgeError::Config(format!(
                    "printer {:?} needs either api_key or api_key_file",
                    self.name
                )));
            }
        };
        let desktop = Build::DESKTOP;
        let volume = self
            .volume_mm
            .map_or(desktop.volume, |[x_mm, y_mm, z_mm]| SizeMm {
                x_mm,
                y_mm,
                z_mm,
            });
        Ok(PrinterConfig {
            url: url(&self.url, "the address of OctoPrint")?,
            key,
            is_virtual: self.is_virtual,
            camera_url: camera(self.camera_url.as_deref())?,
            build: Build {
                volume,
                nozzle_mm: self.nozzle_mm.unwrap_or(desktop.nozzle_mm),
                nozzle_c_max: self.nozzle_c_max.unwrap_or(desktop.nozzle_c_max),
                bed_c_max: self.bed_c_max.unwrap_or(desktop.bed_c_max),
            },
            limits: LocalLimits::default(),
            name: self.name,
        })
    }
}

fn check(printers: &[PrinterConfig]) -> Result<(), BridgeError> {
    let wrong = |what: String| Err(BridgeError::Config(what));
    if printers.len() > PRINTERS_MAX {
        return wrong(format!("a bridge takes at most {PRINTERS_MAX} printers"));
    }
    let mut names = BTreeSet::new();
    for printer in printers {
        let name = &printer.name;
        let length = name.chars().count();
        if length == 0 || length > NAME_CHARS_MAX || name.chars().any(char::is_control) {
            return wrong(format!("{name:?} cannot be the name of a printer"));
        }
        if !names.insert(name) {
            return wrong(format!("two printers are called {name:?}"));
        }
        let Build {
            volume,
            nozzle_mm,
            nozzle_c_max,
            bed_c_max,
        } = &printer.build;
        let sizes = [volume.x_mm, volume.y_mm, volume.z_mm, *nozzle_mm];
        let heats = [*nozzle_c_max, *bed_c_max];
        let good = sizes.iter().all(|size| size.is_finite() && *size > 0.0)
            && heats.iter().all(|heat| (0.0..=500.0).contains(heat));
        if !good {
            return wrong(format!(
                "the size or a temperature limit of printer {name:?} makes no sense"
            ));
        }
    }
    Ok(())
}

/// The address of a camera: its stream or its single picture, whichever answers there. An empty one
/// is none.
fn camera(told: Option<&str>) -> Result<Option<Url>, BridgeError> {
    let Some(told) = told.filter(|told| !told.trim().is_empty()) else {
        return Ok(None);
    };
    let address = url(told, "the address of the camera")?;
    if !matches!(address.scheme(), "http" | "https") {
        return Err(BridgeError::Config(
            "the address of the camera must begin with http:// or https://; streams of another kind (RTSP) are not read".to_owned(),
        ));
    }
    Ok(Some(address))
}

fn url(text: &str, what: &str) -> Result<Url, BridgeError> {
    Url::parse(text).map_err(|_| BridgeError::Config(format!("{what} is not an address")))
}

/// Reads a small text file.
///
/// # Errors
/// [`BridgeError::Disk`] when it cannot be read or is too long.
pub(crate) fn read_bounded(
    path: &Path,
    bytes_max: u64,
    what: &'static str,
) -> Result<String, BridgeError> {
    let mut text = String::new();
    let file = std::fs::File::open(path).map_err(BridgeError::disk(what))?;
    let read = file
        .take(bytes_max + 1)
        .read_to_string(&mut text)
        .map_err(BridgeError::disk(what))?;
    if read as u64 > bytes_max {
        return Err(BridgeError::Config(format!("{what} is too long")));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    fn with_file(text: &str, pairs: &[(&str, &str)]) -> Result<Config, BridgeError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bridge.toml");
        std::fs::write(&path, text).unwrap();
        let told: Vec<(String, String)> = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        Config::read(Some(&path), &|name| {
            told.iter()
                .find(|(n, _)| n == name)
                .map(|(_, value)| value.clone())
        })
    }

    #[test]
    fn the_file_names_printers_and_the_environment_counts_more() {
        let config = with_file(
            "api_url = 'http://old.example'\n[[printer]]\nname = 'Mk4-07'\nurl = 'http://octopi.local'\napi_key = 'k'\nvirtual = true\nvolume_mm = [250, 210, 220]\nnozzle_c_max = 290",
            &[("FLUXPRINT_API_URL", "https://print.example"), ("BRIDGE_AUTH_TOKEN", "fxb_x")],
        )
        .unwrap();
        assert_eq!(config.api_url.as_str(), "https://print.example/");
        let printer = &config.printers[0];
        assert!(printer.is_virtual && printer.name == "Mk4-07");
        assert_eq!(printer.build.volume.x_mm, 250.0);
        assert_eq!(printer.build.bed_c_max, Build::DESKTOP.bed_c_max);
        assert_eq!(config.token.unwrap().expose_secret(), "fxb_x");
    }

    #[test]
    fn a_file_of_local_limits_tightens_and_one_that_is_wrong_keeps_the_bridge_from_running() {
        let folder = tempfile::tempdir().unwrap();
        let limits = folder.path().join("limits.toml");
        let text = format!(
            "api_url = 'http://a.example'\nlimits = {:?}\n[[printer]]\nname = 'a'\nurl = 'http://x'\napi_key = 'k'",
            limits
        );
        assert!(with_file(&text, &[]).is_err(), "it is named and not there");
        std::fs::write(&limits, "[all]\nnozzle_c_max = 215").unwrap();
        let config = with_file(&text, &[]).unwrap();
        assert_eq!(config.printers[0].build.nozzle_c_max, 215.0);
        for wrong in ["[all]\nnozzle = 1", "[printer.'b']\nbed_c_max = 1"] {
            std::fs::write(&limits, wrong).unwrap();
            let error = with_file(&text, &[]).unwrap_err();
            assert_eq!(error.code(), "BRIDGE_CONFIG_UNUSABLE", "{wrong}");
        }
    }

    #[test]
    fn the_environment_alone_is_enough_for_one_printer() {
        let config = Config::read(None, &|name| {
            Some(match name {
                "FLUXPRINT_API_URL" | "OCTOPRINT_URL" => "http://127.0.0.1:1".to_owned(),
                "OCTOPRINT_API_KEY" => "k".to_owned(),
                _ => return None,
            })
        })
        .unwrap();
        assert_eq!(config.printers[0].name, "printer");
        assert!(!config.printers[0].is_virtual);
    }

    #[test]
    fn a_wrong_configuration_says_what_is_wrong_and_never_shows_a_key() {
        let api = ("FLUXPRINT_API_URL", "http://a.example");
        let printer = "[[printer]]\nname = 'a'\nurl = 'http://x'\n";
        for wrong in [
            "what = 1".to_owned(),
            printer.to_owned(),
            format!("{printer}api_key = 'hidden'\n{printer}api_key = 'hidden'"),
            format!("{printer}api_key = 'hidden'\nnozzle_c_max = 9000"),
            format!("{printer}api_key = 'hidden'\nvolume_mm = [0, 1, 1]"),
            format!("{printer}api_key = 'hidden' oops"),
        ] {
            let error = with_file(&wrong, &[api]).unwrap_err();
            assert_eq!(error.code(), "BRIDGE_CONFIG_UNUSABLE", "{wrong}");
            assert!(!error.to_string().contains("hidden"), "{error}");
        }
        assert!(with_file("", &[]).is_err());
    }
}
