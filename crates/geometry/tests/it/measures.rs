//! Sizes, volumes and soundness against solids whose values are in every book.

use crate::files::{Triangle, binary, read, triangles};
use fluxprint_geometry::{Measures, Mesh, check_printable, measure, shapes};
use std::f64::consts::PI;

fn near(actual: f64, expected: f64) {
    let error = ((actual - expected) / expected).abs();
    assert!(
        error < 1e-4,
        "{actual} is not {expected} (off by {error:e})"
    );
}

fn measured(triangles: &[Triangle]) -> Measures {
    measure(&read(&binary(triangles)).unwrap())
}

fn refusal(mesh: &Mesh) -> &'static str {
    check_printable(&measure(mesh)).unwrap_err().code()
}

#[test]
fn a_cube_a_sphere_a_cylinder_and_a_torus_have_the_volumes_of_the_book() {
    let cube = measure(&shapes::cube(20.0));
    assert_eq!((cube.volume_mm3, cube.area_mm2), (8000.0, 2400.0));
    assert_eq!((cube.min_mm, cube.max_mm), ([0.0; 3], [20.0; 3]));
    let sphere = measure(&shapes::sphere(10.0, 600));
    near(sphere.volume_mm3, 4000.0 / 3.0 * PI);
    near(sphere.area_mm2, 400.0 * PI);
    near(sphere.size.z_mm, 20.0);
    let cylinder = measure(&shapes::cylinder(5.0, 30.0, 600));
    near(cylinder.volume_mm3, 750.0 * PI);
    let torus = measure(&shapes::torus(20.0, 4.0, 600));
    near(torus.volume_mm3, 2.0 * PI * PI * 20.0 * 16.0);
    near(torus.area_mm2, 4.0 * PI * PI * 80.0);
    for solid in [cube, sphere, cylinder, torus] {
        assert!(solid.watertight);
        assert_eq!(
            (solid.shells, solid.open_edges, solid.degenerate),
            (1, 0, 0)
        );
        check_printable(&solid).unwrap();
    }
}

#[test]
fn a_part_far_from_the_origin_keeps_its_volume() {
    let mut far = triangles(&shapes::cube(20.0));
    far.iter_mut()
        .flatten()
        .flatten()
        .for_each(|v| *v -= 9000.0);
    near(measured(&far).volume_mm3, 8000.0);
}

#[test]
fn a_missing_triangle_shows_as_three_open_edges() {
    let mut open = triangles(&shapes::cube(20.0));
    open.pop();
    let measures = measured(&open);
    assert_eq!(measures.open_edges, 3);
    assert!(!measures.watertight);
    assert_eq!(check_printable(&measures).unwrap_err().code(), "MODEL_OPEN");
}

#[test]
fn triangles_that_look_the_wrong_way_do_not_change_the_volume() {
    let right = triangles(&shapes::sphere(10.0, 24));
    let whole = measured(&right);
    for turned in [1, 2, 5] {
        let mut mixed = right.clone();
        mixed.iter_mut().step_by(turned).for_each(|t| t.reverse());
        let measures = measured(&mixed);
        assert!((measures.volume_mm3 - whole.volume_mm3).abs() < 1e-9);
        assert!(measures.watertight);
    }
}

#[test]
fn a_cavity_is_taken_off_and_counts_as_a_shell() {
    let mut hollow = triangles(&shapes::cube(20.0));
    let mut cavity = triangles(&shapes::cube(10.0));
    cavity
        .iter_mut()
        .flatten()
        .flatten()
        .for_each(|v| *v += 5.0);
    cavity.iter_mut().for_each(|t| t.reverse());
    hollow.extend(cavity);
    let measures = measured(&hollow);
    assert_eq!((measures.volume_mm3, measures.shells), (7000.0, 2));
}

#[test]
fn two_cubes_that_touch_along_an_edge_are_two_closed_shells() {
    let mut pair = triangles(&shapes::cube(20.0));
    let second: Vec<Triangle> = pair
        .iter()
        .map(|t| t.map(|[x, y, z]| [x + 20.0, y + 20.0, z]))
        .collect();
    pair.extend(second);
    let measures = measured(&pair);
    assert_eq!((measures.volume_mm3, measures.shells), (16000.0, 2));
    assert!(measures.watertight);
}

#[test]
fn a_closed_surface_without_an_inside_is_twisted() {
    // The smallest closed one-sided surface: the projective plane on six points.
    let points = [
        [0.0, 0.0, 0.0],
        [9.0, 0.0, 1.0],
        [0.0, 9.0, 2.0],
        [9.0, 9.0, 5.0],
        [4.0, 2.0, 8.0],
        [1.0, 6.0, 9.0],
    ];
    let faces = [
        [0, 1, 2],
        [0, 2, 3],
        [0, 3, 4],
        [0, 4, 5],
        [0, 5, 1],
        [1, 2, 4],
        [2, 3, 5],
        [3, 4, 1],
        [4, 5, 2],
        [5, 1, 3],
    ];
    let loose: Vec<Triangle> = faces.iter().map(|f| f.map(|v: usize| points[v])).collect();
    let mesh = read(&binary(&loose)).unwrap();
    assert_eq!(measure(&mesh).open_edges, 0);
    assert_eq!(refusal(&mesh), "MODEL_TWISTED");
}

#[test]
fn flat_and_tiny_parts_cannot_be_printed() {
    assert_eq!(refusal(&shapes::cube(0.001)), "MODEL_TOO_SMALL");
    assert_eq!(
        refusal(&shapes::cuboid(50.0, 50.0, 0.05)),
        "MODEL_TOO_SMALL"
    );
    let [a, b, c] = [[0.0, 0.0, 0.0], [9.0, 0.0, 0.0], [0.0, 9.0, 0.0]];
    let sheet = read(&binary(&[[a, b, c], [c, b, a]])).unwrap();
    assert_eq!(refusal(&sheet), "MODEL_FLAT");
    let slanted = [0.0, 9.0, 9.0];
    let sheet = read(&binary(&[[a, b, slanted], [slanted, b, a]])).unwrap();
    assert_eq!(refusal(&sheet), "MODEL_FLAT");
    assert_eq!(refusal(&shapes::cube(0.0)), "MODEL_EMPTY");
    assert_eq!(refusal(&shapes::cube(f64::NAN)), "MODEL_EMPTY");
}
