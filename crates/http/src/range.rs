//! A part of a file (RFC 9110, 14): one range, on the condition that the file is still the same.

use axum::http::HeaderMap;
use axum::http::header::{IF_RANGE, RANGE};
use std::ops::Range;

/// The wanted part begins behind the end of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outside;

/// The part that a call wants of a file of `size_bytes` with the entity tag `tag`. `None` for all of
/// it, also when the wish is not of the kind we answer, as RFC 9110 allows.
///
/// # Errors
/// [`Outside`].
pub fn wanted(
    headers: &HeaderMap,
    tag: &str,
    size_bytes: u64,
) -> Result<Option<Range<u64>>, Outside> {
    let said = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let same = said(IF_RANGE).is_none_or(|wanted| wanted == tag);
    let wanted = said(RANGE).filter(|_| same);
    wanted
        .and_then(|wanted| part(wanted, size_bytes))
        .transpose()
}

/// What `Content-Range` says of a part.
#[must_use]
pub fn place(part: &Range<u64>, size_bytes: u64) -> String {
    let last = part.end.saturating_sub(1);
    format!("bytes {}-{last}/{size_bytes}", part.start)
}

/// The one range of a `Range` header; `None` for another kind of wish.
fn part(wanted: &str, size_bytes: u64) -> Option<Result<Range<u64>, Outside>> {
    let (first, last) = wanted.strip_prefix("bytes=")?.split_once('-')?;
    let range = if first.is_empty() {
        let tail: u64 = last.parse().ok()?;
        size_bytes.saturating_sub(tail)..size_bytes
    } else {
        let first: u64 = first.parse().ok()?;
        let end = match last {
            "" => size_bytes,
            last => last.parse::<u64>().ok()?.saturating_add(1).min(size_bytes),
        };
        if last.parse::<u64>().is_ok_and(|last| last < first) {
            return None;
        }
        first..end
    };
    Some(if range.is_empty() {
        Err(Outside)
    } else {
        Ok(range)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_is_read_as_rfc_9110_says() {
        assert_eq!(part("bytes=0-9", 100), Some(Ok(0..10)));
        assert_eq!(part("bytes=90-", 100), Some(Ok(90..100)));
        assert_eq!(part("bytes=90-999", 100), Some(Ok(90..100)));
        assert_eq!(part("bytes=-10", 100), Some(Ok(90..100)));
        assert_eq!(part("bytes=-999", 100), Some(Ok(0..100)));
        assert_eq!(part("bytes=100-", 100), Some(Err(Outside)));
        assert_eq!(part("bytes=-0", 100), Some(Err(Outside)));
        for whole in [
            "bytes=9-1",
            "bytes=0-1,5-6",
            "lines=0-1",
            "bytes=a-b",
            "bytes=-",
            "",
        ] {
            assert_eq!(part(whole, 100), None, "{whole}");
        }
        assert_eq!(part("bytes=0-18446744073709551615", 100), Some(Ok(0..100)));
        assert_eq!(place(&(0..10), 100), "bytes 0-9/100");
    }

    #[test]
    fn a_part_is_only_of_the_file_that_was_asked_for() {
        let mut headers = HeaderMap::new();
        headers.insert(RANGE, "bytes=5-".parse().unwrap());
        assert_eq!(wanted(&headers, "\"a\"", 10), Ok(Some(5..10)));
        headers.insert(IF_RANGE, "\"a\"".parse().unwrap());
        assert_eq!(wanted(&headers, "\"a\"", 10), Ok(Some(5..10)));
        assert_eq!(wanted(&headers, "\"b\"", 10), Ok(None));
    }
}
