//! The canonical mesh is one form for one part.

use crate::files::{Triangle, ascii, binary, read, triangles};
use fluxprint_geometry::{FileKind, Mesh, measure, recognise, shapes, write_canonical};

fn canonical(mesh: &Mesh) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_canonical(mesh, &mut bytes).unwrap();
    bytes
}

#[test]
fn binary_and_text_of_a_part_give_the_same_bytes() {
    let loose = triangles(&shapes::torus(17.3, 3.1, 30));
    let from_binary = canonical(&read(&binary(&loose)).unwrap());
    let from_text = canonical(&read(&ascii(&loose)).unwrap());
    assert_eq!(from_binary, from_text);
}

#[test]
fn the_canonical_mesh_is_a_binary_stl_that_reads_and_measures_like_the_part() {
    for part in [
        shapes::cube(20.0),
        shapes::sphere(9.7, 50),
        shapes::cylinder(3.0, 80.0, 9),
    ] {
        let bytes = canonical(&part);
        assert_eq!(recognise(&bytes, bytes.len() as u64), FileKind::StlBinary);
        assert!(!bytes.starts_with(b"solid"));
        let (before, after) = (measure(&part), measure(&read(&bytes).unwrap()));
        assert_eq!(after.triangle_count, before.triangle_count);
        assert_eq!((after.shells, after.watertight), (before.shells, true));
        assert!((after.volume_mm3 / before.volume_mm3 - 1.0).abs() < 1e-6);
        assert!((after.area_mm2 / before.area_mm2 - 1.0).abs() < 1e-6);
        assert_eq!(after.min_mm[2], 0.0);
        assert!((after.min_mm[0] + after.max_mm[0]).abs() < 0.001);
    }
}

#[test]
fn writing_a_canonical_mesh_again_changes_nothing() {
    let mut part = triangles(&shapes::sphere(9.7, 50));
    for [x, y, z] in part.iter_mut().flatten() {
        (*x, *y, *z) = (*x + 311.77, *y - 0.123, *z - 5.55);
    }
    let once = canonical(&read(&binary(&part)).unwrap());
    assert_eq!(canonical(&read(&once).unwrap()), once);
}

#[test]
fn every_triangle_of_the_canonical_mesh_looks_outwards_with_a_unit_normal() {
    let mut inside_out: Vec<Triangle> = triangles(&shapes::sphere(10.0, 12));
    inside_out.iter_mut().for_each(|t| t.reverse());
    inside_out[4].reverse();
    let bytes = canonical(&read(&binary(&inside_out)).unwrap());
    assert_eq!((bytes.len() - 84) / 50, inside_out.len());
    for record in bytes[84..].chunks(50) {
        let number = |i: usize| {
            let bytes: [u8; 4] = record[i * 4..i * 4 + 4].try_into().unwrap();
            f32::from_le_bytes(bytes)
        };
        let normal = [number(0), number(1), number(2)];
        let corner = [number(3), number(4), number(5) - 10.0];
        let dot = |a: [f32; 3], b: [f32; 3]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
        assert!((dot(normal, normal) - 1.0).abs() < 1e-5);
        assert!(dot(normal, corner) > 0.0);
        assert_eq!(record[48..], [0, 0]);
    }
}

#[test]
fn an_open_part_is_refused_before_a_byte_is_written() {
    let mut open = triangles(&shapes::cube(20.0));
    open.remove(3);
    let mut bytes = Vec::new();
    let refused = write_canonical(&read(&binary(&open)).unwrap(), &mut bytes);
    assert_eq!(refused.unwrap_err().code(), "MODEL_OPEN");
    assert!(bytes.is_empty());
}

#[test]
fn a_full_disk_is_told_as_such() {
    let mut small = [0u8; 100];
    let refused = write_canonical(&shapes::cube(20.0), &mut &mut small[..]);
    assert_eq!(refused.unwrap_err().code(), "MODEL_NOT_SAVED");
}
