//! Files are known by their content.

use crate::files::{ascii, binary, triangles};
use fluxprint_geometry::{FileKind, recognise, shapes};

fn kind(bytes: &[u8]) -> FileKind {
    let head = &bytes[..bytes.len().min(1024)];
    recognise(head, bytes.len() as u64)
}

#[test]
fn an_stl_is_binary_by_its_length_and_not_by_its_first_word() {
    let cube = triangles(&shapes::cube(20.0));
    assert!(binary(&cube).starts_with(b"solid"));
    assert_eq!(kind(&binary(&cube)), FileKind::StlBinary);
    assert_eq!(kind(&ascii(&cube)), FileKind::StlAscii);
    assert_eq!(kind(b"SOLID\nendsolid\n"), FileKind::StlAscii);
    let mut longer = binary(&cube);
    longer[80] += 1;
    longer[3] = 0;
    assert_eq!(kind(&longer), FileKind::Unknown);
}

#[test]
fn text_is_told_apart_by_what_most_of_its_lines_say() {
    let gcode: &[u8] = b"\xef\xbb\xbf; made by hand\r\nG28\r\nm104s200\rN5 G1 X1*33\nT0\n";
    assert_eq!(kind(gcode), FileKind::Gcode);
    assert_eq!(
        kind(b"# cube\nmtllib c.mtl\no cube\nv 0 0 0\nv 1 0 0\nf 1 2 3\n"),
        FileKind::Obj
    );
    assert_eq!(kind(b"solidarity\nis a word\n"), FileKind::Unknown);
    assert_eq!(kind(b"Dear printer,\nplease print.\n"), FileKind::Unknown);
    assert_eq!(kind(b""), FileKind::Unknown);
}

#[test]
fn containers_are_known_by_their_magic() {
    assert_eq!(kind(b"GCDE\x01\0\0\0"), FileKind::Bgcode);
    let zip = b"PK\x03\x04\x14\0\0\0\x08\0................[Content_Types].xml";
    assert_eq!(kind(zip), FileKind::ThreeMf);
    assert_eq!(
        kind(b"PK\x03\x04\x14\0\0\0\x08\0holiday.jpg"),
        FileKind::Unknown
    );
}
