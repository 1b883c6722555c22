//! The files OctoPrint has to find so that it starts without a wizard and never leaves this machine.

use std::fs;
use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result};

/// Plugins that look outside: update checks, notices, multicast, telemetry, and checks of the host.
const PLUGINS_OFF: [&str; 10] = [
    "announcements",
    "discovery",
    "errortracking",
    "file_check",
    "firmware_check",
    "health_check",
    "pi_support",
    "pluginmanager",
    "softwareupdate",
    "tracking",
];

/// Where the API key is kept beside OctoPrint's own files.
const KEY_FILE: &str = "fluxprint-api-key";

/// Writes settings and the user into a base folder that has none; returns the user's API key.
pub(super) fn write(basedir: &Path, communication_timeout_s: Option<u32>) -> Result<String> {
    let key_file = basedir.join(KEY_FILE);
    if let Ok(key) = fs::read_to_string(&key_file) {
        return Ok(key);
    }
    let key = fresh_hex()?;
    let salt = fresh_hex()?;
    fs::write(
        basedir.join("config.yaml"),
        config(&salt, communication_timeout_s).to_string(),
    )?;
    fs::write(basedir.join("users.yaml"), users(&key).to_string())?;
    fs::write(key_file, &key)?;
    Ok(key)
}

/// OctoPrint reads YAML, and JSON is YAML.
fn config(salt: &str, communication_timeout_s: Option<u32>) -> serde_json::Value {
    let mut config = serde_json::json!({
        "accessControl": { "salt": salt },
        "server": {
            "firstRun": false,
            // A wizard counts as seen in the version it has in 1.11.8.
            "seenWizards": {
                "corewizard": 4, "classicwebcam": 1, "softwareupdate": 1,
                "backup": null, "tracking": null,
            },
            "secretKey": salt,
            "onlineCheck": { "enabled": false },
            "pluginBlacklist": { "enabled": false },
            "pythonEolCheck": { "enabled": false },
        },
        "serial": {
            "port": "VIRTUAL", "baudrate": 115_200, "autoconnect": true, "additionalPorts": [],
        },
        "plugins": {
            "_disabled": PLUGINS_OFF,
            "virtual_printer": {
                "_config_version": 1, "enabled": true,
                // Large buffers make prints fast; the default asks for resends at lines 100 to 115.
                "rxBuffer": 4096, "commandBuffer": 64, "simulated_errors": [],
            },
        },
    });
    if let (Some(timeout_s), Some(serial)) = (communication_timeout_s, config.get_mut("serial")) {
        serial["timeout"] = serde_json::json!({ "communication": timeout_s });
    }
    config
}

/// One user who may do everything by key and can never sign in: no password has this hash.
fn users(key: &str) -> serde_json::Value {
    serde_json::json!({
        "_version": 2,
        "fluxprint": {
            "active": true, "apikey": key, "password": "none",
            "groups": ["users", "admins"], "permissions": [], "settings": {},
        },
    })
}

fn fresh_hex() -> Result<String> {
    let mut bytes = [0_u8; 16];
    fs::File::open("/dev/urandom")?
        .read_exact(&mut bytes)
        .context("no randomness")?;
    Ok(bytes.iter().map(|byte| format!("{byte:02X}")).collect())
}
