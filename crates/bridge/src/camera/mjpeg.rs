//! Reads MJPEG: `multipart/x-mixed-replace` whose parts are JPEGs, within limits. Pure: bytes go
//! in, pictures come out.
//!
//! Cameras differ: the boundary is declared with or without its dashes, parts come with or without
//! `Content-Length`, lines end with or without a carriage return. All of that is read.

use super::limits::{BOUNDARY_CHARS_MAX, GAP_BYTES_MAX, HEAD_BYTES_MAX};
use fluxprint_link::camera::{FRAME_BYTES_MAX, FRAME_PX_MAX, Trouble, jpeg};
use memchr::memmem;

/// Where the reader is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Before the line that begins a part.
    Gap,
    /// In the headers of a part.
    Head,
    /// In a part, of so many bytes if that was said.
    Part(Option<usize>),
}

/// Reads one stream.
#[derive(Debug)]
pub(super) struct Mjpeg {
    /// Two dashes and the boundary.
    line: Vec<u8>,
    held: Vec<u8>,
    /// How far a part of unknown length was searched for its end.
    searched: usize,
    place: Place,
}

/// What the type of an answer says it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A stream with this boundary.
    Stream(String),
    /// One picture.
    Still,
}

/// Reads a `Content-Type`.
pub(super) fn kind(content_type: &str) -> Option<Kind> {
    let (kind, parameters) = content_type.split_once(';').unwrap_or((content_type, ""));
    match kind.trim().to_ascii_lowercase().as_str() {
        "image/jpeg" | "image/jpg" => Some(Kind::Still),
        "multipart/x-mixed-replace" => parameters.split(';').find_map(boundary),
        _ => None,
    }
}

fn boundary(parameter: &str) -> Option<Kind> {
    let (name, value) = parameter.split_once('=')?;
    let value = value.trim().trim_matches('"');
    // Some declare it with the dashes that only its lines have.
    let value = value.trim_start_matches('-');
    let fits = (1..=BOUNDARY_CHARS_MAX).contains(&value.len());
    let is_boundary = name.trim().eq_ignore_ascii_case("boundary");
    (is_boundary && fits && value.is_ascii()).then(|| Kind::Stream(value.to_owned()))
}

impl Mjpeg {
    /// A stream whose parts are divided by `boundary`.
    pub fn new(boundary: &str) -> Self {
        Self {
            line: format!("--{boundary}").into_bytes(),
            held: Vec::new(),
            searched: 0,
            place: Place::Gap,
        }
    }

    /// Takes bytes in. Ask [`Self::picture`] until it has no more before the next ones.
    pub fn push(&mut self, bytes: &[u8]) {
        self.held.extend_from_slice(bytes);
    }

    /// The next whole picture, if it has come.
    ///
    /// # Errors
    /// [`Trouble::NotACamera`], [`Trouble::TooLarge`]: nothing more can be read.
    pub fn picture(&mut self) -> Result<Option<Vec<u8>>, Trouble> {
        loop {
            let went_on = match self.place {
                Place::Gap => self.gap()?,
                Place::Head => self.head()?,
                Place::Part(length) => match self.part(length)? {
                    Some(picture) if picture.is_empty() => true,
                    Some(picture) => return checked(picture).map(Some),
                    None => false,
                },
            };
            if !went_on {
                return Ok(None);
            }
        }
    }

    fn gap(&mut self) -> Result<bool, Trouble> {
        let Some(at) = memmem::find(&self.held, &self.line) else {
            return within(self.held.len(), GAP_BYTES_MAX);
        };
        self.drop_first(at + self.line.len());
        self.place = Place::Head;
        Ok(true)
    }

    /// The rest of the boundary's line and the headers, up to the empty line.
    fn head(&mut self) -> Result<bool, Trouble> {
        let ends = [&b"\r\n\r\n"[..], b"\n\n"];
        let found = ends
            .iter()
            .filter_map(|end| memmem::find(&self.held, end).map(|at| (at, at + end.len())));
        let Some((at, after)) = found.min() else {
            return within(self.held.len(), HEAD_BYTES_MAX);
        };
        within(at, HEAD_BYTES_MAX)?;
        let length = length(self.held.get(..at).unwrap_or_default());
        if length.is_some_and(|length| length > FRAME_BYTES_MAX as u64) {
            return Err(Trouble::TooLarge);
        }
        self.drop_first(after);
        self.place = Place::Part(length.and_then(|length| usize::try_from(length).ok()));
        Ok(true)
    }

    fn part(&mut self, length: Option<usize>) -> Result<Option<Vec<u8>>, Trouble> {
        let end = match length {
            Some(length) => (self.held.len() >= length).then_some(length),
            None => self.end_of_part()?,
        };
        let Some(end) = end else { return Ok(None) };
        let rest = self.held.split_off(end);
        let mut picture = std::mem::replace(&mut self.held, rest);
        if length.is_none() {
            // The end of the line before the boundary's.
            let text = picture.trim_ascii_end().len();
            picture.truncate(text);
        }
        self.searched = 0;
        self.place = Place::Gap;
        Ok(Some(picture))
    }

    fn end_of_part(&mut self) -> Result<Option<usize>, Trouble> {
        let unsearched = self.held.get(self.searched..).unwrap_or_default();
        if let Some(at) = memmem::find(unsearched, &self.line) {
            return Ok(Some(self.searched + at));
        }
        self.searched = (self.held.len() + 1).saturating_sub(self.line.len());
        if self.held.len() > FRAME_BYTES_MAX {
            return Err(Trouble::TooLarge);
        }
        Ok(None)
    }

    fn drop_first(&mut self, count: usize) {
        self.held.drain(..count.min(self.held.len()));
    }
}

/// Not yet; an error when so much has come that it never will.
fn within(bytes: usize, max: usize) -> Result<bool, Trouble> {
    if bytes > max {
        return Err(Trouble::NotACamera);
    }
    Ok(false)
}

/// The `Content-Length` of a part.
fn length(head: &[u8]) -> Option<u64> {
    let head = String::from_utf8_lossy(head);
    head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let is_length = name.trim().eq_ignore_ascii_case("content-length");
        is_length.then(|| value.trim().parse().ok())?
    })
}

/// A picture that may be sent on.
pub(super) fn checked(picture: Vec<u8>) -> Result<Vec<u8>, Trouble> {
    let size = jpeg::size(&picture).ok_or(Trouble::NotACamera)?;
    if picture.len() > FRAME_BYTES_MAX || !size.is_within(FRAME_PX_MAX) {
        return Err(Trouble::TooLarge);
    }
    Ok(picture)
}

#[cfg(test)]
#[path = "mjpeg_tests.rs"]
mod tests;
