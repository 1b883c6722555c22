//! Why a call to the print service gave no answer that could be used.

use axum::http::StatusCode;
use fluxprint_http::Problem;

/// What went wrong at the gateway. Its text is for our log; people read [`GatewayError::problem`].
#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    /// The service cannot be reached, or went away before it had answered.
    #[error("the print service cannot be reached: {0}")]
    Away(String),
    /// It did not answer in time.
    #[error("the print service did not answer in time")]
    Slow,
    /// It answered what no print service answers.
    #[error("the print service's answer is no answer: {0}")]
    Nonsense(String),
    /// It said why not.
    #[error("the print service refused: {}", .0.code)]
    Said(Problem),
    /// No token could be signed.
    #[error("no token could be signed: {0}")]
    Token(#[from] fluxprint_tokens::KeyError),
}

impl GatewayError {
    /// The words for people. What is inside goes to the log only.
    #[must_use]
    pub fn problem(&self) -> Problem {
        match self {
            Self::Said(problem) => problem.clone(),
            Self::Away(_) => Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "PRINTING_SERVICE_UNAVAILABLE",
                "The print service cannot be reached at the moment. Everything else works.",
                "Try again in a minute; prints that are running go on meanwhile.",
            )
            .retry_after(fluxprint_http::limits::COME_BACK_S),
            Self::Slow => Problem::new(
                StatusCode::GATEWAY_TIMEOUT,
                "PRINTING_SERVICE_TIMEOUT",
                "The print service did not answer in time.",
                "Look whether it was done before you try again.",
            ),
            Self::Nonsense(_) => Problem::new(
                StatusCode::BAD_GATEWAY,
                "PRINTING_PROXY_ERROR",
                "The print service gave an answer that makes no sense.",
                "Try again in a moment; if it stays, tell whoever runs the service.",
            ),
            Self::Token(_) => Problem::broken(),
        }
    }

    /// Whether the same call may go well later.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Away(_) | Self::Slow | Self::Nonsense(_) | Self::Token(_) => true,
            Self::Said(problem) => {
                problem.status.is_server_error()
                    || matches!(
                        problem.status,
                        StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT
                    )
            }
        }
    }
}
