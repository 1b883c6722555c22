//! Small binary STL files.

/// One corner of a triangle, in millimetres.
type Corner = [f32; 3];

/// A closed box of this size with one corner at the origin.
pub fn cuboid(x: f32, y: f32, z: f32) -> Vec<u8> {
    let corner = |i: usize| -> Corner {
        [
            x * ((i >> 2) & 1) as f32,
            y * ((i >> 1) & 1) as f32,
            z * (i & 1) as f32,
        ]
    };
    let sides = [
        [0, 1, 3, 2],
        [4, 6, 7, 5],
        [0, 4, 5, 1],
        [2, 3, 7, 6],
        [0, 2, 6, 4],
        [1, 5, 7, 3],
    ];
    let triangles: Vec<[Corner; 3]> = sides
        .into_iter()
        .flat_map(|[a, b, c, d]| [[a, b, c], [a, c, d]])
        .map(|indexes| indexes.map(corner))
        .collect();
    binary_stl(&triangles)
}

/// A table: a plate on one leg, so that supports have something to do.
pub fn table() -> Vec<u8> {
    let mut bytes = cuboid(10.0, 10.0, 20.0);
    let top = cuboid(40.0, 40.0, 3.0);
    for triangle in top[84..].chunks(50) {
        let mut moved = triangle.to_vec();
        for corner in 1..4 {
            let at = corner * 12;
            for (axis, by_mm) in [(0, -15.0_f32), (1, -15.0), (2, 20.0)] {
                let place = at + axis * 4;
                let old = f32::from_le_bytes(moved[place..place + 4].try_into().expect("4 bytes"));
                moved[place..place + 4].copy_from_slice(&(old + by_mm).to_le_bytes());
            }
        }
        bytes.extend(moved);
    }
    let count = (bytes.len() as u32 - 84) / 50;
    bytes[80..84].copy_from_slice(&count.to_le_bytes());
    bytes
}

fn binary_stl(triangles: &[[Corner; 3]]) -> Vec<u8> {
    let mut bytes = vec![0; 80];
    bytes.extend((triangles.len() as u32).to_le_bytes());
    for triangle in triangles {
        bytes.extend([0; 12]);
        for number in triangle.iter().flatten() {
            bytes.extend(number.to_le_bytes());
        }
        bytes.extend([0; 2]);
    }
    bytes
}
