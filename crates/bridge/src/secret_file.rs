//! Small files that only the bridge's user may read: written whole or not at all.

use crate::config::read_bounded;
use crate::error::BridgeError;
use crate::limits::SECRET_BYTES_MAX;
use secrecy::{ExposeSecret, SecretString};
use std::fs;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// Writes `file`; whoever reads it meanwhile sees the old text or the new one.
///
/// # Errors
/// [`BridgeError::Disk`].
pub fn write(file: &Path, text: &SecretString, what: &'static str) -> Result<(), BridgeError> {
    let wrong = || BridgeError::disk(what);
    let folder = file.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(wrong())?;
    let new = file.with_extension("new");
    // One left over may have another mode; the mode counts only for a file that is made.
    remove(&new, what)?;
    let mut open = fs::OpenOptions::new();
    let open = open.write(true).create_new(true).mode(0o600).open(&new);
    let mut open = open.map_err(wrong())?;
    open.write_all(text.expose_secret().as_bytes())
        .map_err(wrong())?;
    open.sync_all().map_err(wrong())?;
    fs::rename(&new, file).map_err(wrong())?;
    let folder = fs::File::open(folder).map_err(wrong())?;
    folder.sync_all().map_err(wrong())
}

/// The text of `file` without what surrounds it; nothing when it is not there or empty.
///
/// # Errors
/// [`BridgeError::Disk`] when it cannot be read.
pub fn read(file: &Path, what: &'static str) -> Result<Option<SecretString>, BridgeError> {
    if !file.exists() {
        return Ok(None);
    }
    let text = SecretString::from(read_bounded(file, SECRET_BYTES_MAX, what)?);
    let trimmed = text.expose_secret().trim();
    Ok((!trimmed.is_empty()).then(|| SecretString::from(trimmed)))
}

/// Removes `file`, if it is there.
///
/// # Errors
/// [`BridgeError::Disk`].
pub fn remove(file: &Path, what: &'static str) -> Result<(), BridgeError> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(BridgeError::disk(what)(error)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_secret_is_for_this_user_alone_and_a_new_one_replaces_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("bridge").join("secret");
        assert!(read(&file, "it").unwrap().is_none());
        for secret in ["one", "two"] {
            write(&file, &SecretString::from(secret), "it").unwrap();
            assert_eq!(read(&file, "it").unwrap().unwrap().expose_secret(), secret);
        }
        let mode = fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        remove(&file, "it").unwrap();
        remove(&file, "it").unwrap();
        assert!(read(&file, "it").unwrap().is_none());
    }
}
