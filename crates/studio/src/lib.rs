//! The studio, so far: the keys it signs the seam's tokens with, and the door where their public
//! halves are published.

mod keys;
mod published;

pub use keys::Keys;
pub use published::router;
