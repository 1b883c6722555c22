//! OctoPrint's JSON, as far as it is read. Recorded answers and frames are in `samples/`.

use fluxprint_domain::control::{Axis, Jog};
use secrecy::SecretString;
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::{BTreeSet, HashMap};

/// `GET /api/version`.
#[derive(Deserialize)]
pub struct Version {
    pub server: String,
}

/// `GET /api/currentuser`. A wrong key is nobody: no name, no permissions, and still a 200.
#[derive(Deserialize)]
pub struct CurrentUser {
    pub name: Option<String>,
    #[serde(default)]
    pub groups: Vec<String>,
    #[serde(default)]
    pub permissions: Vec<String>,
}

/// `GET /api/connection`.
#[derive(Deserialize)]
pub struct Connection {
    pub current: CurrentConnection,
}

#[derive(Deserialize)]
pub struct CurrentConnection {
    pub port: Option<String>,
}

/// `GET /api/files`, of which only the free space is of interest.
#[derive(Deserialize)]
pub struct Files {
    pub free: Option<u64>,
}

/// `GET /api/files/local/<path>`.
#[derive(Deserialize)]
pub struct File {
    pub path: String,
    pub size: u64,
    pub hash: Option<String>,
    pub prints: Option<Prints>,
}

#[derive(Deserialize)]
pub struct Prints {
    #[serde(default)]
    pub success: u64,
    #[serde(default)]
    pub failure: u64,
}

/// The 201 of an upload.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Uploaded {
    pub effective_print: bool,
    pub effective_select: bool,
    pub files: UploadedFiles,
}

#[derive(Deserialize)]
pub struct UploadedFiles {
    pub local: UploadedFile,
}

#[derive(Deserialize)]
pub struct UploadedFile {
    pub path: String,
}

/// `GET /api/job`. `error` is there only after an error.
#[derive(Deserialize)]
pub struct JobAnswer {
    pub state: String,
    pub error: Option<String>,
    pub job: Job,
    pub progress: Progress,
}

/// The selected file; every field is null when there is none.
#[derive(Deserialize)]
pub struct Job {
    pub file: SelectedFile,
}

#[derive(Deserialize)]
pub struct SelectedFile {
    pub path: Option<String>,
    pub size: Option<u64>,
    /// `local` or `sdcard`.
    pub origin: Option<String>,
}

/// Every field is null after a cancelled or failed print. Times may be whole or broken seconds.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Progress {
    pub completion: Option<f64>,
    pub print_time: Option<f64>,
    pub print_time_left: Option<f64>,
}

/// `GET /api/printer`; 409 when there is no machine.
#[derive(Deserialize)]
pub struct PrinterAnswer {
    pub state: State,
    #[serde(default)]
    pub temperature: Temperatures,
}

#[derive(Deserialize)]
pub struct State {
    pub text: String,
    pub flags: Flags,
    #[serde(default)]
    pub error: String,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Flags {
    pub operational: bool,
    pub printing: bool,
    pub cancelling: bool,
    pub pausing: bool,
    pub resuming: bool,
    pub finishing: bool,
    pub paused: bool,
    pub ready: bool,
    pub error: bool,
    pub closed_or_error: bool,
}

#[derive(Default, Deserialize)]
pub struct Temperatures {
    pub tool0: Option<Temperature>,
    pub bed: Option<Temperature>,
}

#[derive(Clone, Copy, Deserialize)]
pub struct Temperature {
    pub actual: Option<f64>,
    pub target: Option<f64>,
}

/// Any refusal: `{"error": "…"}`.
#[derive(Deserialize)]
pub struct ErrorAnswer {
    pub error: String,
}

/// The answer of a passive sign-in. It holds the key in clear as well: never log it.
#[derive(Deserialize)]
pub struct SignedIn {
    pub name: String,
    #[serde(deserialize_with = "secret")]
    pub session: SecretString,
}

fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SecretString, D::Error> {
    String::deserialize(deserializer).map(SecretString::from)
}

/// One message of the push socket. Messages of other kinds leave all three empty.
#[derive(Deserialize)]
pub struct PushMessage {
    /// State, from time to time and at every change.
    pub current: Option<Frame>,
    /// The first state after signing in, with temperatures of the last minutes.
    pub history: Option<Frame>,
    /// Something happened.
    pub event: Option<Event>,
    /// The session is not (or no longer) good.
    #[serde(rename = "reauthRequired")]
    pub reauth_required: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
pub struct Frame {
    pub state: State,
    pub job: Job,
    pub progress: Progress,
    #[serde(default)]
    pub temps: Vec<Temperatures>,
}

#[derive(Deserialize)]
pub struct Event {
    #[serde(rename = "type")]
    pub kind: String,
    /// Null for some kinds.
    pub payload: Option<Payload>,
}

/// The parts of the payloads of all kinds of events that are read.
#[derive(Default, Deserialize)]
pub struct Payload {
    pub path: Option<String>,
    pub reason: Option<String>,
    pub error: Option<String>,
    pub consequence: Option<String>,
}

/// `POST /api/job`, `/api/connection`, `/api/printer/command` and the like.
#[derive(Serialize)]
pub struct Command {
    pub command: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<&'static str>,
}

impl Command {
    pub fn plain(command: &'static str) -> Self {
        Self {
            command,
            action: None,
        }
    }
}

/// Selects a file and prints it.
#[derive(Serialize)]
pub struct SelectAndPrint {
    command: &'static str,
    print: bool,
}

impl SelectAndPrint {
    pub const NOW: Self = Self {
        command: "select",
        print: true,
    };
}

/// Sets the nozzle's target.
#[derive(Serialize)]
pub struct ToolTargets {
    command: &'static str,
    targets: HashMap<&'static str, f64>,
}

impl ToolTargets {
    pub fn tool0(target_c: f64) -> Self {
        Self {
            command: "target",
            targets: HashMap::from([("tool0", target_c)]),
        }
    }
}

/// Sets the bed's target.
#[derive(Serialize)]
pub struct BedTarget {
    command: &'static str,
    target: f64,
}

impl BedTarget {
    pub fn of(target_c: f64) -> Self {
        Self {
            command: "target",
            target: target_c,
        }
    }
}

/// Finds the ends of axes.
#[derive(Serialize)]
pub struct HomeAxes<'a> {
    command: &'static str,
    axes: &'a BTreeSet<Axis>,
}

impl<'a> HomeAxes<'a> {
    pub fn of(axes: &'a BTreeSet<Axis>) -> Self {
        Self {
            command: "home",
            axes,
        }
    }
}

/// Moves the head from where it is, at the speeds of OctoPrint's printer profile.
#[derive(Serialize)]
pub struct JogBy {
    command: &'static str,
    x: f64,
    y: f64,
    z: f64,
    absolute: bool,
}

impl JogBy {
    pub fn of(jog: Jog) -> Self {
        Self {
            command: "jog",
            x: jog.x_mm,
            y: jog.y_mm,
            z: jog.z_mm,
            absolute: false,
        }
    }
}

/// Asks for a session for the push socket, without a cookie.
#[derive(Serialize)]
pub struct PassiveSignIn {
    passive: bool,
}

impl PassiveSignIn {
    pub const NOW: Self = Self { passive: true };
}
