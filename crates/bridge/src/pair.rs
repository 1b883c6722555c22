//! Pairing: a one-time code becomes this bridge's own token, which stays in the data folder.

use crate::config::read_bounded;
use crate::error::BridgeError;
use crate::limits::{PAIRING_ANSWER_BYTES_MAX, PAIRING_MS, SECRET_BYTES_MAX};
use crate::service::Service;
use fluxprint_domain::id::BridgeId;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What pairing gave.
#[derive(Debug, Deserialize)]
pub struct Paired {
    /// This bridge, as the service knows it from now on.
    pub bridge: BridgeId,
    /// Its token. Shown to nobody.
    pub token: SecretString,
}

/// A problem as the service tells it (RFC 9457).
#[derive(Deserialize)]
struct Problem {
    title: Option<String>,
    detail: Option<String>,
}

/// Gives the code to the service and stores the token it gives back.
///
/// # Errors
/// [`BridgeError::PairingRefused`] with the service's own words, [`BridgeError::ServiceSilent`],
/// [`BridgeError::NotAService`], or [`BridgeError::Disk`] when the token cannot be stored.
pub async fn pair(
    service: &Service,
    folder: &Path,
    code: &str,
    name: &str,
) -> Result<BridgeId, BridgeError> {
    let body = serde_json::json!({ "code": code, "name": name });
    let patience = Duration::from_millis(PAIRING_MS);
    let asked = service
        .post(&["v1", "pairing"])
        .json(&body)
        .timeout(patience)
        .send()
        .await;
    let mut answer = asked.map_err(|_| BridgeError::ServiceSilent)?;
    let status = answer.status();
    let mut bytes = Vec::new();
    while let Some(chunk) = answer
        .chunk()
        .await
        .map_err(|_| BridgeError::ServiceSilent)?
    {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > PAIRING_ANSWER_BYTES_MAX {
            return Err(BridgeError::NotAService);
        }
    }
    if !status.is_success() {
        let problem: Problem =
            serde_json::from_slice(&bytes).map_err(|_| BridgeError::NotAService)?;
        let said = problem
            .detail
            .or(problem.title)
            .ok_or(BridgeError::NotAService)?;
        let clean: String = said.chars().filter(|c| !c.is_control()).take(300).collect();
        return Err(BridgeError::PairingRefused(clean));
    }
    let paired: Paired = serde_json::from_slice(&bytes).map_err(|_| BridgeError::NotAService)?;
    store_token(folder, &paired.token)?;
    Ok(paired.bridge)
}

fn token_file(folder: &Path) -> PathBuf {
    folder.join("token")
}

/// Stores the token so that only this user can read it, all of it or nothing.
fn store_token(folder: &Path, token: &SecretString) -> Result<(), BridgeError> {
    let wrong = || BridgeError::disk("The file with the bridge's token");
    fs::create_dir_all(folder).map_err(wrong())?;
    let new = folder.join("token.new");
    // One left over may have another mode; the mode counts only for a file that is made.
    match fs::remove_file(&new) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(wrong()(error)),
        _ => {}
    }
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&new)
        .map_err(wrong())?;
    file.write_all(token.expose_secret().as_bytes())
        .map_err(wrong())?;
    file.sync_all().map_err(wrong())?;
    fs::rename(&new, token_file(folder)).map_err(wrong())?;
    let folder = fs::File::open(folder).map_err(wrong())?;
    folder.sync_all().map_err(wrong())
}

/// The token that pairing stored.
///
/// # Errors
/// [`BridgeError::NotPaired`] when there is none, [`BridgeError::Disk`] when it cannot be read.
pub fn stored_token(folder: &Path) -> Result<SecretString, BridgeError> {
    let file = token_file(folder);
    if !file.exists() {
        return Err(BridgeError::NotPaired);
    }
    let text = read_bounded(&file, SECRET_BYTES_MAX, "The file with the bridge's token")?;
    match text.trim() {
        "" => Err(BridgeError::NotPaired),
        token => Ok(SecretString::from(token.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn the_token_is_for_this_user_alone_and_a_new_one_replaces_it() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("bridge");
        assert!(matches!(stored_token(&data), Err(BridgeError::NotPaired)));
        for token in ["fxb_one", "fxb_two"] {
            store_token(&data, &SecretString::from(token)).unwrap();
            assert_eq!(stored_token(&data).unwrap().expose_secret(), token);
        }
        let mode = fs::metadata(token_file(&data))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
