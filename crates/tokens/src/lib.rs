//! The tokens of FluxPrint.
//!
//! *The seam's token*: whoever stands before the service (the studio, another host) says with a
//! short-lived JWT who calls, for which organisation and in which role; the service trusts nothing
//! else. EdDSA with the keys of a published document is the normal way, HS256 with a shared secret
//! the compatible one. *Bearer tokens* are long random words that a program keeps, known here only
//! by their hash. *Pairing codes* and *user codes* are short ones that a person types once.

pub mod bearer;
mod claims;
pub mod device;
mod error;
mod jwks;
mod key;
pub mod limits;
mod minter;
mod pairing;
mod provider;
mod typed;
mod user_code;
mod verifier;

pub use claims::{Claims, Grant, Program, ProgramId, Projects, Subject};
pub use error::{KeyError, TokenError};
pub use jwks::{Jwk, Jwks};
pub use key::{SharedSecret, SigningKey};
pub use minter::Minter;
pub use pairing::PairingCode;
pub use user_code::UserCode;
pub use verifier::Verifier;

/// Who signs tokens of the seam unless the configuration names another: the studio.
pub const ISSUER: &str = "fluxstudio";
/// For whom they are signed unless the configuration names another: the print service.
pub const AUDIENCE: &str = "fluxprint";
