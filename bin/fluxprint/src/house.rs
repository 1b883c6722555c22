//! What the data folder holds beside databases and files: keys, the organisation, the passwords
//! of the database roles.

use crate::problem::Problem;
use fluxprint_clock::SystemClock;
use fluxprint_domain::id::{Id, Kind, OrganisationId, PersonId};
use fluxprint_domain::{Clock, Timestamp};
use fluxprint_store::LoginPasswords;
use fluxprint_studio::Keys;
use fluxprint_tokens::KeyError;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Seconds a token from the command line lives.
const OWNER_TOKEN_S: i64 = 120;

/// The keys of one installation.
pub struct House {
    /// Signs for the studio.
    pub keys: Keys,
    /// The only organisation, until people make more.
    pub organisation: OrganisationId,
    /// Its first owner.
    pub owner: PersonId,
    dir: PathBuf,
}

impl House {
    /// Opens the folder of keys, or makes it at the first start.
    ///
    /// # Errors
    /// When it cannot be read or written.
    pub fn open(dir: &Path, clock: &Arc<SystemClock>) -> Result<Self, Problem> {
        let shared: Arc<dyn Clock> = clock.clone();
        let keys = Keys::open_or_create(dir, shared).map_err(|error| Problem::Part {
            part: "the signing key",
            why: error.to_string(),
            remedy: "Check who may read and write the folder `keys` in the data folder",
        })?;
        Ok(Self {
            keys,
            organisation: kept_id(&dir.join("organisation"), clock)?,
            owner: kept_id(&dir.join("owner"), clock)?,
            dir: dir.to_owned(),
        })
    }

    /// A token with which its holder speaks as the owner.
    ///
    /// # Errors
    /// When it cannot be signed.
    pub fn owner_token(&self) -> Result<String, Problem> {
        let token = self
            .keys
            .owner_token(self.owner, self.organisation, OWNER_TOKEN_S);
        token.map_err(|error| unsigned(&error))
    }

    /// A token with which its holder runs the studio.
    ///
    /// # Errors
    /// When it cannot be signed.
    pub fn operator_token(&self) -> Result<String, Problem> {
        let token = self
            .keys
            .operator_token(self.owner, self.organisation, OWNER_TOKEN_S);
        token.map_err(|error| unsigned(&error))
    }

    /// The passwords of the two login roles of PostgreSQL.
    ///
    /// # Errors
    /// When they cannot be kept.
    pub fn passwords(&self, clock: &SystemClock) -> Result<LoginPasswords, Problem> {
        let fresh = || format!("{:032x}{:032x}", clock.random(), clock.random());
        Ok(LoginPasswords {
            studio: kept(&self.dir.join("database-studio"), fresh)?,
            service: kept(&self.dir.join("database-service"), fresh)?,
        })
    }
}

fn unsigned(error: &KeyError) -> Problem {
    Problem::Part {
        part: "the signing key",
        why: error.to_string(),
        remedy: "Restore the folder `keys` from a backup",
    }
}

fn kept_id<K: Kind>(path: &Path, clock: &SystemClock) -> Result<Id<K>, Problem> {
    let fresh = || Id::<K>::new(Timestamp(clock.now().0), clock.random()).to_string();
    kept(path, fresh)?
        .parse()
        .map_err(|error: fluxprint_domain::id::NotAnId| Problem::File {
            path: path.to_owned(),
            why: std::io::Error::other(error),
        })
}

/// Reads a word from a file, or makes the file with a fresh one, for its owner only. Of two
/// programs that do it at once, one writes and both read the same.
fn kept(path: &Path, fresh: impl Fn() -> String) -> Result<String, Problem> {
    let failed = |why| Problem::File {
        path: path.to_owned(),
        why,
    };
    match std::fs::read_to_string(path) {
        Ok(text) => return Ok(text.trim().to_owned()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(failed(error)),
    }
    let draft = path.with_extension(format!("draft-{}", std::process::id()));
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&draft)
        .map_err(failed)?;
    file.write_all(fresh().as_bytes())
        .and_then(|()| file.sync_all())
        .map_err(failed)?;
    // A link never replaces a file that another program has put there first.
    let linked = std::fs::hard_link(&draft, path);
    let _ = std::fs::remove_file(&draft);
    match linked {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(failed(error)),
        _ => std::fs::read_to_string(path)
            .map(|text| text.trim().to_owned())
            .map_err(failed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kept_word_stays_what_it_was_at_the_first_start() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("word");
        assert_eq!(kept(&path, || "first".into()).unwrap(), "first");
        assert_eq!(kept(&path, || "second".into()).unwrap(), "first");
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }
}
