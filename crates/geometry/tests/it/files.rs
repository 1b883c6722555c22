//! STL files as other programs write them.

use fluxprint_geometry::{Limits, Mesh, ModelError, read_stl};
use std::fmt::Write;

pub type Triangle = [[f32; 3]; 3];

pub fn triangles(mesh: &Mesh) -> Vec<Triangle> {
    mesh.triangles()
        .iter()
        .map(|t| t.map(|v| mesh.vertices()[v as usize]))
        .collect()
}

pub fn binary(triangles: &[Triangle]) -> Vec<u8> {
    let mut bytes = b"solid by a program that should know better".to_vec();
    bytes.resize(80, b' ');
    bytes.extend((triangles.len() as u32).to_le_bytes());
    for triangle in triangles {
        bytes.extend([0; 12]);
        for number in triangle.iter().flatten() {
            bytes.extend(number.to_le_bytes());
        }
        bytes.extend([0xff, 0x7f]);
    }
    bytes
}

pub fn ascii(triangles: &[Triangle]) -> Vec<u8> {
    let mut text = "solid part of Ada\n".to_owned();
    for triangle in triangles {
        text.push_str("  facet normal 0 0 0\n    outer loop\n");
        for [x, y, z] in triangle {
            writeln!(text, "      vertex {x:e} {y} {z:E}").unwrap();
        }
        text.push_str("    endloop\n  endfacet\n");
    }
    text.push_str("endsolid part of Ada\n");
    text.into_bytes()
}

pub fn read(bytes: &[u8]) -> Result<Mesh, ModelError> {
    read_stl(&mut &bytes[..], bytes.len() as u64, &Limits::default())
}

pub fn code(result: Result<Mesh, ModelError>) -> &'static str {
    let error = result.expect_err("the file should be refused");
    assert!(error.sentence().ends_with('.') && error.remedy().ends_with('.'));
    error.code()
}
