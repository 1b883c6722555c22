//! Binary STL: 80 bytes of anything, a count, and 50 bytes for each triangle.

use crate::error::ModelError;
use crate::limits::{CHUNK_BYTES, Limits};
use crate::mesh::{Corner, Mesh, Welder};
use std::io::{ErrorKind, Read};

/// Bytes before the first triangle: 80 of free text and the count.
pub(crate) const HEADER_BYTES: usize = 84;
/// Bytes of a triangle: normal, three corners, two attribute bytes that mean nothing here.
pub(crate) const TRIANGLE_BYTES: usize = 50;

/// The length of a binary STL with `count` triangles.
pub(crate) fn length_bytes(count: u32) -> u64 {
    HEADER_BYTES as u64 + TRIANGLE_BYTES as u64 * u64::from(count)
}

/// The count in the header, if `head` reaches that far.
pub(crate) fn announced(head: &[u8]) -> Option<u32> {
    let bytes = head.get(80..HEADER_BYTES)?;
    Some(u32::from_le_bytes(bytes.try_into().ok()?))
}

/// Reads the triangles that follow the header; `announced` has been checked against the length.
pub(crate) fn read(
    reader: &mut dyn Read,
    announced: u32,
    size_bytes: u64,
    limits: &Limits,
) -> Result<Mesh, ModelError> {
    let mut welder = Welder::new(limits);
    let whole = CHUNK_BYTES - CHUNK_BYTES % TRIANGLE_BYTES;
    let mut chunk = vec![0; whole];
    let mut left = u64::from(announced) * TRIANGLE_BYTES as u64;
    while left > 0 {
        let wanted = usize::try_from(left).unwrap_or(whole).min(whole);
        let part = chunk.get_mut(..wanted).unwrap_or_default();
        reader.read_exact(part).map_err(|e| match e.kind() {
            ErrorKind::UnexpectedEof => ModelError::Truncated,
            _ => ModelError::Unreadable(e),
        })?;
        for record in part.as_chunks::<TRIANGLE_BYTES>().0 {
            welder.add(corners(record))?;
        }
        left -= wanted as u64;
    }
    let mut more = [0; 1];
    match reader.read(&mut more) {
        Ok(0) => welder.finish(),
        Ok(_) => Err(ModelError::HeaderLies {
            announced,
            size_bytes,
        }),
        Err(e) => Err(ModelError::Unreadable(e)),
    }
}

/// Whether these bytes could be a triangle, or the beginning of one that was cut off. Other data has
/// hardly ever nine numbers in a row that are neither huge nor next to nothing.
pub(crate) fn may_be_triangle(bytes: &[u8]) -> bool {
    let mut record = [0; TRIANGLE_BYTES];
    for (slot, byte) in record.iter_mut().zip(bytes) {
        *slot = *byte;
    }
    let sane = |n: f32| n == 0.0 || (SANE_MM.0..SANE_MM.1).contains(&n.abs());
    let whole = bytes.len() / 4;
    let numbers = corners(&record);
    // The normal's three numbers come first; of a cut one only whole numbers count.
    let known = numbers.iter().flatten().take(whole.saturating_sub(3));
    known.copied().all(sane)
}

/// Coordinates of real models, zero apart, lie between these by far.
const SANE_MM: (f32, f32) = (1e-9, 1e8);

/// The corners of one record; its normal is not believed.
fn corners(record: &[u8; TRIANGLE_BYTES]) -> [Corner; 3] {
    let numbers = record.get(12..48).unwrap_or_default().as_chunks::<4>().0;
    let mut corners = [[0.0; 3]; 3];
    for (slot, bytes) in corners.iter_mut().flatten().zip(numbers) {
        *slot = f32::from_le_bytes(*bytes);
    }
    corners
}
