//! A stream of pictures as browsers and camera programs know it: `multipart/x-mixed-replace`, in
//! which every part replaces the one before.

use axum::body::Bytes;

/// The type of the answer.
pub const CONTENT_TYPE: &str = "multipart/x-mixed-replace; boundary=frame";
/// What the answer begins with.
pub const OPENING: Bytes = Bytes::from_static(b"--frame\r\n");

/// One JPEG as a part. The next boundary stands at its end, not at the beginning of the next one:
/// browsers show a picture when they have seen where it ends.
#[must_use]
pub fn part(jpeg: &[u8]) -> Bytes {
    let head = format!(
        "Content-Type: image/jpeg\r\nContent-Length: {}\r\n\r\n",
        jpeg.len()
    );
    [head.as_bytes(), jpeg, b"\r\n--frame\r\n"].concat().into()
}
