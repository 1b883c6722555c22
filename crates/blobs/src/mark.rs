//! How far a draft has got: what is remembered of it between two calls, so that nothing is ever
//! read again to go on with its hash.

use crate::draft_error::DraftError;
use fluxprint_domain::Sha256;
use sha2::digest::common::hazmat::{SerializableState, SerializedState};
use sha2::{Digest, Sha256 as Hasher};

/// A point in a draft up to which its bytes are on the disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Bytes before it.
    pub offset_bytes: u64,
    /// The state of SHA-256 behind these bytes, as the `sha2` crate writes it. A release of ours
    /// that changes to a `sha2` with another form of it makes drafts begin again.
    pub hash_state: Vec<u8>,
}

impl Mark {
    /// The beginning of a draft.
    #[must_use]
    pub fn start() -> Self {
        Self::of(0, &Hasher::new())
    }

    /// The hash of the bytes before it.
    ///
    /// # Errors
    /// [`DraftError::Lost`] when the state is not one.
    pub fn sha256(&self) -> Result<Sha256, DraftError> {
        Ok(Sha256(self.hasher()?.finalize().into()))
    }

    pub(crate) fn of(offset_bytes: u64, hasher: &Hasher) -> Self {
        let hash_state = hasher.serialize().as_slice().to_vec();
        Self {
            offset_bytes,
            hash_state,
        }
    }

    pub(crate) fn hasher(&self) -> Result<Hasher, DraftError> {
        let state = SerializedState::<Hasher>::try_from(self.hash_state.as_slice());
        let state = state.map_err(|_| DraftError::Lost)?;
        Hasher::deserialize(&state).map_err(|_| DraftError::Lost)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_goes_on_from_its_mark_as_if_it_had_never_stopped() {
        for cut in [0, 1, 63, 64, 65, 1_000] {
            let bytes: Vec<u8> = (0..1_000u32).map(|n| (n * 7) as u8).collect();
            let (first, rest) = bytes.split_at(cut);
            let mark = Mark::of(cut as u64, &Hasher::new_with_prefix(first));
            let hasher = mark.hasher().unwrap().chain_update(rest);
            let whole = Mark::of(1_000, &hasher).sha256().unwrap();
            assert_eq!(whole.0, <[u8; 32]>::from(Hasher::digest(&bytes)), "{cut}");
        }
    }

    #[test]
    fn a_state_that_is_none_is_told_as_a_lost_draft() {
        let broken = Mark {
            hash_state: vec![1, 2, 3],
            ..Mark::start()
        };
        assert!(matches!(broken.sha256(), Err(DraftError::Lost)));
    }
}
