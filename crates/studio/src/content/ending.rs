//! The endings of names that are taken, and what the content behind each of them has to be.

use super::found::Found;
use super::kind::FileKind;

/// Which limit of size counts for a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Models.
    Model,
    /// G-code.
    Gcode,
    /// What is never printed.
    Other,
}

/// An ending that is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ending {
    word: &'static str,
    kind: FileKind,
    content: &'static [Found],
}

/// Plain text may be anything that is text.
const TEXTS: &[Found] = &[
    Found::Text,
    Found::StlText,
    Found::Gcode,
    Found::Obj,
    Found::Svg,
    Found::Gltf,
    Found::Json,
    Found::Html,
];

const fn ending(word: &'static str, kind: FileKind, content: &'static [Found]) -> Ending {
    Ending {
        word,
        kind,
        content,
    }
}

const ENDINGS: [Ending; 19] = [
    ending("stl", FileKind::Stl, &[Found::StlBinary, Found::StlText]),
    ending("gcode", FileKind::Gcode, &[Found::Gcode]),
    ending("gco", FileKind::Gcode, &[Found::Gcode]),
    ending("g", FileKind::Gcode, &[Found::Gcode]),
    ending("obj", FileKind::Obj, &[Found::Obj]),
    ending("3mf", FileKind::ThreeMf, &[Found::ThreeMf]),
    ending("gltf", FileKind::Gltf, &[Found::Gltf]),
    ending("glb", FileKind::Glb, &[Found::Glb]),
    ending("png", FileKind::Image, &[Found::Png]),
    ending("jpg", FileKind::Image, &[Found::Jpeg]),
    ending("jpeg", FileKind::Image, &[Found::Jpeg]),
    ending("gif", FileKind::Image, &[Found::Gif]),
    ending("svg", FileKind::Image, &[Found::Svg]),
    ending("webp", FileKind::Image, &[Found::WebP]),
    ending("pdf", FileKind::Pdf, &[Found::Pdf]),
    ending("docx", FileKind::Document, &[Found::Word]),
    ending("doc", FileKind::Document, &[Found::OldOffice]),
    ending("txt", FileKind::Text, TEXTS),
    ending("md", FileKind::Text, TEXTS),
];

impl Ending {
    /// The ending of a name, in whatever case; `None` for one that is not taken.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        let (_, last) = name.rsplit_once('.')?;
        ENDINGS
            .into_iter()
            .find(|ending| ending.word.eq_ignore_ascii_case(last))
    }

    /// The first ending under which such content is kept.
    #[must_use]
    pub fn fitting(found: Found) -> Option<Self> {
        ENDINGS.into_iter().find(|ending| ending.takes(found))
    }

    /// Without its dot, in lower case.
    #[must_use]
    pub fn word(self) -> &'static str {
        self.word
    }

    /// What files with it are.
    #[must_use]
    pub fn kind(self) -> FileKind {
        self.kind
    }

    /// Whether such content may stand behind it.
    #[must_use]
    pub fn takes(self, found: Found) -> bool {
        self.content.contains(&found)
    }

    /// Which limit of size counts.
    #[must_use]
    pub fn class(self) -> Class {
        match self.kind {
            FileKind::Gcode => Class::Gcode,
            FileKind::Stl | FileKind::Obj | FileKind::ThreeMf | FileKind::Gltf | FileKind::Glb => {
                Class::Model
            }
            FileKind::Image | FileKind::Pdf | FileKind::Document | FileKind::Text => Class::Other,
        }
    }

    /// The one type under which it is ever sent out (S-25): never a page or a picture with script.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self.word {
            "stl" => "model/stl",
            "3mf" => "model/3mf",
            "png" => "image/png",
            "jpg" | "jpeg" => "image/jpeg",
            "gif" => "image/gif",
            "webp" => "image/webp",
            "pdf" => "application/pdf",
            "txt" | "md" | "gcode" | "gco" | "g" => "text/plain; charset=utf-8",
            _ => "application/octet-stream",
        }
    }
}
