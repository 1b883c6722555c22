//! Everything that can go wrong with a call, and the one place that puts it into words (RFC 9457).
//!
//! No text here repeats anything that a caller sent, and none shows what is inside: the inner
//! error goes to the log, once, here.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use fluxprint_blobs::BlobError;
use fluxprint_domain::Refusal;
use fluxprint_domain::role::Act;
use fluxprint_http::{Fault, Full, Problem, TookTooLong};
use fluxprint_store::StoreError;

/// What a call asked for and is not there, or not for this caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thing {
    /// A page of the API.
    Page,
    /// An organisation.
    Organisation,
    /// A member of an organisation or a project.
    Member,
    /// A person.
    Person,
    /// A session.
    Session,
    /// An invitation.
    Invitation,
    /// A project.
    Project,
    /// A file of a project.
    File,
    /// A version of a file.
    Version,
    /// An upload.
    Upload,
    /// A print job.
    Job,
}

/// Why a call is not answered with what was asked.
#[derive(Debug)]
pub enum Failure {
    /// There is no such thing for this caller.
    NotThere(Thing),
    /// The page knows other methods.
    OtherMethod,
    /// No session, or one that is over.
    NotSignedIn,
    /// Signed in, but a member of nothing.
    NoOrganisation,
    /// The change does not come from one of our own pages (S-22).
    NotFromOurPage,
    /// The caller's role does not allow it.
    RoleTooLow(Act),
    /// The password was shown too long ago for this (S-17).
    StepUpNeeded,
    /// The domain refuses.
    Refused(Refusal),
    /// The caller has done this too often.
    TooOften {
        /// Seconds until the next one is allowed.
        retry_after_s: i64,
    },
    /// We have too much to do.
    Overloaded,
    /// The call took too long.
    TookTooLong,
    /// The request itself is at fault.
    Request(Fault),
    /// One part's own words.
    Said(Problem),
    /// A file.
    Blob(BlobError),
    /// The database.
    Store(StoreError),
    /// Our fault.
    Broken,
}

macro_rules! from {
    ($($inner:ty => $variant:ident;)*) => {$(
        impl From<$inner> for Failure {
            fn from(inner: $inner) -> Self {
                Self::$variant(inner)
            }
        }
    )*};
}

from! {
    Refusal => Refused;
    Fault => Request;
    Problem => Said;
    BlobError => Blob;
    StoreError => Store;
}

impl From<Full> for Failure {
    fn from(_: Full) -> Self {
        Self::Overloaded
    }
}

impl From<TookTooLong> for Failure {
    fn from(_: TookTooLong) -> Self {
        Self::TookTooLong
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
            Self::Organisation => ("ORGANISATION_NOT_FOUND", "There is no such organisation."),
            Self::Member => ("MEMBER_NOT_FOUND", "There is no such member."),
            Self::Person => ("PERSON_NOT_FOUND", "There is no such person."),
            Self::Session => ("SESSION_NOT_FOUND", "There is no such session."),
            Self::Invitation => ("INVITATION_NOT_FOUND", "There is no such invitation."),
            Self::Project => ("PRINTING_PROJECT_NOT_FOUND", "There is no such project."),
            Self::File => ("FILE_NOT_FOUND", "There is no such file."),
            Self::Version => (
                "FILE_VERSION_NOT_FOUND",
                "There is no such version of the file.",
            ),
            Self::Upload => ("UPLOAD_NOT_FOUND", "There is no such upload."),
            Self::Job => ("PRINTING_JOB_NOT_FOUND", "There is no such print job."),
        };
        let remedy = match self {
            Self::Upload => {
                "Choose the file again; what was sent before may have been too long ago."
            }
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
                "You are not signed in, or your session has ended.",
                "Sign in, then try again.",
            ),
            Self::NoOrganisation => Problem::new(
                S::FORBIDDEN,
                "NO_ORGANISATION",
                "You are not a member of any organisation at the moment.",
                "Ask somebody who manages one to invite you.",
            ),
            Self::NotFromOurPage => Problem::new(
                S::FORBIDDEN,
                "CSRF_REFUSED",
                "This page is out of date.",
                "Reload it, then try again.",
            ),
            Self::RoleTooLow(act) => role_too_low(*act),
            Self::StepUpNeeded => Problem::new(
                S::FORBIDDEN,
                "STEP_UP_NEEDED",
                "This needs your password again: you showed it more than five minutes ago.",
                "Type your password, then do it again.",
            ),
            Self::Refused(refusal) => refused(refusal),
            Self::TooOften { retry_after_s } => Problem::too_often(*retry_after_s),
            Self::Overloaded => Problem::overloaded("STUDIO_OVERLOADED"),
            Self::TookTooLong => Problem::took_too_long("STUDIO_TIMEOUT"),
            Self::Request(fault) => fault.problem(),
            Self::Said(problem) => problem.clone(),
            Self::Blob(error) => blob(error),
            Self::Store(error) => store(error),
            Self::Broken => Problem::broken(),
        }
    }
}

fn role_too_low(act: Act) -> Problem {
    let refusal = Refusal::RoleTooLow { needs: act.roles() };
    if act.is_printing() {
        Problem::refused(&refusal)
    } else {
        refused(&refusal)
    }
}

/// What the domain refuses here is about people and projects; printing is refused by the service.
fn refused(refusal: &Refusal) -> Problem {
    let mut problem = Problem::refused(refusal);
    if let Refusal::RoleTooLow { .. } = refusal {
        problem.code = "ROLE_TOO_LOW".into();
    }
    problem
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
        StoreError::Refused(refusal) => refused(refusal),
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

/// The words for a status that came without any.
pub(crate) fn words(status: StatusCode) -> Problem {
    match status {
        StatusCode::NOT_FOUND => Problem::nothing_here(),
        StatusCode::METHOD_NOT_ALLOWED => Problem::other_method(),
        _ => Problem::broken(),
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        self.problem().answer(&self)
    }
}
