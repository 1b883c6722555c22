//! What a file is, by its content and never by its name.

use crate::binary;
use crate::limits::HEAD_BYTES;

/// What a file turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    /// Binary STL: the length agrees with the count in the header.
    StlBinary,
    /// Text STL.
    StlAscii,
    /// Commands for a printer, as text.
    Gcode,
    /// Wavefront OBJ.
    Obj,
    /// 3MF, a zip archive.
    ThreeMf,
    /// Prusa's binary G-code.
    Bgcode,
    /// None of these.
    Unknown,
}

/// Says what a file of `size_bytes` bytes is that begins with `head` (at best its first
/// [`HEAD_BYTES`]; less is enough for small files).
#[must_use]
pub fn recognise(head: &[u8], size_bytes: u64) -> FileKind {
    let head = head.get(..HEAD_BYTES).unwrap_or(head);
    if binary::announced(head).is_some_and(|n| binary::length_bytes(n) == size_bytes) {
        return FileKind::StlBinary;
    }
    if head.starts_with(BGCODE_MAGIC) {
        return FileKind::Bgcode;
    }
    if head.starts_with(ZIP_MAGIC) {
        return if is_three_mf(head) {
            FileKind::ThreeMf
        } else {
            FileKind::Unknown
        };
    }
    if !is_text(head) {
        return FileKind::Unknown;
    }
    if begins_with_solid(head) {
        return FileKind::StlAscii;
    }
    text_kind(head)
}

/// First bytes of binary G-code (libbgcode's specification, "File header").
const BGCODE_MAGIC: &[u8] = b"GCDE";
/// First bytes of a zip archive with at least one entry.
const ZIP_MAGIC: &[u8] = b"PK\x03\x04";
const BOM: &[u8] = b"\xef\xbb\xbf";

/// Whether the bytes are some other known form than STL.
pub(crate) fn is_other(head: &[u8]) -> bool {
    head.starts_with(ZIP_MAGIC) || head.starts_with(BGCODE_MAGIC)
}

/// A 3MF's archive begins with one of the parts that its standard asks for.
fn is_three_mf(head: &[u8]) -> bool {
    [&b"[Content_Types].xml"[..], b"3D/", b"_rels/.rels"]
        .iter()
        .any(|part| memchr::memmem::find(head, part).is_some())
}

/// No control bytes but white space. Bytes over 127 may be names in any language.
pub(crate) fn is_text(head: &[u8]) -> bool {
    !head.is_empty()
        && head
            .iter()
            .all(|b| matches!(b, b'\t' | b'\n' | b'\r' | 0x20..=0x7e | 0x80..))
}

/// The word that opens a text STL, alone or followed by a name.
pub(crate) fn begins_with_solid(head: &[u8]) -> bool {
    let text = head.strip_prefix(BOM).unwrap_or(head).trim_ascii_start();
    text.split_at_checked(5).is_some_and(|(word, rest)| {
        word.eq_ignore_ascii_case(b"solid") && rest.first().is_none_or(u8::is_ascii_whitespace)
    })
}

/// OBJ or G-code, by which of the two most of the lines speak.
fn text_kind(head: &[u8]) -> FileKind {
    let head = head.strip_prefix(BOM).unwrap_or(head);
    let (mut gcode, mut obj, mut other) = (0u32, 0u32, 0u32);
    for line in head.split(|b| matches!(b, b'\n' | b'\r')) {
        let line = line.trim_ascii();
        if line.is_empty() || line.starts_with(b"#") {
            continue;
        } else if line.starts_with(b";") || is_gcode_line(line) {
            gcode += 1;
        } else if is_obj_line(line) {
            obj += 1;
        } else {
            other += 1;
        }
    }
    // The last line of a head may be cut anywhere.
    if gcode > obj && gcode > other {
        FileKind::Gcode
    } else if obj > gcode && obj > other {
        FileKind::Obj
    } else {
        FileKind::Unknown
    }
}

fn is_gcode_line(line: &[u8]) -> bool {
    let code = line.split(|b| *b == b';').next().unwrap_or_default();
    let mut bytes = code.iter().filter(|b| !b.is_ascii_whitespace());
    let letter = bytes.next().map(u8::to_ascii_uppercase);
    matches!(letter, Some(b'G' | b'M' | b'T' | b'N'))
        && bytes.next().is_some_and(u8::is_ascii_digit)
}

fn is_obj_line(line: &[u8]) -> bool {
    const WORDS: [&[u8]; 12] = [
        b"v", b"vn", b"vt", b"vp", b"f", b"l", b"o", b"g", b"s", b"usemtl", b"mtllib", b"p",
    ];
    let mut words = line.split(u8::is_ascii_whitespace);
    words.next().is_some_and(|word| WORDS.contains(&word)) && words.next().is_some()
}
