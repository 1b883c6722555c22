//! The database needs room to go on, whatever comes in.

use crate::http::Failure;
use crate::limits::ROOM_BYTES_MIN;
use crate::studio::Studio;
use fluxprint_blobs::BlobError;

/// Makes sure that the disk takes so many more bytes and leaves the database its room.
///
/// # Errors
/// [`BlobError::DiskFull`].
pub(super) async fn leave_room(studio: &Studio, more_bytes: u64) -> Result<(), Failure> {
    let needed_bytes = more_bytes.saturating_add(ROOM_BYTES_MIN);
    match studio.blobs.free_bytes().await? {
        Some(free_bytes) if free_bytes < needed_bytes => Err(BlobError::DiskFull.into()),
        _ => Ok(()),
    }
}
