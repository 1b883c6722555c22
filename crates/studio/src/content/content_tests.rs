//! Real samples of every kind, made here.

use super::*;

/// Looks at bytes as an upload is looked at.
fn look(bytes: &[u8]) -> Found {
    let size_bytes = bytes.len() as u64;
    let head = &bytes[..bytes.len().min(HEAD_BYTES as usize)];
    let tail = &bytes[bytes.len().saturating_sub(TAIL_BYTES as usize)..];
    let range = directory(tail, size_bytes).unwrap_or(0..0);
    let directory = &bytes[range.start as usize..range.end as usize];
    recognise(&Sample {
        size_bytes,
        head,
        tail,
        directory,
    })
}

fn stl(triangles: u32) -> Vec<u8> {
    let mut bytes = b"exported by a program".to_vec();
    bytes.resize(80, 0);
    bytes.extend(triangles.to_le_bytes());
    bytes.resize(84 + 50 * triangles as usize, 1);
    bytes
}

/// A zip archive of stored entries (their content does not matter here), with a comment.
fn zip(names: &[&str], comment: &str) -> Vec<u8> {
    let (mut bytes, mut list) = (Vec::new(), Vec::new());
    for name in names {
        let at = bytes.len() as u32;
        let length = (name.len() as u16).to_le_bytes();
        bytes.extend(b"PK\x03\x04");
        bytes.extend([0; 22]);
        bytes.extend(length);
        bytes.extend([0; 2]);
        bytes.extend(name.as_bytes());
        list.extend(b"PK\x01\x02");
        list.extend([0; 24]);
        list.extend(length);
        list.extend([4, 0, 3, 0]);
        list.extend([0; 8]);
        list.extend(at.to_le_bytes());
        list.extend(name.as_bytes());
        list.extend([0; 7]);
    }
    let start = bytes.len() as u32;
    bytes.extend(&list);
    bytes.extend(b"PK\x05\x06");
    bytes.extend([0; 4]);
    bytes.extend((names.len() as u16).to_le_bytes());
    bytes.extend((names.len() as u16).to_le_bytes());
    bytes.extend((list.len() as u32).to_le_bytes());
    bytes.extend(start.to_le_bytes());
    bytes.extend((comment.len() as u16).to_le_bytes());
    bytes.extend(comment.as_bytes());
    bytes
}

fn glb() -> Vec<u8> {
    let mut bytes = b"glTF\x02\0\0\0\x18\0\0\0".to_vec();
    bytes.resize(24, b' ');
    bytes
}

const PACKAGE: [&str; 3] = ["[Content_Types].xml", "_rels/.rels", "3D/3dmodel.model"];
const DOCUMENT: [&str; 3] = ["[Content_Types].xml", "_rels/.rels", "word/document.xml"];

