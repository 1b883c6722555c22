//! Good files are read, damaged ones are refused with the reason.

use crate::files::{ascii, binary, code, read, triangles};
use fluxprint_geometry::{Limits, ModelError, read_stl, shapes};

#[test]
fn both_forms_of_the_same_part_give_the_same_mesh() {
    let sphere = shapes::sphere(12.5, 40);
    let loose = triangles(&sphere);
    assert_eq!(read(&binary(&loose)).unwrap(), sphere);
    assert_eq!(read(&ascii(&loose)).unwrap(), sphere);
}

#[test]
fn text_is_read_with_any_line_end_case_and_number_of_solids() {
    let cube = triangles(&shapes::cube(20.0));
    let text = String::from_utf8(ascii(&cube)).unwrap();
    let twice = format!("{text}{text}");
    assert_eq!(read(twice.as_bytes()).unwrap().triangles().len(), 24);
    for other in [
        text.replace('\n', "\r\n"),
        text.replace('\n', "\r"),
        text.to_uppercase(),
        text.trim_end().to_owned(),
    ] {
        assert_eq!(read(other.as_bytes()).unwrap(), shapes::cube(20.0));
    }
}

#[test]
fn corners_are_shared_when_they_differ_only_in_the_sign_of_zero() {
    let mesh = read(&binary(&[
        [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]],
        [[-0.0, 0.0, -0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
        [[-0.0, 0.0, 0.0], [0.0, -0.0, 0.0], [0.0, 0.0, 1.0]],
    ]))
    .unwrap();
    assert_eq!(mesh.vertices().len(), 4);
    assert_eq!((mesh.triangles().len(), mesh.degenerate()), (2, 1));
}

#[test]
fn files_without_a_shape_are_empty() {
    assert_eq!(code(read(b"")), "MODEL_EMPTY");
    assert_eq!(code(read(&binary(&[]))), "MODEL_EMPTY");
    assert_eq!(
        code(read(b"solid nothing\nendsolid nothing\n")),
        "MODEL_EMPTY"
    );
    assert_eq!(code(read(&binary(&[[[1.0; 3]; 3]]))), "MODEL_EMPTY");
}

#[test]
fn files_that_are_no_stl_say_so() {
    assert_eq!(code(read(b"hello")), "MODEL_NOT_STL");
    assert_eq!(code(read(&b"G28 ; home\n".repeat(50))), "MODEL_NOT_STL");
    assert_eq!(
        code(read(&[b"PK\x03\x04", &[7; 500][..]].concat())),
        "MODEL_NOT_STL"
    );
    // A photo, as far as anybody can tell: its bytes are no count and no corners.
    let mixed = (0..2_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8);
    let photo: Vec<u8> = b"\x89PNG\r\n\x1a\n".iter().copied().chain(mixed).collect();
    assert_eq!(code(read(&photo)), "MODEL_NOT_STL");
    let text = String::from_utf8(ascii(&triangles(&shapes::cube(1.0)))).unwrap();
    for damaged in [
        text.replace("outer loop", "outer loop\nvertex 1 2"),
        text.replacen("facet", "fecet", 1),
        text.replacen("vertex", "vertex 1", 1),
        text.replacen("0e0", "0,5", 1),
        text.replacen("endloop", "vertex 1 2 3", 1),
        text.replacen("endfacet", "", 1),
        text.replacen("    outer loop\n", "endfacet\n", 1),
    ] {
        assert_eq!(code(read(damaged.as_bytes())), "MODEL_NOT_STL", "{damaged}");
    }
}

#[test]
fn a_refusal_names_the_line_that_an_editor_would_show() {
    for end in ["\n", "\r", "\r\n"] {
        let text = [
            "solid x",
            "",
            "facet normal 0 0 0",
            "outer loop",
            "vertex 1 2",
            "",
        ]
        .join(end);
        let refused = read(text.as_bytes()).unwrap_err();
        assert!(
            matches!(refused, ModelError::NotStl { line: Some(5) }),
            "{refused:?}"
        );
    }
}

#[test]
fn a_file_that_was_cut_off_is_truncated_wherever_the_cut_is() {
    let cube = triangles(&shapes::cube(20.0));
    let whole = binary(&cube);
    for length in [84, 85, 134, whole.len() - 1] {
        let mut cut = whole[..length].to_vec();
        cut[..80].fill(0);
        assert_eq!(code(read(&cut)), "MODEL_TRUNCATED", "at {length}");
    }
    let text = ascii(&cube);
    assert_eq!(code(read(&text[..text.len() / 2 + 30])), "MODEL_TRUNCATED");
    let short = read_stl(&mut &whole[..500], whole.len() as u64, &Limits::default());
    assert_eq!(code(short), "MODEL_TRUNCATED");
}

#[test]
fn a_header_that_lies_is_refused_and_reserves_no_memory() {
    let cube = triangles(&shapes::cube(20.0));
    let mut fewer = binary(&cube);
    fewer[..80].fill(0);
    fewer[80] = 11;
    assert_eq!(code(read(&fewer)), "MODEL_HEADER_LIES");
    let mut billions = binary(&cube);
    billions[80..84].fill(0xff);
    billions[..80].fill(0);
    assert_eq!(code(read(&billions)), "MODEL_HEADER_LIES");
    let size = 84 + 50 * u64::from(u32::MAX);
    let lying = read_stl(&mut billions.as_slice(), size, &Limits::default());
    assert_eq!(code(lying), "MODEL_TOO_MANY_TRIANGLES");
    let longer = [binary(&cube), vec![0; 50]].concat();
    let size = longer.len() as u64 - 50;
    let lying = read_stl(&mut longer.as_slice(), size, &Limits::default());
    assert_eq!(code(lying), "MODEL_HEADER_LIES");
}

#[test]
fn more_triangles_than_allowed_are_refused_in_both_forms() {
    let limits = Limits { triangles_max: 11 };
    let cube = triangles(&shapes::cube(20.0));
    for file in [binary(&cube), ascii(&cube)] {
        let read = read_stl(&mut file.as_slice(), file.len() as u64, &limits);
        assert!(matches!(
            read,
            Err(ModelError::TooManyTriangles { max: 11 })
        ));
    }
}

#[test]
fn corners_that_are_no_numbers_or_far_away_are_refused_in_both_forms() {
    for (value, expected) in [
        (f32::NAN, "MODEL_NOT_FINITE"),
        (f32::INFINITY, "MODEL_NOT_FINITE"),
        (f32::NEG_INFINITY, "MODEL_NOT_FINITE"),
        (10_000.1, "MODEL_TOO_FAR"),
        (-3e30, "MODEL_TOO_FAR"),
    ] {
        let mut cube = triangles(&shapes::cube(20.0));
        cube[7][1][2] = value;
        assert_eq!(code(read(&binary(&cube))), expected);
        assert_eq!(code(read(&ascii(&cube))), expected);
    }
}

#[test]
fn a_line_without_end_is_refused_before_it_is_kept() {
    let mut endless = b"solid ".to_vec();
    endless.resize(1_000_000, b'x');
    assert_eq!(code(read(&endless)), "MODEL_LINE_TOO_LONG");
}
