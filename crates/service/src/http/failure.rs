//! Everything that can go wrong with a call, and the one place that puts it into words (RFC 9457).
//!
//! No text here repeats anything that a caller sent, and none shows what is inside: the inner
//! error goes to the log, once, here.

use super::camera::words as camera;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use fluxprint_blobs::BlobError;
use fluxprint_domain::Refusal;
use fluxprint_http::{Fault, Full, Problem};
use fluxprint_link::Refused;
use fluxprint_link::camera::Trouble;
use fluxprint_store::StoreError;
use fluxprint_store::service::reason::Reason;

/// What a call asked for and is not there, or not for this caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thing {
    /// A page of the API.
    Page,
    /// A printer.
    Printer,
    /// A bridge.
    Bridge,
    /// An alert.
    Alert,
    /// A model.
    Model,
    /// A job.
    Job,
    /// A copy of a job.
    Copy,
    /// A file for a bridge.
    Artifact,
    /// A pairing code.
    Code,
    /// A code that a bridge shows.
    UserCode,
    /// A project the caller may print for.
    Project,
}

/// Why a call is not answered with what was asked.
#[derive(Debug)]
pub enum Failure {
    /// There is no such thing for this caller.
    NotThere(Thing),
    /// The page knows other methods.
    OtherMethod,
    /// No token, or one that is not believed.
    NotSignedIn,
    /// The token's time is over.
    SignedOut,
    /// The domain refuses.
    Refused(Refusal),
    /// The caller has done this too often.
    TooOften {
        /// Seconds until the next one is allowed.
        retry_after_s: i64,
    },
    /// The caller has too many jobs that are not over.
    TooManyOpenJobs,
    /// A person said that the bridge is not theirs.
    PairingRefused,
    /// The caller has raised as many jobs as one may.
    TooManyRaised,
    /// The order of the queue is no longer the one that the caller has seen.
    OrderChanged,
    /// We have too much to do.
    Overloaded,
    /// The call took too long.
    TookTooLong,
    /// The request itself is at fault.
    Request(Fault),
    /// There is no camera now.
    NoCamera,
    /// The camera gives no picture.
    Camera(Trouble),
    /// As many look through cameras as may.
    TooManyViewers,
    /// The model was looked at and cannot be printed (or estimated).
    ModelRefused(Reason),
    /// The model is still being looked at.
    ModelNotReady,
    /// A bridge has refused what was asked, for a reason of its own.
    BridgeRefused(Refused),
    /// It was said to a bridge, and no answer came.
    NotKnownWhetherDone,
    /// A file.
    Blob(BlobError),
    /// The database.
    Store(StoreError),
    /// Our fault.
    Broken,
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self::Request(fault)
    }
}

impl From<Full> for Failure {
    fn from(Full: Full) -> Self {
        Self::Overloaded
    }
}