type Known = (&'static str, Found, Vec<u8>);

fn printed() -> Vec<Known> {
    vec![
        ("a.stl", Found::StlBinary, stl(0)),
        ("a.stl", Found::StlBinary, stl(12)),
        (
            "a.STL",
            Found::StlText,
            b"solid part\nfacet normal 0 0 1\n".to_vec(),
        ),
        (
            "a.gcode",
            Found::Gcode,
            b"; made by a slicer\nM104 S200\nG28\nG1 X1 Y2 E3\n".to_vec(),
        ),
        ("a.gco", Found::Gcode, b"G28\nG1 X1\n".to_vec()),
        ("a.g", Found::Gcode, b"T0\nG1 X1 Y1\n".to_vec()),
        (
            "a.obj",
            Found::Obj,
            b"# cube\nv 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n".to_vec(),
        ),
        ("a.3mf", Found::ThreeMf, zip(&PACKAGE, "")),
        (
            "a.3mf",
            Found::ThreeMf,
            zip(&["3D/parts/Object_1.model", "x.png"], "a comment"),
        ),
    ]
}

fn only_kept() -> Vec<Known> {
    vec![
        ("a.docx", Found::Word, zip(&DOCUMENT, "")),
        (
            "a.gltf",
            Found::Gltf,
            b"{ \"asset\": { \"version\": \"2.0\" } }".to_vec(),
        ),
        ("a.glb", Found::Glb, glb()),
        (
            "a.png",
            Found::Png,
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec(),
        ),
        (
            "a.jpg",
            Found::Jpeg,
            b"\xff\xd8\xff\xe0\0\x10JFIF\0".to_vec(),
        ),
        ("a.jpeg", Found::Jpeg, b"\xff\xd8\xff\xdb\0\x10".to_vec()),
        ("a.gif", Found::Gif, b"GIF89a\x01\0\x01\0".to_vec()),
        ("a.webp", Found::WebP, b"RIFF\x24\0\0\0WEBPVP8 ".to_vec()),
        (
            "a.svg",
            Found::Svg,
            b"<?xml version=\"1.0\"?>\n<!-- x -->\n<svg xmlns=\"x\"/>".to_vec(),
        ),
        (
            "a.svg",
            Found::Svg,
            b"\xef\xbb\xbf  <svg viewBox=\"0 0 1 1\"/>".to_vec(),
        ),
        (
            "a.pdf",
            Found::Pdf,
            b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec(),
        ),
        (
            "a.doc",
            Found::OldOffice,
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0".to_vec(),
        ),
        (
            "a.txt",
            Found::Text,
            "Grüße, print two of them.\n".as_bytes().to_vec(),
        ),
        ("a.txt", Found::Text, b"\xff\xfeH\0i\0".to_vec()),
        (
            "a.md",
            Found::Text,
            b"# Brackets\n\nTwo of them.\n".to_vec(),
        ),
        ("a.txt", Found::Text, b"MZ is how this text begins".to_vec()),
    ]
}

#[test]
fn every_kind_is_known_by_its_content_and_kept_under_its_own_ending() {
    for (name, found, bytes) in printed().into_iter().chain(only_kept()) {
        assert_eq!(look(&bytes), found, "{name}");
        let ending = Ending::of(name).unwrap();
        assert_eq!(agreed(ending, look(&bytes)), Ok(ending.kind()), "{name}");
    }
}

#[test]
fn no_content_is_kept_under_an_ending_of_another_kind() {
    let endings = [
        "stl", "gcode", "obj", "3mf", "gltf", "glb", "png", "jpg", "gif", "svg", "webp", "pdf",
        "docx", "doc", "txt",
    ];
    for (_, found, bytes) in printed().into_iter().chain(only_kept()) {
        for word in endings {
            let ending = Ending::of(&format!("a.{word}")).unwrap();
            let own = Ending::fitting(found).unwrap();
            let kept = agreed(ending, look(&bytes));
            let may = own.kind() == ending.kind() && own.word() == word
                || word == "txt" && ending.takes(found);
            assert_eq!(kept.is_ok(), may, "{found:?} as {word}");
        }
    }
}

#[test]
fn a_renamed_file_is_told_what_it_is_and_what_to_do() {
    let stl = Ending::of("part.stl").unwrap();
    let refused = agreed(stl, Found::Png).unwrap_err();
    assert_eq!(
        refused.sentence(),
        "This file is named .stl, but it is a PNG image, so it was not kept."
    );
    assert_eq!(
        refused.remedy(),
        "Give it the ending .png, then upload it again."
    );
    let refused = agreed(stl, Found::Unknown).unwrap_err();
    assert!(refused.remedy().starts_with("Export it again"));
    assert_eq!(refused.problem().status.as_u16(), 415);
}

#[test]
fn binary_gcode_is_refused_with_its_own_sentence_whatever_its_name() {
    let mut bytes = b"GCDE\x01\0\0\0\x01\0".to_vec();
    bytes.resize(500, 0);
    assert_eq!(look(&bytes), Found::Bgcode);
    for name in ["a.gcode", "a.stl", "a.txt"] {
        let refused = agreed(Ending::of(name).unwrap(), look(&bytes));
        assert_eq!(refused, Err(NotStored::BinaryGcode), "{name}");
    }
}

#[test]
fn a_binary_stl_has_exactly_the_size_that_its_triangles_need() {
    for wrong in [-1_isize, 1, 50] {
        let mut bytes = stl(12);
        bytes.resize(bytes.len().strict_add_signed(wrong), 0);
        assert_eq!(look(&bytes), Found::Unknown, "{wrong}");
    }
    // "solid" in front of a binary STL fools nobody.
    let mut bytes = stl(2);
    bytes[..6].copy_from_slice(b"solid ");
    assert_eq!(look(&bytes), Found::StlBinary);
}

#[test]
fn a_damaged_archive_or_scene_is_not_taken_for_a_good_one() {
    let whole = zip(&PACKAGE, "");
    assert_eq!(
        look(&whole[..whole.len() - 1]),
        Found::Zip,
        "its end is missing"
    );
    assert_eq!(look(&zip(&["a.txt"], "")), Found::Zip);
    assert_eq!(
        look(&zip(&["3D/3dmodel.model", "word/document.xml"], "")),
        Found::Zip
    );
    assert_eq!(
        look(&zip(&["notes about 3D/3dmodel.model"], "")),
        Found::Zip
    );
    let mut lying = whole.clone();
    let end = lying.len() - 22;
    lying[end + 12..end + 16].copy_from_slice(&u32::MAX.to_le_bytes());
    assert_eq!(look(&lying), Found::Zip, "its list is longer than the file");
    let mut longer = glb();
    longer.push(0);
    assert_eq!(look(&longer), Found::Unknown);
}

#[test]
fn a_list_of_contents_is_found_behind_the_longest_comment() {
    let archive = zip(&PACKAGE, &"x".repeat(65_535));
    assert_eq!(look(&archive), Found::ThreeMf);
    // A comment that holds the magic of an end is still a comment.
    assert_eq!(
        look(&zip(
            &PACKAGE,
            "PK\x05\x06 and so on, not the end of anything"
        )),
        Found::ThreeMf
    );
}

#[test]
fn a_scene_is_known_by_what_every_scene_holds_wherever_it_stands() {
    let mut bytes = b"{ \"buffers\": [ \"".to_vec();
    bytes.resize(300_000, b'A');
    bytes.extend(b"\" ], \"asset\": { \"version\": \"2.0\" } }");
    assert_eq!(look(&bytes), Found::Gltf);
    assert_eq!(look(b"{ \"name\": 1 }"), Found::Json);
}

#[test]
fn pages_and_programs_are_called_what_they_are() {
    assert_eq!(look(b"<!DOCTYPE html><svg>"), Found::Html);
    assert_eq!(look(b"\x7fELF\x02\x01\x01\0"), Found::Program);
    assert_eq!(look(b"MZ\x90\0\x03\0"), Found::Program);
    assert_eq!(look(b"\0\0\0"), Found::Unknown);
    assert!(Ending::of("a.exe").is_none() && Ending::of("a.html").is_none());
    assert!(
        Ending::of("stl").is_none(),
        "a name that is nothing but an ending"
    );
    assert!(Ending::of("a.bgcode").is_none());
}

#[test]
fn any_bytes_at_all_are_looked_at_without_harm() {
    let mut seed = 1_u64;
    for length in (0..600).chain([4_095, 4_096, 4_097, 70_000]) {
        let mut bytes: Vec<u8> = (0..length)
            .map(|_| {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                (seed >> 56) as u8
            })
            .collect();
        look(&bytes);
        if bytes.len() > 60 {
            let at = bytes.len() - 60;
            bytes[at..at + 4].copy_from_slice(b"PK\x05\x06");
            bytes[..4].copy_from_slice(b"PK\x03\x04");
            look(&bytes);
        }
    }
}

#[test]
fn nothing_is_ever_sent_as_a_page_or_as_a_picture_with_script() {
    for name in ["a.svg", "a.md", "a.txt", "a.gltf", "a.docx", "a.obj"] {
        let sent = Ending::of(name).unwrap().media_type();
        assert!(
            !sent.contains("html") && !sent.contains("svg") && !sent.contains("xml"),
            "{name}: {sent}"
        );
    }
}
