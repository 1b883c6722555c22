//! Zip archives, as far as their list of contents: names only, nothing is unpacked (S-42).
//!
//! Numbers of sections are those of PKWARE's APPNOTE 6.3: the list ("central directory", 4.3.12)
//! lies before a record at the end of the file (4.3.16) that says where.

use super::found::Found;
use std::ops::Range;

/// Bytes of a list that are looked at; one with a thousand names has about 100 kB.
const DIRECTORY_BYTES_MAX: u64 = 1024 * 1024;
/// Entries of a list that are looked at (S-42).
const ENTRIES_MAX: usize = 1_000;
const END_MAGIC: &[u8] = b"PK\x05\x06";
const END_BYTES: usize = 22;
const ENTRY_MAGIC: &[u8] = b"PK\x01\x02";
const ENTRY_BYTES: usize = 46;

/// Where the list of contents lies in a zip archive of `size_bytes` bytes that ends with `tail`.
#[must_use]
pub fn directory(tail: &[u8], size_bytes: u64) -> Option<Range<u64>> {
    // The record is the last one of its magic whose comment reaches exactly to the end.
    let at = (0..tail.len().checked_sub(END_BYTES)? + 1)
        .rev()
        .find(|&at| {
            let record = tail.get(at..).unwrap_or_default();
            record.starts_with(END_MAGIC)
                && number(record, 20..22)
                    .is_some_and(|n| END_BYTES as u64 + n == record.len() as u64)
        })?;
    let record = tail.get(at..)?;
    let (length, start) = (number(record, 12..16)?, number(record, 16..20)?);
    let end = start + length;
    let before_record = size_bytes.checked_sub((tail.len() - at) as u64)?;
    (length <= DIRECTORY_BYTES_MAX && end <= before_record).then_some(start..end)
}

/// What an archive with these contents is.
pub(super) fn recognise(directory: &[u8]) -> Found {
    let (mut model, mut text) = (false, false);
    for name in names(directory).take(ENTRIES_MAX) {
        let name = name.to_ascii_lowercase();
        // 3MF core specification, 2.1: parts of any name below 3D/ are usual, this ending is asked for.
        model |= name.starts_with(b"3d/") && name.ends_with(b".model");
        text |= name == b"word/document.xml";
    }
    match (model, text) {
        (true, false) => Found::ThreeMf,
        (false, true) => Found::Word,
        _ => Found::Zip,
    }
}

/// The names in a list, up to the first thing that is no entry.
fn names(directory: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = directory;
    std::iter::from_fn(move || {
        if !rest.starts_with(ENTRY_MAGIC) {
            return None;
        }
        let length = |field| number(rest, field).and_then(|n| usize::try_from(n).ok());
        let (name, extra, comment) = (length(28..30)?, length(30..32)?, length(32..34)?);
        let found = rest.get(ENTRY_BYTES..ENTRY_BYTES + name)?;
        rest = rest.get(ENTRY_BYTES + name + extra + comment..)?;
        Some(found)
    })
}

/// A little-endian number of at most eight bytes.
fn number(bytes: &[u8], field: Range<usize>) -> Option<u64> {
    let field = bytes.get(field)?;
    let digits = field.iter().rev();
    Some(digits.fold(0, |number, digit| number << 8 | u64::from(*digit)))
}
