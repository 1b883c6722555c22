//! Bytes that no version has any more.

use crate::studio::Studio;
use fluxprint_domain::Sha256;
use fluxprint_domain::id::OrganisationId;

/// Removes bytes from the store unless a version has them (again): somebody may have sent the same
/// ones while they were being deleted. What cannot be removed now costs room on the disk, nothing
/// else, so nobody is told.
pub(crate) async fn forget_bytes(studio: &Studio, org: OrganisationId, orphans: &[Sha256]) {
    let _bytes = studio.uploads.bytes.write().await;
    for sha256 in orphans {
        match studio.store.files(org).has_bytes(*sha256).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => {
                tracing::warn!(%sha256, %error, "bytes that nobody has may have stayed");
                continue;
            }
        }
        if let Err(error) = studio.blobs.delete(org, *sha256).await {
            tracing::warn!(%sha256, %error, "bytes that nobody has have stayed");
        }
    }
}
