//! The seam's token, well and badly made.
#![expect(clippy::unwrap_used, reason = "tests")]

mod keys;
mod refused;

use fluxprint_domain::id::{OrganisationId, PersonId, ProjectId};
use fluxprint_domain::role::Role;
use fluxprint_domain::{Clock, Monotonic, Timestamp};
use fluxprint_tokens::{
    Grant, Jwks, Minter, Projects, SharedSecret, SigningKey, Subject, TokenError, Verifier,
};

const NOW: Timestamp = Timestamp(1_800_000_000_000_000);
const NOW_S: i64 = 1_800_000_000;

struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        NOW
    }
    fn monotonic(&self) -> Monotonic {
        Monotonic(0)
    }
    fn random(&self) -> u128 {
        7
    }
}

fn ada() -> Grant {
    let project = ProjectId::new(NOW, 3);
    Grant {
        sub: Subject::Person(PersonId::new(NOW, 1)),
        org: OrganisationId::new(NOW, 2),
        role: Role::Editor,
        projects: Projects::Some([(project, Role::Viewer)].into()),
    }
}

fn trusting(key: &SigningKey) -> Verifier {
    Verifier::new("studio", "fluxprint").with_jwks(&Jwks {
        keys: vec![key.public()],
    })
}

#[test]
fn what_was_granted_is_what_is_read() {
    let key = SigningKey::generate().unwrap();
    let token = Minter::ed25519("studio", "fluxprint", &key)
        .mint(&ada(), 120, &Still)
        .unwrap();
    let claims = trusting(&key).verify(&token, NOW).unwrap();
    assert_eq!((claims.sub, claims.org), (ada().sub, ada().org));
    assert_eq!(
        (claims.role, &claims.projects),
        (ada().role, &ada().projects)
    );
    let (project, elsewhere) = (ProjectId::new(NOW, 3), ProjectId::new(NOW, 4));
    let role_in = |project| claims.projects.role_in(project, claims.role);
    assert_eq!(role_in(Some(project)), Some(Role::Viewer));
    assert_eq!(role_in(Some(elsewhere)), None);
    assert_eq!(role_in(None), Some(Role::Editor));
}

#[test]
fn an_owner_sees_every_project_and_a_program_is_no_person() {
    let key = SigningKey::generate().unwrap();
    let grant = Grant {
        sub: Subject::Program(fluxprint_tokens::ProgramId::new(NOW, 9)),
        projects: Projects::All,
        role: Role::Owner,
        ..ada()
    };
    let minter = Minter::ed25519("studio", "fluxprint", &key);
    let token = minter.mint(&grant, 60, &Still).unwrap();
    let claims = trusting(&key).verify(&token, NOW).unwrap();
    assert_eq!((claims.projects, claims.sub), (Projects::All, grant.sub));
    assert!(!claims.sub.is_person());
}

#[test]
fn a_shared_secret_signs_too_and_two_hold_while_it_changes() {
    let secret = |n: u8| SharedSecret::new(&[n; 32]).unwrap();
    let (old, new, lost) = (secret(1), secret(2), secret(3));
    let verifier = Verifier::new("studio", "fluxprint");
    let verifier = verifier.with_secrets(&[new.clone(), old.clone()]).unwrap();
    let token = |secret| {
        let minter = Minter::hs256("studio", "fluxprint", secret);
        minter.mint(&ada(), 60, &Still).unwrap()
    };
    assert!(verifier.verify(&token(&old), NOW).is_ok());
    assert!(verifier.verify(&token(&new), NOW).is_ok());
    assert_eq!(
        verifier.verify(&token(&lost), NOW),
        Err(TokenError::Signature)
    );
    assert!(SharedSecret::new(&[7; 31]).is_err());
    let three = [old, new, lost];
    assert!(Verifier::new("a", "b").with_secrets(&three).is_err());
}

#[test]
fn nobody_mints_a_token_that_lives_too_long() {
    let key = SigningKey::generate().unwrap();
    let minter = Minter::ed25519("studio", "fluxprint", &key);
    assert!(minter.mint(&ada(), 121, &Still).is_err());
    assert!(minter.mint(&ada(), 0, &Still).is_err());
}

#[test]
fn a_token_holds_until_its_end_and_half_a_minute_for_clocks_that_differ() {
    let key = SigningKey::generate().unwrap();
    let minter = Minter::ed25519("studio", "fluxprint", &key);
    let token = minter.mint(&ada(), 60, &Still).unwrap();
    let verify_at = |s| trusting(&key).verify(&token, NOW.plus_s(s)).err();
    assert_eq!(verify_at(89), None);
    assert_eq!(verify_at(90), Some(TokenError::Expired));
    assert_eq!(verify_at(-30), None);
    assert_eq!(verify_at(-31), Some(TokenError::NotYet));
}
