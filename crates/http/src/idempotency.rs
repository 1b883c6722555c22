//! The `Idempotency-Key`: a call that is sent twice is done once.

use crate::fault::Fault;
use crate::limits::IDEMPOTENCY_KEY_CHARS_MAX;
use axum::http::HeaderMap;

/// The key of a call.
///
/// # Errors
/// [`Fault::KeyMissing`] for none, or one that is long or not visible.
pub fn idempotency_key(headers: &HeaderMap) -> Result<&str, Fault> {
    let said = headers
        .get("idempotency-key")
        .and_then(|key| key.to_str().ok());
    said.filter(|key| (1..=IDEMPOTENCY_KEY_CHARS_MAX).contains(&key.len()))
        .filter(|key| key.bytes().all(|byte| byte.is_ascii_graphic()))
        .ok_or(Fault::KeyMissing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn a_key_is_visible_and_not_long() {
        let read = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("idempotency-key", HeaderValue::from_str(text).unwrap());
            idempotency_key(&headers).map(str::to_owned)
        };
        assert_eq!(read("a-1"), Ok("a-1".to_owned()));
        assert!(read(&"x".repeat(128)).is_ok());
        for wrong in ["", "a b", &"x".repeat(129)] {
            assert_eq!(read(wrong), Err(Fault::KeyMissing), "{wrong}");
        }
        assert_eq!(idempotency_key(&HeaderMap::new()), Err(Fault::KeyMissing));
    }
}
