//! Size, volume, area and soundness of a mesh.

use crate::error::ModelError;
use crate::limits::{SIZE_MM_MIN, VOLUME_MM3_MIN};
use crate::mesh::{Corner, Mesh};
use crate::surface::{self, Surface};
use fluxprint_domain::units::SizeMm;

/// What can be said about a mesh. The same mesh always measures the same.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Measures {
    /// Width, depth and height.
    pub size: SizeMm,
    /// Lowest x, y and z.
    pub min_mm: [f64; 3],
    /// Highest x, y and z.
    pub max_mm: [f64; 3],
    /// Enclosed volume; means nothing unless `watertight`. Parts that overlap count twice.
    pub volume_mm3: f64,
    /// Area of the whole surface.
    pub area_mm2: f64,
    /// Triangles with three different corners.
    pub triangle_count: u64,
    /// Triangles of the file that had two equal corners and were dropped.
    pub degenerate: u64,
    /// Separate parts of the surface.
    pub shells: u64,
    /// Edges that lack a neighbour.
    pub open_edges: u64,
    /// Whether the surface has an inside: no open edge, and two sides everywhere.
    pub watertight: bool,
}

/// Measures a mesh.
///
/// The volume is the sum of the tetrahedra between each triangle and one point (divergence
/// theorem), after triangles that look the wrong way were turned in thought.
#[must_use]
pub fn measure(mesh: &Mesh) -> Measures {
    measured(mesh).0
}

/// The measures and the surface, oriented so that its volume is positive.
///
/// Shells keep their relation to each other: a cavity inside a solid stays a cavity.
pub(crate) fn measured(mesh: &Mesh) -> (Measures, Surface) {
    let mut surface = surface::study(mesh);
    let (min_mm, max_mm) = bounds(mesh);
    let (mut six_volumes, mut double_area) = (0.0, 0.0);
    for (triangle, turned) in mesh.triangles().iter().zip(&surface.turned) {
        let [a, b, c] = mesh.corners(*triangle).map(|p| minus(wide(p), min_mm));
        let normal = cross(minus(b, a), minus(c, a));
        double_area += dot(normal, normal).sqrt();
        six_volumes += if *turned {
            -dot(a, normal)
        } else {
            dot(a, normal)
        };
    }
    if six_volumes < 0.0 {
        surface.turned.iter_mut().for_each(|turned| *turned ^= true);
    }
    let [x_mm, y_mm, z_mm] = minus(max_mm, min_mm);
    let measures = Measures {
        size: SizeMm { x_mm, y_mm, z_mm },
        min_mm,
        max_mm,
        volume_mm3: six_volumes.abs() / 6.0,
        area_mm2: double_area / 2.0,
        triangle_count: mesh.triangles().len() as u64,
        degenerate: mesh.degenerate(),
        shells: surface.shells,
        open_edges: surface.open_edges,
        watertight: surface.open_edges == 0 && surface.two_sided,
    };
    (measures, surface)
}

/// Whether a mesh with these measures can be printed at all, on a machine of any size.
///
/// These are the models that PrusaSlicer 2.5.0 either slices into something else without a word
/// (a missing triangle) or refuses with a message about layers (too small, flat).
///
/// # Errors
/// [`ModelError::Empty`], [`ModelError::TooSmall`], [`ModelError::Open`],
/// [`ModelError::Twisted`], [`ModelError::Flat`].
pub fn check_printable(measures: &Measures) -> Result<(), ModelError> {
    if measures.triangle_count == 0 {
        return Err(ModelError::Empty);
    }
    let SizeMm { x_mm, y_mm, z_mm } = measures.size;
    if measures.open_edges > 0 {
        return Err(ModelError::Open {
            open_edges: measures.open_edges,
        });
    }
    if !measures.watertight {
        return Err(ModelError::Twisted);
    }
    let smallest_mm = x_mm.min(y_mm).min(z_mm);
    if smallest_mm <= 0.0 {
        return Err(ModelError::Flat);
    }
    if smallest_mm < SIZE_MM_MIN {
        return Err(ModelError::TooSmall { smallest_mm });
    }
    if measures.volume_mm3 < VOLUME_MM3_MIN {
        return Err(ModelError::Flat);
    }
    Ok(())
}

fn bounds(mesh: &Mesh) -> ([f64; 3], [f64; 3]) {
    let Some(first) = mesh.vertices().first() else {
        return ([0.0; 3], [0.0; 3]);
    };
    let (mut min, mut max) = (*first, *first);
    for vertex in mesh.vertices() {
        for ((low, high), v) in min.iter_mut().zip(&mut max).zip(vertex) {
            *low = low.min(*v);
            *high = high.max(*v);
        }
    }
    (wide(min), wide(max))
}

pub(crate) fn wide(p: Corner) -> [f64; 3] {
    p.map(f64::from)
}

pub(crate) fn minus([ax, ay, az]: [f64; 3], [bx, by, bz]: [f64; 3]) -> [f64; 3] {
    [ax - bx, ay - by, az - bz]
}

pub(crate) fn dot([ax, ay, az]: [f64; 3], [bx, by, bz]: [f64; 3]) -> f64 {
    ax * bx + ay * by + az * bz
}

pub(crate) fn cross([ax, ay, az]: [f64; 3], [bx, by, bz]: [f64; 3]) -> [f64; 3] {
    [ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx]
}
