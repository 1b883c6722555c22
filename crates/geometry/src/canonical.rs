//! The one form in which a mesh leaves this room: the slicer's only input.

use crate::binary::{HEADER_BYTES, TRIANGLE_BYTES};
use crate::error::ModelError;
use crate::limits::CHUNK_BYTES;
use crate::measure::{Measures, check_printable, cross, dot, measured, minus, wide};
use crate::mesh::{Corner, Mesh};
use std::io::Write;

/// Free text of the header: ours, always the same, and not beginning with "solid".
const TITLE: &[u8] = b"FluxPrint canonical mesh 1, millimetres";

/// Writes the mesh as a binary STL that depends on nothing but the mesh: the same mesh gives the
/// same bytes on every machine.
///
/// The part stands on z = 0 with the middle of its bounding box at x = y = 0, so that writing a
/// canonical mesh again changes nothing. Every triangle looks outwards; normals are computed
/// anew; attribute bytes are 0; triangles that have no area because two corners are equal are
/// left out. The triangles keep their order. Corners keep the precision of an STL file (32 bits).
///
/// # Errors
/// The refusals of [`check_printable`], before the first byte is written, and
/// [`ModelError::Unwritable`].
pub fn write_canonical(mesh: &Mesh, target: &mut dyn Write) -> Result<(), ModelError> {
    let (measures, surface) = measured(mesh);
    check_printable(&measures)?;
    let shift = shift(&measures);
    let placed = || {
        let triangles = mesh.triangles().iter().zip(&surface.turned);
        triangles.filter_map(move |(triangle, turned)| {
            let [a, b, c] = mesh.corners(*triangle).map(|p| place(p, shift));
            // Moving rounds, and may make two corners equal that were not.
            let flat = a == b || b == c || c == a;
            (!flat).then_some(if *turned { [a, c, b] } else { [a, b, c] })
        })
    };
    // At most as many as the mesh has, whose number fits.
    let count = placed().count() as u32;
    let mut bytes = Vec::with_capacity(CHUNK_BYTES);
    bytes.extend_from_slice(TITLE);
    bytes.resize(HEADER_BYTES - 4, 0);
    bytes.extend_from_slice(&count.to_le_bytes());
    for corners in placed() {
        if bytes.len() + TRIANGLE_BYTES > CHUNK_BYTES {
            target.write_all(&bytes).map_err(ModelError::Unwritable)?;
            bytes.clear();
        }
        record(corners, &mut bytes);
    }
    target.write_all(&bytes).map_err(ModelError::Unwritable)?;
    target.flush().map_err(ModelError::Unwritable)
}

/// What is taken off every corner.
fn shift(measures: &Measures) -> [f64; 3] {
    let ([x0, y0, z0], [x1, y1, _]) = (measures.min_mm, measures.max_mm);
    [f64::midpoint(x0, x1), f64::midpoint(y0, y1), z0]
}

fn place(corner: Corner, shift: [f64; 3]) -> Corner {
    minus(wide(corner), shift).map(|v| v as f32 + 0.0)
}

fn record(corners: [Corner; 3], bytes: &mut Vec<u8>) {
    for number in normal(corners).iter().chain(corners.iter().flatten()) {
        bytes.extend_from_slice(&number.to_le_bytes());
    }
    bytes.extend_from_slice(&[0, 0]);
}

/// The unit normal by the right-hand rule, zero for corners on one line.
fn normal(corners: [Corner; 3]) -> Corner {
    let [a, b, c] = corners.map(wide);
    let normal = cross(minus(b, a), minus(c, a));
    let length = dot(normal, normal).sqrt();
    if length > 0.0 {
        normal.map(|v| (v / length) as f32 + 0.0)
    } else {
        [0.0; 3]
    }
}
