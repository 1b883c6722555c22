//! What a file is: by its content, never by its name alone (S-41).
//!
//! Decided on the first bytes, the last ones and the size. What a model holds is the print service's
//! to check; here it only has to be what it says it is. Pure: the bytes are handed in.

mod archive;
mod ending;
mod found;
mod kind;
mod name;
mod refusal;

pub use archive::directory;
pub use ending::{Class, Ending};
pub use found::{Found, HEAD_BYTES, Sample, TAIL_BYTES, recognise};
pub use kind::FileKind;
pub use name::file_name;
pub use refusal::NotStored;

/// The kind of a file whose name has `ending` and whose content turned out to be `found`.
///
/// # Errors
/// [`NotStored`] when the two do not belong together.
pub fn agreed(ending: Ending, found: Found) -> Result<FileKind, NotStored> {
    if found == Found::Bgcode {
        return Err(NotStored::BinaryGcode);
    }
    if ending.takes(found) {
        Ok(ending.kind())
    } else {
        Err(NotStored::Renamed { ending, found })
    }
}

#[cfg(test)]
#[path = "content_tests.rs"]
mod tests;
