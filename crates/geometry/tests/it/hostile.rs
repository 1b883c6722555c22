//! Whatever comes in, reading ends with a mesh or a refusal.

use crate::files::{ascii, binary, read, triangles};
use fluxprint_geometry::{Limits, Mesh};
use fluxprint_geometry::{measure, read_stl, recognise, shapes, write_canonical};
use proptest::prelude::*;

/// Whatever was read must also measure and write without a panic, and what is written must be
/// readable.
fn survives(bytes: &[u8]) {
    let _ = recognise(bytes, bytes.len() as u64);
    if let Ok(mesh) = read(bytes) {
        let mut canonical = Vec::new();
        if write_canonical(&mesh, &mut canonical).is_ok() {
            assert!(read(&canonical).is_ok());
            assert!(measure(&mesh).volume_mm3 > 0.0);
        }
    }
}

fn binary_with_count(bytes: Vec<u8>) -> Vec<u8> {
    let count = bytes.len() / 50;
    let mut file = vec![0; 80];
    file.extend((count as u32).to_le_bytes());
    file.extend(&bytes[..count * 50]);
    file
}

fn mangled(mut file: Vec<u8>, edits: Vec<(usize, u8)>, cut: usize) -> Vec<u8> {
    for (at, byte) in edits {
        let length = file.len();
        file[at % length] = byte;
    }
    file.truncate(file.len() - cut % file.len() / 4);
    file
}

/// Small boxes anywhere within two metres.
fn boxes() -> impl Strategy<Value = Mesh> {
    let side = || 0.2f32..200.0;
    let place = || -1000.0f32..1000.0;
    ((side(), side(), side()), (place(), place(), place())).prop_map(|(size, at)| {
        let unit = shapes::cube(1.0);
        let moved = triangles(&unit).into_iter().map(move |t| {
            t.map(|[x, y, z]| [x * size.0 + at.0, y * size.1 + at.1, z * size.2 + at.2])
        });
        Mesh::from_triangles(moved, &Limits::default()).unwrap()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        survives(&bytes);
        survives(&binary_with_count(bytes.clone()));
        survives(&[b"solid x\n", bytes.as_slice()].concat());
    }

    #[test]
    fn random_words_of_the_text_form_never_panic(
        words in proptest::collection::vec(
            prop::sample::select(vec![
                "solid", "facet normal 0 0 0", "outer loop", "vertex 1 2 3", "vertex 1 2 4",
                "vertex nan 0 0", "vertex -5e-46 1e39 0", "endloop", "endfacet", "endsolid", "\r", "",
            ]), 0..60),
    ) {
        survives(format!("solid\n{}", words.join("\n")).as_bytes());
    }

    #[test]
    fn mangled_models_never_panic(
        edits in proptest::collection::vec((any::<usize>(), any::<u8>()), 0..20),
        cut in any::<usize>(),
    ) {
        let loose = triangles(&shapes::torus(10.0, 3.0, 6));
        survives(&mangled(binary(&loose), edits.clone(), cut));
        survives(&mangled(ascii(&loose), edits, cut));
    }

    #[test]
    fn a_length_that_lies_never_panics(size in any::<u64>(), triangles_max in any::<u32>()) {
        let file = binary(&triangles(&shapes::cube(20.0)));
        let limits = Limits { triangles_max };
        let read = read_stl(&mut file.as_slice(), size, &limits);
        prop_assert_eq!(read.is_ok(), size == file.len() as u64 && triangles_max >= 12);
    }

    #[test]
    fn a_box_keeps_its_measures_through_the_canonical_form(part in boxes()) {
        let mut bytes = Vec::new();
        write_canonical(&part, &mut bytes).unwrap();
        let back = read(&bytes).unwrap();
        let (before, after) = (measure(&part), measure(&back));
        prop_assert!((after.volume_mm3 - before.volume_mm3).abs() <= 2e-3 * before.volume_mm3);
        prop_assert!((after.size.x_mm - before.size.x_mm).abs() < 1e-3);
        prop_assert_eq!(after.triangle_count, before.triangle_count);
        let mut again = Vec::new();
        write_canonical(&back, &mut again).unwrap();
        prop_assert!(again == bytes);
    }
}
