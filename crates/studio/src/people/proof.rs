//! Somebody says who they are: the password, and the limit on wrong ones (S-11).
//!
//! A try counts against the account and against the address it comes from. From a browser in which
//! this account has signed in before, known by a cookie that only that browser has, it counts
//! against this browser alone. So a stranger who guesses slows down other strangers, never the
//! owner at home; an owner in a new browser asks for a link instead.

use super::browser::Browser;
use super::hashing::Proof;
use crate::http::Failure;
use crate::studio::Studio;
use axum::http::StatusCode;
use fluxprint_domain::Sha256;
use fluxprint_http::Problem;
use fluxprint_store::studio::person::Person;
use fluxprint_store::studio::sign_in::Verdict;
use sha2::Digest;

/// The person with this e-mail address, if the password is right.
///
/// # Errors
/// [`Failure::TooOften`]; the same words and the same time for a wrong password and for somebody
/// whom nobody knows.
pub(crate) async fn prove(
    studio: &Studio,
    browser: &Browser,
    email: &str,
    password: &str,
) -> Result<Person, Failure> {
    let (sign_ins, now) = (studio.store.sign_ins(), studio.clock.now());
    let known = browser_key(email, browser);
    let keys = if sign_ins.knows(known).await? {
        vec![known]
    } else {
        let account = key(&["account", email]);
        let address = browser
            .address
            .map(|from| key(&["address", &from.to_string()]));
        [account].into_iter().chain(address).collect()
    };
    if let Verdict::Wait { retry_after_s } = sign_ins.begin(&keys, now).await? {
        tracing::warn!("many sign-ins of one account or address have failed");
        return Err(Failure::TooOften { retry_after_s });
    }
    let person = studio.store.people().by_email(email).await?;
    let hash = person.as_ref().map(|person| person.password_hash.clone());
    let proof = studio.gate.hashing.prove(password, hash).await?;
    let person = person.filter(|_| proof != Proof::Wrong);
    let person = person.ok_or_else(refused)?;
    sign_ins.succeeded(&keys, known, now).await?;
    if proof == Proof::Outdated {
        let hash = studio.gate.hashing.hash(password, studio.clock.as_ref());
        let (people, hash) = (studio.store.people(), hash.await?);
        people
            .rehash(person.id, &person.password_hash, &hash)
            .await?;
    }
    Ok(person)
}

/// From now on somebody has signed in from this browser.
pub(crate) async fn remember(
    studio: &Studio,
    browser: &Browser,
    email: &str,
) -> Result<(), Failure> {
    let known = browser_key(email, browser);
    let sign_ins = studio.store.sign_ins();
    Ok(sign_ins.succeeded(&[], known, studio.clock.now()).await?)
}

fn refused() -> Failure {
    Problem::new(
        StatusCode::UNAUTHORIZED,
        "SIGN_IN_REFUSED",
        "The e-mail address or the password is wrong.",
        "Try again, or ask an owner of your organisation for a link to a new password.",
    )
    .into()
}

fn browser_key(email: &str, browser: &Browser) -> Sha256 {
    key(&["browser", email, &browser.secret.hash().to_string()])
}

/// A hash, so that the table holds no address of anybody.
fn key(parts: &[&str]) -> Sha256 {
    let mut hash = sha2::Sha256::new();
    for part in parts {
        hash.update(part);
        hash.update([0]);
    }
    Sha256(hash.finalize().into())
}
