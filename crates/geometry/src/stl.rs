//! Which of the two forms an STL has, and whether its length and its header agree.

use crate::error::ModelError;
use crate::limits::Limits;
use crate::mesh::Mesh;
use crate::{ascii, binary, kind};
use std::io::Read;

/// Reads a binary or text STL of `size_bytes` bytes, in millimetres.
///
/// A file is binary exactly when its length is 84 + 50 × the count in its header: many binary
/// files begin with the word "solid". Reads no more than `size_bytes` and one byte.
///
/// # Errors
/// Every [`ModelError`] about form, numbers and limits; whether the mesh can be printed is the
/// question of [`crate::check_printable`].
pub fn read_stl(
    reader: &mut dyn Read,
    size_bytes: u64,
    limits: &Limits,
) -> Result<Mesh, ModelError> {
    let mut head = Vec::with_capacity(binary::HEADER_BYTES);
    reader
        .take(binary::HEADER_BYTES as u64)
        .read_to_end(&mut head)
        .map_err(ModelError::Unreadable)?;
    if head.is_empty() {
        return Err(ModelError::Empty);
    }
    let announced = binary::announced(&head);
    if let Some(count) = announced
        && binary::length_bytes(count) == size_bytes
    {
        return read_binary(reader, count, size_bytes, limits);
    }
    if kind::begins_with_solid(&head) && kind::is_text(&head) {
        let rest = size_bytes.saturating_sub(head.len() as u64);
        let mut whole = head.as_slice().chain(reader.take(rest));
        return ascii::read(&mut whole, limits);
    }
    let mut behind = Vec::with_capacity(binary::TRIANGLE_BYTES);
    reader
        .take(binary::TRIANGLE_BYTES as u64)
        .read_to_end(&mut behind)
        .map_err(ModelError::Unreadable)?;
    Err(mismatch(&head, &behind, size_bytes, limits))
}

fn read_binary(
    reader: &mut dyn Read,
    count: u32,
    size_bytes: u64,
    limits: &Limits,
) -> Result<Mesh, ModelError> {
    if count == 0 {
        return Err(ModelError::Empty);
    }
    if count > limits.triangles_max {
        return Err(ModelError::TooManyTriangles {
            max: limits.triangles_max,
        });
    }
    binary::read(reader, count, size_bytes, limits)
}

/// The best guess at what is wrong with a file that is no STL by its length, from its header and
/// the bytes `behind` it. Only where these could be a triangle does the count mean anything: a
/// photo's would be a strange number to tell a person.
fn mismatch(head: &[u8], behind: &[u8], size_bytes: u64, limits: &Limits) -> ModelError {
    let other = kind::is_text(head) || kind::is_other(head) || !binary::may_be_triangle(behind);
    let Some(announced) = binary::announced(head).filter(|_| !other) else {
        return ModelError::NotStl { line: None };
    };
    if announced <= limits.triangles_max && size_bytes < binary::length_bytes(announced) {
        return ModelError::Truncated;
    }
    ModelError::HeaderLies {
        announced,
        size_bytes,
    }
}
