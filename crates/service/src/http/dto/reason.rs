//! Why something waits, is held, failed or was refused.

use fluxprint_domain::Refusal;
use fluxprint_store::service::reason::Reason;
use serde::Serialize;
use utoipa::ToSchema;

/// Why something is as it is.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Reason)]
pub struct ReasonShown {
    /// For programs; stable.
    pub code: String,
    /// What happened.
    pub sentence: String,
    /// What to do.
    pub remedy: String,
}

impl From<Reason> for ReasonShown {
    fn from(reason: Reason) -> Self {
        Self {
            code: reason.code,
            sentence: reason.sentence,
            remedy: reason.remedy,
        }
    }
}

impl From<&Refusal> for ReasonShown {
    fn from(refusal: &Refusal) -> Self {
        Reason::from(refusal).into()
    }
}