impl From<BlobError> for Failure {
    fn from(error: BlobError) -> Self {
        Self::Blob(error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Thing {
    /// [`Failure::NotThere`] of this thing where the store says so; other errors as they are.
    pub fn missing(self) -> impl Fn(StoreError) -> Failure {
        move |error| match error {
            StoreError::NotFound | StoreError::Stale => Failure::NotThere(self),
            other => Failure::Store(other),
        }
    }

    fn problem(self) -> Problem {
        let (code, sentence) = match self {
            Self::Page => return Problem::nothing_here(),
            Self::Printer => ("PRINTER_NOT_FOUND", "There is no such printer."),
            Self::Bridge => ("BRIDGE_NOT_FOUND", "There is no such bridge."),
            Self::Alert => ("ALERT_NOT_FOUND", "There is no such alert."),
            Self::Model => ("MODEL_NOT_FOUND", "There is no such model."),
            Self::Job => ("PRINTING_JOB_NOT_FOUND", "There is no such print job."),
            Self::Copy => ("COPY_NOT_FOUND", "There is no such copy."),
            Self::Artifact => ("FILE_NOT_FOUND", "There is no such file for this bridge."),
            Self::Code => (
                "PAIRING_CODE_UNKNOWN",
                "This code is wrong, was used before, or is older than ten minutes.",
            ),
            Self::UserCode => (
                "PAIRING_CODE_UNKNOWN",
                "No bridge waits under this code: it is wrong, was used before, or is older than ten minutes.",
            ),
            Self::Project => ("PRINTING_PROJECT_NOT_FOUND", "There is no such project."),
        };
        let remedy = match self {
            Self::Code => "Ask for a new code on the page of your bridges, and type that one.",
            Self::UserCode => {
                "Compare it with the one that the bridge shows, or begin again there with: fluxprint-bridge pair"
            }
            Self::Model => "Send the model first.",
            _ => "Reload the list; it may have been removed, or belong to somebody else.",
        };
        Problem::new(StatusCode::NOT_FOUND, code, sentence, remedy)
    }
}

impl Failure {
    /// The words for it.
    #[must_use]
    pub fn problem(&self) -> Problem {
        use StatusCode as S;
        match self {
            Self::NotThere(thing) => thing.problem(),
            Self::OtherMethod => Problem::other_method(),
            Self::NotSignedIn => Problem::new(
                S::UNAUTHORIZED,
                "NOT_SIGNED_IN",
                "The call carries no token that this service believes.",
                "Sign in, then try again.",
            ),
            Self::SignedOut => Problem::new(
                S::UNAUTHORIZED,
                "TOKEN_EXPIRED",
                "The token of this call has expired.",
                "Ask for a new token, then try again.",
            ),
            Self::Refused(refusal) => Problem::refused(refusal),
            Self::TooOften { retry_after_s } => Problem::too_often(*retry_after_s),
            Self::TooManyOpenJobs => Problem::new(
                S::TOO_MANY_REQUESTS,
                "TOO_MANY_OPEN_JOBS",
                "You have as many unfinished prints as one person may have.",
                "Cancel one of them, or wait until one is done.",
            ),
            Self::PairingRefused => pairing_refused(),
            Self::TooManyRaised => Problem::new(
                S::TOO_MANY_REQUESTS,
                "TOO_MANY_RAISED",
                "You have raised as many unfinished prints as one person may.",
                "Give one of them its ordinary priority back, or wait until one is done.",
            ),
            Self::OrderChanged => Problem::new(
                S::CONFLICT,
                "QUEUE_CHANGED",
                "Somebody has changed the order of the queue meanwhile; nothing was moved.",
                "Look at the queue as it is now, then move it again.",
            ),
            Self::Overloaded => Problem::overloaded("PRINTING_SERVICE_UNAVAILABLE"),
            Self::TookTooLong => Problem::took_too_long("PRINTING_SERVICE_TIMEOUT"),
            Self::Broken => Problem::broken(),
            Self::Blob(error) => blob(error),
            Self::Store(error) => store(error),
            Self::NoCamera => camera::none(),
            Self::Camera(trouble) => camera::trouble(*trouble),
            Self::TooManyViewers => camera::too_many(),
            Self::ModelRefused(Reason {
                code,
                sentence,
                remedy,
            }) => Problem::new(
                S::UNPROCESSABLE_ENTITY,
                code.clone(),
                sentence.clone(),
                remedy.clone(),
            ),
            Self::BridgeRefused(Refused {
                code,
                sentence,
                remedy,
            }) => Problem::new(S::CONFLICT, code.clone(), sentence.clone(), remedy.clone()),
            Self::NotKnownWhetherDone => Problem::new(
                S::GATEWAY_TIMEOUT,
                "NOT_KNOWN_WHETHER_DONE",
                "The printer was asked, but gave no answer in time. It is not known whether it was done.",
                "Look at the printer before asking again.",
            ),
            Self::ModelNotReady => Problem::new(
                S::CONFLICT,
                "MODEL_NOT_READY",
                "The model is still being checked.",
                "Wait a few seconds, then try again.",
            ),
            Self::Request(fault) => fault.problem(),
        }
    }
}

fn pairing_refused() -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "PAIRING_REFUSED",
        "The person who looked at the code refused this bridge.",
        "If it is yours, begin again and show the code to somebody who manages printers.",
    )
}

/// The words for an answer that has none of its own.
pub fn words(status: StatusCode) -> Problem {
    let failure = match status {
        StatusCode::NOT_FOUND => Failure::NotThere(Thing::Page),
        StatusCode::METHOD_NOT_ALLOWED => Failure::OtherMethod,
        StatusCode::UNAUTHORIZED => Failure::NotSignedIn,
        StatusCode::SERVICE_UNAVAILABLE => Failure::Overloaded,
        _ => Failure::Broken,
    };
    failure.problem()
}

fn blob(error: &BlobError) -> Problem {
    let status = match error {
        BlobError::NotFound => StatusCode::NOT_FOUND,
        BlobError::OtherBytes | BlobError::OtherSize => StatusCode::UNPROCESSABLE_ENTITY,
        BlobError::Sender(_) => StatusCode::BAD_REQUEST,
        BlobError::OutOfRange { .. } => StatusCode::RANGE_NOT_SATISFIABLE,
        BlobError::DiskFull => StatusCode::INSUFFICIENT_STORAGE,
        BlobError::Disk(_) => StatusCode::INTERNAL_SERVER_ERROR,
    };
    Problem::new(status, error.code(), error.sentence(), error.remedy())
}

fn store(error: &StoreError) -> Problem {
    match error {
        StoreError::NotFound => Problem::nothing_here(),
        StoreError::Refused(refusal) => Problem::refused(refusal),
        StoreError::Conflict(_) | StoreError::Stale => Problem::changed_meanwhile(),
        StoreError::Busy => Failure::Overloaded.problem(),
        StoreError::Full => blob(&BlobError::DiskFull),
        StoreError::Unknown(_) => Problem::outcome_unknown(),
        StoreError::InUse(_)
        | StoreError::OtherSchema
        | StoreError::Migration(_)
        | StoreError::Folder(_)
        | StoreError::UnfitPassword
        | StoreError::Unreadable(_)
        | StoreError::Backend(_) => Problem::broken(),
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        self.problem().answer(&self)
    }
}
