//! Password hashes (S-10): Argon2id, a few at a time, and a bounded queue for the rest.

use crate::http::Failure;
use crate::limits::{HASH_WAIT_S, HASHES_AT_ONCE, HASHES_WAITING_MAX};
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use fluxprint_domain::Clock;
use std::num::NonZero;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// Memory of one hash in KiB, passes over it and lanes: the minimum of OWASP's password storage
/// cheat sheet.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Places where passwords are hashed.
#[derive(Debug)]
pub struct Hashing {
    places: Arc<Semaphore>,
    waiting: Semaphore,
}

/// What a password turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Proof {
    /// The right one.
    Right,
    /// The right one, under parameters of an older time.
    Outdated,
    /// Another one.
    Wrong,
}

impl Default for Hashing {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        let places = cores.min(HASHES_AT_ONCE);
        Self {
            places: Arc::new(Semaphore::new(places)),
            waiting: Semaphore::new(places + HASHES_WAITING_MAX),
        }
    }
}

impl Hashing {
    /// The hash of a new password, with its parameters and a salt of its own.
    ///
    /// # Errors
    /// [`Failure::Overloaded`].
    pub(crate) async fn hash(&self, password: &str, clock: &dyn Clock) -> Result<String, Failure> {
        let (password, salt) = (password.to_owned(), clock.random().to_be_bytes());
        let hash = move || {
            let hash = argon()?.hash_password_with_salt(password.as_bytes(), &salt);
            hash.map(|hash| hash.to_string()).ok()
        };
        self.work(hash).await?.ok_or(Failure::Broken)
    }

    /// Whether `password` is the one of `hash`. Without a hash the same work is done, so that nobody
    /// learns from the time whether there is such a person.
    ///
    /// # Errors
    /// [`Failure::Overloaded`].
    pub(crate) async fn prove(
        &self,
        password: &str,
        hash: Option<String>,
    ) -> Result<Proof, Failure> {
        let password = password.to_owned();
        let prove = move || {
            let known = hash
                .as_deref()
                .and_then(|hash| PasswordHash::new(hash).ok());
            let Some(known) = known else {
                let nobody = nobodys_hash();
                let nobody = PasswordHash::new(&nobody).ok();
                let _ = nobody.map(|nobody| verify(&password, &nobody));
                return Proof::Wrong;
            };
            match (verify(&password, &known), is_current(&known)) {
                (false, _) => Proof::Wrong,
                (true, true) => Proof::Right,
                (true, false) => Proof::Outdated,
            }
        };
        self.work(prove).await
    }

    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Failure> {
        let _queued = self
            .waiting
            .try_acquire()
            .map_err(|_| Failure::Overloaded)?;
        let patience = Duration::from_secs(HASH_WAIT_S);
        let place = tokio::time::timeout(patience, self.places.clone().acquire_owned()).await;
        let Ok(Ok(place)) = place else {
            return Err(Failure::Overloaded);
        };
        // The work keeps its place also when nobody waits for it any more.
        let work = move || {
            let done = work();
            drop(place);
            done
        };
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|_| Failure::Broken)
    }
}

fn argon() -> Option<Argon2<'static>> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).ok()?;
    Some(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// The parameters come from the hash.
fn verify(password: &str, hash: &PasswordHash) -> bool {
    Argon2::default()
        .verify_password(password.as_bytes(), hash)
        .is_ok()
}

fn is_current(hash: &PasswordHash) -> bool {
    let params = Params::try_from(hash);
    params.is_ok_and(|params| {
        (params.m_cost(), params.t_cost(), params.p_cost()) == (MEMORY_KIB, PASSES, LANES)
    })
}

/// A hash that no password has: sixteen bytes of salt and thirty-two of hash, all zero.
fn nobodys_hash() -> String {
    let (salt, hash) = ("A".repeat(22), "A".repeat(43));
    format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}${salt}${hash}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use fluxprint_clock::SystemClock;

    /// The same word under 8 KiB and one pass.
    fn weak() -> String {
        let params = Params::new(8, 1, 1, None).unwrap();
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let hash = argon.hash_password_with_salt(b"three boats", &[7; 16]);
        hash.unwrap().to_string()
    }

    #[tokio::test]
    async fn a_password_proves_itself_and_an_old_hash_is_told_from_a_current_one() {
        let hashing = Hashing::default();
        let clock = SystemClock::new();
        let hash = hashing.hash("three boats", &clock).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert_ne!(hash, hashing.hash("three boats", &clock).await.unwrap());
        let prove = async |word, hash| hashing.prove(word, hash).await.unwrap();
        assert_eq!(prove("three boats", Some(hash.clone())).await, Proof::Right);
        assert_eq!(prove("two boats", Some(hash)).await, Proof::Wrong);
        assert_eq!(prove("three boats", Some(weak())).await, Proof::Outdated);
        assert_eq!(
            prove("three boats", Some(String::new())).await,
            Proof::Wrong
        );
        assert_eq!(prove("three boats", None).await, Proof::Wrong);
        assert!(PasswordHash::new(&nobodys_hash()).is_ok());
    }

    #[tokio::test]
    async fn too_many_at_once_are_told_to_come_back() {
        let hashing = Hashing::default();
        let all = u32::try_from(hashing.waiting.available_permits()).unwrap();
        let _full = hashing.waiting.acquire_many(all).await.unwrap();
        let turned_away = hashing.prove("three boats", None).await;
        assert!(matches!(turned_away, Err(Failure::Overloaded)));
    }
}
