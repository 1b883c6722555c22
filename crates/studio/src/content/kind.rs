//! The kinds of files that a project may hold: one list that is printed, one that is only kept.

/// What a stored file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum FileKind {
    /// A mesh, binary or text.
    Stl,
    /// A mesh with materials.
    Obj,
    /// A package of meshes.
    #[serde(rename = "3mf")]
    ThreeMf,
    /// Commands for a printer.
    Gcode,
    /// A scene, as text.
    Gltf,
    /// A scene, binary.
    Glb,
    /// A picture.
    Image,
    /// A PDF.
    Pdf,
    /// A text with layout.
    Document,
    /// Plain text.
    Text,
}

impl FileKind {
    /// Every kind.
    pub const ALL: [Self; 10] = [
        Self::Stl,
        Self::Obj,
        Self::ThreeMf,
        Self::Gcode,
        Self::Gltf,
        Self::Glb,
        Self::Image,
        Self::Pdf,
        Self::Document,
        Self::Text,
    ];

    /// The word of the API and the database.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Stl => "stl",
            Self::Obj => "obj",
            Self::ThreeMf => "3mf",
            Self::Gcode => "gcode",
            Self::Gltf => "gltf",
            Self::Glb => "glb",
            Self::Image => "image",
            Self::Pdf => "pdf",
            Self::Document => "document",
            Self::Text => "text",
        }
    }

    /// The kind of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// Whether it can be printed now.
    #[must_use]
    pub fn is_printable(self) -> bool {
        matches!(self, Self::Stl | Self::Gcode)
    }

    /// Whether printing it is planned.
    #[must_use]
    pub fn prints_later(self) -> bool {
        matches!(self, Self::Obj | Self::ThreeMf)
    }
}
