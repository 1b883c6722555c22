//! Uploads that nobody went on with.

use crate::http::Failure;
use crate::studio::Studio;
use fluxprint_domain::id::OrganisationId;

/// Forgets the uploads of an organisation whose time is over; returns how many.
///
/// # Errors
/// Those of disk and database; what was done stays done.
pub(crate) async fn expire(studio: &Studio, org: OrganisationId) -> Result<usize, Failure> {
    let uploads = studio.store.uploads(org);
    let expired = uploads.expired(studio.clock.now()).await?;
    for upload in &expired {
        // The row first: a draft without a row is swept later, a row without a draft begins again.
        uploads.remove(*upload).await?;
        studio.blobs.drop_draft(org, *upload).await?;
    }
    Ok(expired.len())
}
