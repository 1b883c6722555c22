use super::*;
use fluxprint_sim::camera::{Knobs, picture};

fn jpegs(count: u64) -> Vec<Vec<u8>> {
    let knobs = Knobs {
        width_px: 64,
        height_px: 48,
        ..Knobs::default()
    };
    (0..count).map(|n| picture(&knobs, n)).collect()
}

/// Everything that comes out of `bytes` when they come in pieces of `piece`.
fn read(boundary: &str, bytes: &[u8], piece: usize) -> (Vec<Vec<u8>>, Option<Trouble>) {
    let mut reader = Mjpeg::new(boundary);
    let mut pictures = Vec::new();
    for piece in bytes.chunks(piece) {
        reader.push(piece);
        loop {
            match reader.picture() {
                Ok(Some(picture)) => pictures.push(picture),
                Ok(None) => break,
                Err(trouble) => return (pictures, Some(trouble)),
            }
        }
        assert!(reader.held.len() <= FRAME_BYTES_MAX + GAP_BYTES_MAX + piece.len());
    }
    (pictures, None)
}

fn with_lengths(pictures: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for picture in pictures {
        let head = format!(
            "--frame\r\nContent-Type: image/jpeg\r\ncontent-LENGTH: {}\r\n\r\n",
            picture.len()
        );
        bytes.extend(head.as_bytes());
        bytes.extend(picture);
        bytes.extend(b"\r\n");
    }
    bytes
}

#[test]
fn pictures_come_out_whole_however_the_bytes_are_cut() {
    let pictures = jpegs(3);
    let bytes = with_lengths(&pictures);
    for piece in [1, 2, 3, 7, 64, 1_000, bytes.len()] {
        assert_eq!(read("frame", &bytes, piece), (pictures.clone(), None));
    }
}

#[test]
fn parts_without_a_length_and_with_bare_lines_are_read_too() {
    let pictures = jpegs(3);
    let mut bytes = b"hello\n".to_vec();
    for picture in &pictures {
        bytes.extend(b"--frame\nContent-Type: image/jpeg\n\n");
        bytes.extend(picture);
        bytes.extend(b"\n");
    }
    bytes.extend(b"--frame\n");
    for piece in [1, 5, 4_096] {
        assert_eq!(read("frame", &bytes, piece), (pictures.clone(), None));
    }
}

#[test]
fn the_type_says_what_an_answer_is() {
    for (said, boundary) in [
        ("multipart/x-mixed-replace;boundary=frame", "frame"),
        ("multipart/x-mixed-replace; boundary=\"--frame\"", "frame"),
        ("Multipart/X-Mixed-Replace; charset=x; BOUNDARY= a b", "a b"),
    ] {
        assert_eq!(
            kind(said),
            Some(Kind::Stream(boundary.to_owned())),
            "{said}"
        );
    }
    assert_eq!(kind("image/jpeg"), Some(Kind::Still));
    let long = format!("multipart/x-mixed-replace; boundary={}", "b".repeat(71));
    for said in [
        "multipart/x-mixed-replace",
        "multipart/x-mixed-replace; boundary=",
        "multipart/x-mixed-replace; boundary=--",
        "multipart/mixed; boundary=frame",
        "text/html",
        "image/png",
        "",
        &long,
    ] {
        assert_eq!(kind(said), None, "{said}");
    }
}

#[test]
fn whatever_is_too_much_ends_the_reading_before_it_fills_the_memory() {
    let too_much = |bytes: Vec<u8>| read("frame", &bytes, 4_096).1;
    let head = b"--frame\r\nContent-Type: image/jpeg\r\n\r\n";
    assert_eq!(
        too_much(vec![0x5A; GAP_BYTES_MAX + 1]),
        Some(Trouble::NotACamera)
    );
    let endless = [&b"--frame\r\nX: "[..], &[b'a'; 3 * HEAD_BYTES_MAX]].concat();
    assert_eq!(too_much(endless), Some(Trouble::NotACamera));
    let said = b"--frame\r\nContent-Length: 1152921504606846976\r\n\r\n".to_vec();
    assert_eq!(too_much(said), Some(Trouble::TooLarge));
    let heavy = [&head[..], &vec![0; FRAME_BYTES_MAX + 4_097]].concat();
    assert_eq!(too_much(heavy), Some(Trouble::TooLarge));
    let wide = Knobs {
        width_px: 4_104,
        height_px: 8,
        ..Knobs::default()
    };
    let wide = with_lengths(&[picture(&wide, 0)]);
    assert_eq!(too_much(wide), Some(Trouble::TooLarge));
    let page = with_lengths(&[b"<html>".to_vec()]);
    assert_eq!(too_much(page), Some(Trouble::NotACamera));
}

#[test]
fn no_bytes_make_it_panic_or_grow() {
    let seed = with_lengths(&jpegs(2));
    let mut chance = 0x9E37_79B9_7F4A_7C15_u64;
    for _ in 0..2_000 {
        let mut bytes = seed.clone();
        for _ in 0..8 {
            chance ^= chance << 13;
            chance ^= chance >> 7;
            chance ^= chance << 17;
            let at = usize::try_from(chance % bytes.len() as u64).unwrap();
            bytes[at] = (chance >> 32) as u8;
        }
        let piece = usize::try_from(chance % 300).unwrap() + 1;
        let _ = read("frame", &bytes, piece);
    }
}
