//! An upload as it stands, with its draft in hand.

use super::held::Held;
use super::refusal::Refused;
use crate::http::door::Caller;
use crate::http::{Failure, Thing};
use crate::limits::UPLOAD_KEPT_S;
use crate::studio::Studio;
use fluxprint_blobs::{Draft, DraftError, Mark};
use fluxprint_domain::id::{OrganisationId, UploadId};
use fluxprint_store::studio::upload::{Step, Upload};

/// An upload that nobody else goes on with.
pub(super) struct Open {
    pub org: OrganisationId,
    pub upload: Upload,
    pub held: Held,
}

/// Takes an upload of the caller in hand.
///
/// # Errors
/// [`Failure::NotThere`] for one that is forgotten or not the caller's; [`Refused::InUse`].
pub(super) async fn open(studio: &Studio, caller: &Caller, id: UploadId) -> Result<Open, Failure> {
    let (org, uploads) = (caller.org, studio.store.uploads(caller.org));
    let mine = async || {
        let mine = uploads.get(id, caller.person, studio.clock.now()).await;
        mine.map_err(Thing::Upload.missing())
    };
    // First: nobody disturbs a holder for an upload that is not theirs.
    mine().await?;
    let held = studio.uploads.hold(id).await?;
    Ok(Open {
        org,
        upload: mine().await?,
        held,
    })
}

impl Open {
    /// The draft, at the point that the row says. When bytes before it are gone (a power cut, a hand
    /// in the folder), the upload is at its beginning again.
    pub async fn draft(&mut self, studio: &Studio) -> Result<Box<dyn Draft>, Failure> {
        loop {
            let mark = Mark {
                offset_bytes: self.upload.offset_bytes,
                hash_state: self.upload.hash_state.clone(),
            };
            match studio.blobs.draft(self.org, self.upload.id, &mark).await {
                Ok(draft) => return Ok(draft),
                Err(DraftError::InUse) => return Err(Refused::InUse.into()),
                Err(DraftError::Blob(error)) => return Err(error.into()),
                Err(DraftError::Lost) if mark.offset_bytes == 0 => return Err(Failure::Broken),
                Err(DraftError::Lost) => {
                    tracing::warn!(upload = %self.upload.id, "an upload lost its bytes and begins again");
                    self.move_to(studio, Mark::start()).await?;
                }
            }
        }
    }

    /// Notes how far the upload is.
    pub async fn move_to(&mut self, studio: &Studio, mark: Mark) -> Result<(), Failure> {
        let step = Step {
            from_bytes: self.upload.offset_bytes,
            to_bytes: mark.offset_bytes,
            hash_state: mark.hash_state,
            expires_at: studio.clock.now().plus_s(UPLOAD_KEPT_S),
        };
        let uploads = studio.store.uploads(self.org);
        let moved = uploads.advance(self.upload.id, &step).await;
        moved.map_err(Thing::Upload.missing())?;
        self.upload.offset_bytes = step.to_bytes;
        self.upload.hash_state = step.hash_state;
        self.upload.expires_at = step.expires_at;
        Ok(())
    }
}
