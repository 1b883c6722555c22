//! The problems that every room can meet, in the same words everywhere.

use crate::limits::COME_BACK_S;
use crate::problem::Problem;
use axum::http::StatusCode;
use fluxprint_domain::Refusal;

impl Problem {
    /// There is no such page.
    #[must_use]
    pub fn nothing_here() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "NOT_FOUND",
            "There is nothing at this address.",
            "Look whether the address was typed as it was meant, or begin at the first page.",
        )
    }

    /// The page knows other methods.
    #[must_use]
    pub fn other_method() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "METHOD_NOT_ALLOWED",
            "This address does not know that method.",
            "Look up the methods in the description of this API.",
        )
    }

    /// The caller has done this too often.
    #[must_use]
    pub fn too_often(retry_after_s: i64) -> Self {
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "RATE_LIMIT",
            "That was asked too often in a short time.",
            "Wait for a while, then go on.",
        )
        .retry_after(retry_after_s)
    }

    /// We have too much to do; each room has its own `code` for it.
    #[must_use]
    pub fn overloaded(code: &'static str) -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            code,
            "The service has too much to do at the moment.",
            "Try again in a few seconds.",
        )
        .retry_after(COME_BACK_S)
    }

    /// The call took too long; each room has its own `code` for it.
    #[must_use]
    pub fn took_too_long(code: &'static str) -> Self {
        Self::new(
            StatusCode::GATEWAY_TIMEOUT,
            code,
            "The service did not finish this in time.",
            "Look whether it was done before you try again.",
        )
    }

    /// The domain refuses.
    #[must_use]
    pub fn refused(refusal: &Refusal) -> Self {
        let status = match refusal {
            Refusal::RoleTooLow { .. } => StatusCode::FORBIDDEN,
            Refusal::OrganisationOnHold => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::CONFLICT,
        };
        Self::new(status, refusal.code(), refusal.sentence(), refusal.remedy())
    }

    /// Somebody else was faster.
    #[must_use]
    pub fn changed_meanwhile() -> Self {
        Self::new(
            StatusCode::CONFLICT,
            "CHANGED_MEANWHILE",
            "Somebody else changed this at the same moment.",
            "Look at it again, then decide.",
        )
    }

    /// The connection to the database broke at the commit.
    #[must_use]
    pub fn outcome_unknown() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "OUTCOME_UNKNOWN",
            "The connection to the database broke, so nobody knows whether this was done.",
            "Look whether it was done before you try again.",
        )
    }

    /// Our fault.
    #[must_use]
    pub fn broken() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "INTERNAL_ERROR",
            "Something went wrong in the service.",
            "Try again in a moment; if it stays, tell whoever runs the service.",
        )
    }
}
