//! The words about cameras that cannot be looked through.

use axum::http::StatusCode as S;
use fluxprint_http::Problem;
use fluxprint_link::camera::Trouble;

/// There is no camera now.
pub fn none() -> Problem {
    Problem::new(
        S::SERVICE_UNAVAILABLE,
        "PRINTING_CAMERA_UNAVAILABLE",
        "No camera can be reached at this printer now.",
        "Check that its bridge is connected, and that OctoPrint's webcam settings or the bridge's CAMERA_URL name the camera.",
    )
}

/// As many look as may.
pub fn too_many() -> Problem {
    Problem::new(
        S::TOO_MANY_REQUESTS,
        "TOO_MANY_CAMERA_VIEWERS",
        "As many camera pictures are open as there may be at a time.",
        "Close one of them, then try again.",
    )
}

/// The camera gives no picture.
pub fn trouble(trouble: Trouble) -> Problem {
    let (sentence, remedy) = match trouble {
        Trouble::Unreachable => (
            "Nothing answers at the camera's address.",
            "Check that the camera is switched on, and its address in OctoPrint's webcam settings or in the bridge's CAMERA_URL.",
        ),
        Trouble::Refused => (
            "The camera refuses to send pictures.",
            "Check whether it wants a password or has too many viewers of its own, and its address.",
        ),
        Trouble::Redirects => (
            "The camera sends on to another address, which is not followed.",
            "Write the address it leads to into the bridge's CAMERA_URL.",
        ),
        Trouble::NotACamera => (
            "What answers at the camera's address sends no pictures that can be read.",
            "Use the address of an MJPEG stream or of a JPEG picture; video of another kind (RTSP, WebRTC) cannot be shown.",
        ),
        Trouble::TooLarge => (
            "The camera's pictures are too large: at most 2 MiB and 4096 pixels on each side.",
            "Choose a lower resolution or quality in the camera's settings.",
        ),
        Trouble::Silent => (
            "The camera has stopped sending pictures.",
            "Check its cable or network, or restart the camera, then try again.",
        ),
    };
    let code = "PRINTING_CAMERA_STREAM_ERROR";
    Problem::new(S::BAD_GATEWAY, code, sentence, remedy)
}
