//! Triangles with shared corners.

use crate::error::ModelError;
use crate::limits::{COORDINATE_MM_MAX, Limits, TRIANGLES_ADDRESSABLE, TRIANGLES_RESERVED};
use std::collections::HashMap;

/// A corner in millimetres, with the precision of an STL file.
pub(crate) type Corner = [f32; 3];

/// A model: corners, each once, and triangles that name three different ones.
///
/// Corners are shared only when they are the same number in every bit (after -0 became 0), so
/// reading the same file gives the same mesh on every machine.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mesh {
    vertices: Vec<Corner>,
    triangles: Vec<[u32; 3]>,
    degenerate: u64,
}

impl Mesh {
    /// Builds a mesh from loose triangles, corners in millimetres.
    ///
    /// # Errors
    /// [`ModelError::NotFinite`], [`ModelError::TooFar`], [`ModelError::TooManyTriangles`]; and
    /// [`ModelError::Empty`] when no triangle with three different corners is left.
    pub fn from_triangles(
        triangles: impl IntoIterator<Item = [Corner; 3]>,
        limits: &Limits,
    ) -> Result<Self, ModelError> {
        let mut welder = Welder::new(limits);
        for corners in triangles {
            welder.add(corners)?;
        }
        welder.finish()
    }

    /// The corners in millimetres, in the order of first use.
    #[must_use]
    pub fn vertices(&self) -> &[Corner] {
        &self.vertices
    }

    /// The triangles as positions in [`Self::vertices`], in the order of the file.
    #[must_use]
    pub fn triangles(&self) -> &[[u32; 3]] {
        &self.triangles
    }

    /// How many triangles of the file had two equal corners. They are not in the mesh.
    #[must_use]
    pub fn degenerate(&self) -> u64 {
        self.degenerate
    }

    /// The three corners of a triangle of this mesh.
    pub(crate) fn corners(&self, triangle: [u32; 3]) -> [Corner; 3] {
        triangle.map(|v| self.vertices.get(v as usize).copied().unwrap_or_default())
    }
}

/// Collects triangles and shares their corners.
pub(crate) struct Welder {
    mesh: Mesh,
    known: HashMap<[u32; 3], u32>,
    seen: u64,
    triangles_max: u32,
}

impl Welder {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            mesh: Mesh {
                vertices: Vec::with_capacity(TRIANGLES_RESERVED),
                triangles: Vec::with_capacity(TRIANGLES_RESERVED),
                degenerate: 0,
            },
            known: HashMap::with_capacity(TRIANGLES_RESERVED),
            seen: 0,
            triangles_max: limits.triangles_max.min(TRIANGLES_ADDRESSABLE),
        }
    }

    /// Adds one triangle.
    pub(crate) fn add(&mut self, corners: [Corner; 3]) -> Result<(), ModelError> {
        self.seen += 1;
        if self.seen > u64::from(self.triangles_max) {
            return Err(ModelError::TooManyTriangles {
                max: self.triangles_max,
            });
        }
        check(corners, self.seen)?;
        let [a, b, c] = corners.map(|corner| self.vertex(corner));
        if a == b || b == c || c == a {
            self.mesh.degenerate += 1;
        } else {
            self.mesh.triangles.push([a, b, c]);
        }
        Ok(())
    }

    pub(crate) fn finish(self) -> Result<Mesh, ModelError> {
        if self.mesh.triangles.is_empty() {
            return Err(ModelError::Empty);
        }
        Ok(self.mesh)
    }

    fn vertex(&mut self, corner: Corner) -> u32 {
        // Adding 0 turns -0 into 0 and leaves every other number alone.
        let corner = corner.map(|v| v + 0.0);
        let vertices = &mut self.mesh.vertices;
        *self
            .known
            .entry(corner.map(f32::to_bits))
            .or_insert_with(|| {
                vertices.push(corner);
                // At most three corners for each of TRIANGLES_ADDRESSABLE triangles: fits.
                (vertices.len() - 1) as u32
            })
    }
}

fn check(corners: [Corner; 3], triangle: u64) -> Result<(), ModelError> {
    if corners.iter().flatten().any(|v| !v.is_finite()) {
        return Err(ModelError::NotFinite { triangle });
    }
    if corners
        .iter()
        .flatten()
        .any(|v| v.abs() > COORDINATE_MM_MAX)
    {
        return Err(ModelError::TooFar { triangle });
    }
    Ok(())
}
