//! What content turns out to be.

use super::archive;
use fluxprint_geometry as geometry;

/// Bytes of a file's beginning that are looked at.
pub const HEAD_BYTES: u64 = 4096;
/// Bytes of a file's end that are looked at: the longest end of a zip archive.
pub const TAIL_BYTES: u64 = 22 + 65_535;

/// What content may turn out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// Binary STL, of exactly the size that its triangles need.
    StlBinary,
    /// Text STL.
    StlText,
    /// Text G-code.
    Gcode,
    /// Binary G-code.
    Bgcode,
    /// OBJ.
    Obj,
    /// 3MF.
    ThreeMf,
    /// Text glTF.
    Gltf,
    /// Binary glTF, of exactly the size that it says.
    Glb,
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
    /// GIF.
    Gif,
    /// WebP.
    WebP,
    /// SVG.
    Svg,
    /// PDF.
    Pdf,
    /// Office Open XML of Word.
    Word,
    /// The older container of Word, Excel and others.
    OldOffice,
    /// Another zip archive.
    Zip,
    /// A program.
    Program,
    /// A web page.
    Html,
    /// Other JSON.
    Json,
    /// Other text.
    Text,
    /// Nothing of all that.
    Unknown,
}

impl Found {
    /// In words, behind "it is".
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::StlBinary | Self::StlText => "an STL model",
            Self::Gcode => "G-code",
            Self::Bgcode => "binary G-code",
            Self::Obj => "an OBJ model",
            Self::ThreeMf => "a 3MF model",
            Self::Gltf | Self::Glb => "a glTF scene",
            Self::Png => "a PNG image",
            Self::Jpeg => "a JPEG image",
            Self::Gif => "a GIF image",
            Self::WebP => "a WebP image",
            Self::Svg => "an SVG image",
            Self::Pdf => "a PDF document",
            Self::Word => "a Word document",
            Self::OldOffice => "an older Office document",
            Self::Zip => "a ZIP archive of other things",
            Self::Program => "a program",
            Self::Html => "a web page",
            Self::Json => "a JSON text",
            Self::Text => "a plain text",
            Self::Unknown => "something that is not known here, or is damaged",
        }
    }
}

/// What is looked at of a file.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sample<'a> {
    /// Bytes of the whole file.
    pub size_bytes: u64,
    /// Its first [`HEAD_BYTES`], or all.
    pub head: &'a [u8],
    /// Its last [`TAIL_BYTES`], or all.
    pub tail: &'a [u8],
    /// What lies where [`archive::directory`] says; empty where it says nothing.
    pub directory: &'a [u8],
}

/// First bytes that tell what a file is, in the order in which they are tried.
const MAGICS: [(&[u8], Found); 8] = [
    (b"\x89PNG\r\n\x1a\n", Found::Png),
    (b"\xff\xd8\xff", Found::Jpeg),
    (b"GIF87a", Found::Gif),
    (b"GIF89a", Found::Gif),
    (b"%PDF-", Found::Pdf),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Found::OldOffice),
    (b"\x7fELF", Found::Program),
    (b"MZ", Found::Program),
];

/// Says what a file is.
#[must_use]
pub fn recognise(sample: &Sample<'_>) -> Found {
    let (head, size_bytes) = (sample.head, sample.size_bytes);
    // One judge for models here and at the service: what is taken here is what is checked there.
    match geometry::recognise(head, size_bytes) {
        geometry::FileKind::StlBinary => return Found::StlBinary,
        geometry::FileKind::StlAscii => return Found::StlText,
        geometry::FileKind::Bgcode => return Found::Bgcode,
        _ if head.starts_with(b"PK\x03\x04") => return archive::recognise(sample.directory),
        geometry::FileKind::Gcode => return Found::Gcode,
        geometry::FileKind::Obj => return Found::Obj,
        geometry::FileKind::ThreeMf | geometry::FileKind::Unknown => {}
    }
    if head.starts_with(b"glTF") {
        return glb(head, size_bytes);
    }
    if head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP") {
        return Found::WebP;
    }
    let magic = MAGICS.iter().find(|(magic, _)| head.starts_with(magic));
    match magic {
        // Two letters with which a text may begin too.
        Some((b"MZ", _)) if is_text(head) => Found::Text,
        Some((_, found)) => *found,
        None if is_text(head) => text(head, sample.tail),
        None => Found::Unknown,
    }
}

/// Binary glTF says its version and its length behind its magic (glTF 2.0, 4.4.2).
fn glb(head: &[u8], size_bytes: u64) -> Found {
    let said = head.get(8..12).and_then(|n| n.try_into().ok());
    match said.map(u32::from_le_bytes) {
        Some(length) if u64::from(length) == size_bytes => Found::Glb,
        _ => Found::Unknown,
    }
}

/// No control bytes but white space, or UTF-16 with its mark in front.
fn is_text(head: &[u8]) -> bool {
    let marked = head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff");
    let plain = |b: &u8| matches!(b, b'\t' | b'\n' | b'\r' | 0x0c | 0x1b | 0x20..=0x7e | 0x80..);
    marked || (!head.is_empty() && head.iter().all(plain))
}

fn text(head: &[u8], tail: &[u8]) -> Found {
    let start = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let start = start.trim_ascii_start().to_ascii_lowercase();
    let holds = |text: &[u8], word: &[u8]| text.windows(word.len()).any(|part| part == word);
    if start.starts_with(b"{") || start.starts_with(b"[") {
        // "asset" is the one thing that every glTF has to hold (glTF 2.0, 3.2); it stands in front
        // or, behind data, at the end.
        return if holds(head, b"\"asset\"") || holds(tail, b"\"asset\"") {
            Found::Gltf
        } else {
            Found::Json
        };
    }
    if start.starts_with(b"<!doctype html") || start.starts_with(b"<html") {
        return Found::Html;
    }
    if start.starts_with(b"<") && holds(&start, b"<svg") {
        return Found::Svg;
    }
    Found::Text
}
