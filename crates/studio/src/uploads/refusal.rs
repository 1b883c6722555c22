//! What can be wrong with a tus call, in words.

use crate::content::NotStored;
use crate::http::Failure;
use axum::http::StatusCode;
use fluxprint_http::Problem;

/// Why a call of an upload is not followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// Of another version of tus.
    OtherVersion,
    /// The length of the file is missing or no number.
    Length,
    /// The name or the project is missing.
    Metadata,
    /// A piece of another type.
    PieceType,
    /// A piece does not say where it begins.
    Offset,
    /// A piece begins somewhere else than the last one has ended.
    OtherOffset,
    /// More bytes than were announced.
    TooMuch,
    /// Another call goes on with it.
    InUse,
    /// Too many that are not finished.
    TooMany,
    /// The studio stops.
    Stopping,
}

/// Seconds after which a call that came at a bad moment may come again.
const SOON_S: i64 = 1;

impl Refused {
    fn problem(self) -> Problem {
        use StatusCode as S;
        const PROGRAM: &str = "Reload the page; if it stays, tell whoever runs the studio.";
        let bad = |code, sentence| Problem::new(S::BAD_REQUEST, code, sentence, PROGRAM);
        match self {
            Self::OtherVersion => Problem::new(
                S::PRECONDITION_FAILED,
                "TUS_VERSION",
                "Uploads speak version 1.0.0 of tus here.",
                PROGRAM,
            ),
            Self::Length => bad("UPLOAD_LENGTH", "The size of the file was not announced."),
            Self::Metadata => bad(
                "UPLOAD_METADATA",
                "The name of the file or its project was not announced.",
            ),
            Self::PieceType => Problem::new(
                S::UNSUPPORTED_MEDIA_TYPE,
                "UPLOAD_PIECE_TYPE",
                "A piece of an upload is of the type application/offset+octet-stream.",
                PROGRAM,
            ),
            Self::Offset => bad(
                "UPLOAD_OFFSET",
                "A piece of the file does not say where it begins.",
            ),
            Self::OtherOffset => Problem::new(
                S::CONFLICT,
                "UPLOAD_OTHER_OFFSET",
                "The file has got to another point than this piece begins at.",
                "Ask how far it is, then go on from there.",
            ),
            Self::TooMuch => bad(
                "UPLOAD_TOO_MUCH",
                "More came than the size that was announced.",
            ),
            Self::InUse => Problem::new(
                S::LOCKED,
                "UPLOAD_IN_USE",
                "This upload is being gone on with from somewhere else.",
                "Wait a few seconds, then try again.",
            )
            .retry_after(SOON_S),
            Self::TooMany => Problem::new(
                S::TOO_MANY_REQUESTS,
                "TOO_MANY_UPLOADS",
                "You have as many unfinished uploads as one person may have.",
                "Finish some of them, or cancel them.",
            ),
            Self::Stopping => Problem::new(
                S::SERVICE_UNAVAILABLE,
                "STUDIO_STOPPING",
                "The studio is being restarted. What has arrived of the file is kept.",
                "The upload goes on by itself in a moment.",
            )
            .retry_after(SOON_S),
        }
    }
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        Self::Said(refused.problem())
    }
}

impl From<NotStored> for Failure {
    fn from(not_stored: NotStored) -> Self {
        Self::Said(not_stored.problem())
    }
}
