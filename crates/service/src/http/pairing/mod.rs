//! Pairing by a code that the bridge shows and a person confirms (B-01, the shape of RFC 8628).

pub mod begin;
pub mod collect;
pub mod confirm;
pub mod look;
pub mod refuse;

use crate::http::door::Caller;
use crate::http::extract::Named;
use crate::http::failure::{Failure, Thing};
use crate::service::Service;
use fluxprint_domain::Sha256;
use fluxprint_tokens::{UserCode, bearer};

/// A code as a person typed it, in an address. What cannot be one is wrong like one that nobody has.
pub struct Typed(Option<Sha256>);

impl std::str::FromStr for Typed {
    type Err = std::convert::Infallible;

    fn from_str(typed: &str) -> Result<Self, Self::Err> {
        let code = UserCode::read(typed);
        Ok(Self(code.map(|code| bearer::hash(code.letters()))))
    }
}

/// Counts a try of a person, does with the code what is asked, and takes the try back when the code
/// was right.
async fn with_code<T, D>(
    service: &Service,
    caller: &Caller,
    Named(Typed(code)): Named<Typed>,
    then: impl FnOnce(Sha256) -> D,
) -> Result<T, Failure>
where
    D: Future<Output = Result<T, fluxprint_store::StoreError>>,
{
    let now = service.clock.monotonic();
    let strangers = &service.gate.strangers;
    let person = strangers.person_tries(caller.org(), caller.who(), now)?;
    let code = code.ok_or(Failure::NotThere(Thing::UserCode))?;
    let done = then(code).await.map_err(Thing::UserCode.missing())?;
    strangers.person_was_right(&person);
    Ok(done)
}
