//! A part for those who have none at hand: a plate that prints in minutes.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

/// Width, depth and height in millimetres.
const PLATE_MM: [u32; 3] = [20, 20, 4];

/// The corners of a unit cube's twelve triangles, seen from outside, counter-clockwise; bit 0 is x, 1 is y, 2 is z.
const TRIANGLES: [[u8; 3]; 12] = [
    [0, 2, 3],
    [0, 3, 1],
    [4, 5, 7],
    [4, 7, 6],
    [0, 1, 5],
    [0, 5, 4],
    [2, 6, 7],
    [2, 7, 3],
    [0, 4, 6],
    [0, 6, 2],
    [1, 3, 7],
    [1, 7, 5],
];

/// Writes it as ASCII STL and returns where.
pub fn write(path: &Path) -> Result<PathBuf> {
    fs::write(path, stl())?;
    Ok(path.to_owned())
}

fn stl() -> String {
    let mut text = String::from("solid sample_part\n");
    for triangle in TRIANGLES {
        text.push_str("facet normal 0 0 0\nouter loop\n");
        for corner in triangle {
            let [x, y, z] = PLATE_MM;
            let at = |bit: u8, length: u32| if corner & bit == 0 { 0 } else { length };
            let _ = writeln!(text, "vertex {} {} {}", at(1, x), at(2, y), at(4, z));
        }
        text.push_str("endloop\nendfacet\n");
    }
    text.push_str("endsolid sample_part\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plate_is_closed_and_turned_outside() {
        let edges: Vec<(u8, u8)> = TRIANGLES
            .iter()
            .flat_map(|[a, b, c]| [(*a, *b), (*b, *c), (*c, *a)])
            .collect();
        assert!(edges.iter().all(|(a, b)| edges.contains(&(*b, *a))));
        let corner = |c: u8, bit: u8| i32::from(c & bit != 0);
        let point = |c: u8| [corner(c, 1), corner(c, 2), corner(c, 4)];
        let six_volumes: i32 = TRIANGLES
            .iter()
            .map(|[a, b, c]| {
                let ([ax, ay, az], [bx, by, bz], [cx, cy, cz]) = (point(*a), point(*b), point(*c));
                ax * (by * cz - bz * cy) - ay * (bx * cz - bz * cx) + az * (bx * cy - by * cx)
            })
            .sum();
        assert_eq!(six_volumes, 6);
    }
}
