//! Simple solids of known size: sample parts, and meshes for tests whose volume is in every book.
//!
//! All stand on z = 0 and are closed. The round ones are polyhedra inscribed in their shape, so a
//! little smaller. Sizes are in millimetres and must be positive; segments are clamped to
//! 3..=[`SHAPE_SEGMENTS_MAX`].

use crate::limits::{Limits, SHAPE_SEGMENTS_MAX};
use crate::mesh::{Corner, Mesh};
use std::f64::consts::{PI, TAU};

/// A cube with one corner at the origin.
#[must_use]
pub fn cube(size_mm: f64) -> Mesh {
    cuboid(size_mm, size_mm, size_mm)
}

/// A box with one corner at the origin.
#[must_use]
pub fn cuboid(x_mm: f64, y_mm: f64, z_mm: f64) -> Mesh {
    let at = |x: f64, y: f64, z: f64| [(x * x_mm) as f32, (y * y_mm) as f32, (z * z_mm) as f32];
    let low = [
        at(0., 0., 0.),
        at(1., 0., 0.),
        at(1., 1., 0.),
        at(0., 1., 0.),
    ];
    let high = low.map(|[x, y, _]| [x, y, z_mm as f32]);
    let [a, b, c, d] = low;
    let [e, f, g, h] = high;
    let sides = [
        [a, d, c, b],
        [e, f, g, h],
        [a, b, f, e],
        [b, c, g, f],
        [c, d, h, g],
        [d, a, e, h],
    ];
    mesh(sides.into_iter().flat_map(halves))
}

/// An upright cylinder around the z axis.
#[must_use]
pub fn cylinder(radius_mm: f64, height_mm: f64, segments: u32) -> Mesh {
    let profile = [
        (0.0, 0.0),
        (radius_mm, 0.0),
        (radius_mm, height_mm),
        (0.0, height_mm),
    ];
    turned(&profile, segments)
}

/// A sphere on the z axis with half as many rings as it has segments.
#[must_use]
pub fn sphere(radius_mm: f64, segments: u32) -> Mesh {
    let rings = clamped(segments).div_ceil(2).max(2);
    let profile: Vec<_> = (0..=rings)
        .map(|ring| match ring {
            0 => (0.0, 0.0),
            r if r == rings => (0.0, 2.0 * radius_mm),
            r => {
                let angle = PI * f64::from(r) / f64::from(rings);
                (radius_mm * angle.sin(), radius_mm * (1.0 - angle.cos()))
            }
        })
        .collect();
    turned(&profile, segments)
}

/// A ring around the z axis: `ring_mm` from the axis to the middle of a tube of `tube_mm` radius
/// (the smaller of the two), with as many segments around the tube as around the axis.
#[must_use]
pub fn torus(ring_mm: f64, tube_mm: f64, segments: u32) -> Mesh {
    let steps = clamped(segments);
    let mut profile: Vec<_> = (0..steps)
        .map(|step| {
            let angle = TAU * f64::from(step) / f64::from(steps);
            (
                ring_mm + tube_mm * angle.cos(),
                tube_mm * (1.0 + angle.sin()),
            )
        })
        .collect();
    profile.extend(profile.first().copied());
    turned(&profile, segments)
}

/// Turns a line of (radius, height) around the z axis. It must begin and end on the axis, or end
/// where it began, and run with the solid to its left.
fn turned(profile: &[(f64, f64)], segments: u32) -> Mesh {
    let segments = clamped(segments);
    let directions: Vec<_> = (0..=segments)
        .map(|s| TAU * f64::from(s % segments) / f64::from(segments))
        .map(f64::sin_cos)
        .collect();
    let point = |(radius, height): (f64, f64), (sin, cos): (f64, f64)| -> Corner {
        [(radius * cos) as f32, (radius * sin) as f32, height as f32]
    };
    let bands = profile.iter().zip(profile.iter().skip(1));
    mesh(bands.flat_map(|(low, high)| {
        let around = directions.iter().zip(directions.iter().skip(1));
        around.flat_map(move |(here, next)| {
            halves([
                point(*low, *here),
                point(*low, *next),
                point(*high, *next),
                point(*high, *here),
            ])
        })
    }))
}

fn halves([a, b, c, d]: [Corner; 4]) -> [[Corner; 3]; 2] {
    [[a, b, c], [a, c, d]]
}

fn clamped(segments: u32) -> u32 {
    segments.clamp(3, SHAPE_SEGMENTS_MAX)
}

/// Leaves out the triangles that fall together on the axis, and welds. Nonsense sizes give an
/// empty mesh.
fn mesh(triangles: impl Iterator<Item = [Corner; 3]>) -> Mesh {
    let limits = Limits {
        triangles_max: u32::MAX,
    };
    let solid = triangles.filter(|[a, b, c]| a != b && b != c && c != a);
    Mesh::from_triangles(solid, &limits).unwrap_or_default()
}
