//! Why a model cannot be printed, in words for the person who made it.

use std::io;

/// Why a model was refused.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// No bytes or no triangles.
    #[error("the model is empty")]
    Empty,
    /// Neither form of STL.
    #[error("not an STL file (line {line:?})")]
    NotStl {
        /// The first line that is not STL, when the file is text.
        line: Option<u64>,
    },
    /// The file ends before what it announced.
    #[error("the file ends too early")]
    Truncated,
    /// The number of triangles in the header is not the number in the file.
    #[error("the header announces {announced} triangles, the file is {size_bytes} bytes long")]
    HeaderLies {
        /// Triangles by the header.
        announced: u32,
        /// Bytes of the file.
        size_bytes: u64,
    },
    /// More triangles than allowed.
    #[error("more than {max} triangles")]
    TooManyTriangles {
        /// The limit.
        max: u32,
    },
    /// A coordinate is not a number or infinite.
    #[error("triangle {triangle} has a coordinate that is not a number")]
    NotFinite {
        /// Which triangle, counted from 1.
        triangle: u64,
    },
    /// A coordinate lies farther out than [`crate::limits::COORDINATE_MM_MAX`].
    #[error("triangle {triangle} lies more than 10 m away")]
    TooFar {
        /// Which triangle, counted from 1.
        triangle: u64,
    },
    /// A line of a text STL is longer than [`crate::limits::LINE_BYTES_MAX`].
    #[error("line {line} is too long")]
    LineTooLong {
        /// Which line, counted from 1.
        line: u64,
    },
    /// The surface has holes.
    #[error("{open_edges} open edges")]
    Open {
        /// Edges at which a neighbour is missing.
        open_edges: u64,
    },
    /// The surface is closed but has no inside, like a Klein bottle.
    #[error("the surface has no inside")]
    Twisted,
    /// The surface is closed but encloses nothing.
    #[error("the model encloses no volume")]
    Flat,
    /// Smaller than [`crate::limits::SIZE_MM_MIN`] along an axis.
    #[error("the model is only {smallest_mm} mm along its thinnest axis")]
    TooSmall {
        /// The smallest of width, depth and height.
        smallest_mm: f64,
    },
    /// The source of the bytes failed.
    #[error("reading the model failed")]
    Unreadable(#[source] io::Error),
    /// The target of the canonical mesh failed.
    #[error("writing the model failed")]
    Unwritable(#[source] io::Error),
}

impl ModelError {
    /// The stable name of this refusal.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "MODEL_EMPTY",
            Self::NotStl { .. } => "MODEL_NOT_STL",
            Self::Truncated => "MODEL_TRUNCATED",
            Self::HeaderLies { .. } => "MODEL_HEADER_LIES",
            Self::TooManyTriangles { .. } => "MODEL_TOO_MANY_TRIANGLES",
            Self::NotFinite { .. } => "MODEL_NOT_FINITE",
            Self::TooFar { .. } => "MODEL_TOO_FAR",
            Self::LineTooLong { .. } => "MODEL_LINE_TOO_LONG",
            Self::Open { .. } => "MODEL_OPEN",
            Self::Twisted => "MODEL_TWISTED",
            Self::Flat => "MODEL_FLAT",
            Self::TooSmall { .. } => "MODEL_TOO_SMALL",
            Self::Unreadable(_) => "MODEL_UNREADABLE",
            Self::Unwritable(_) => "MODEL_NOT_SAVED",
        }
    }

    /// What happened, for a designer.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::Empty => "This file holds no shape.".to_owned(),
            Self::NotStl { line: None } => "This file is not an STL model.".to_owned(),
            Self::NotStl { line: Some(line) } => {
                format!("This file is not an STL model: line {line} does not belong in one.")
            }
            Self::Truncated => "The end of this file is missing.".to_owned(),
            Self::HeaderLies { announced, .. } => format!(
                "This file says that it holds {announced} triangles, but its length says otherwise."
            ),
            Self::TooManyTriangles { max } => {
                format!("This model has more than {max} triangles, the most that can be printed.")
            }
            Self::NotFinite { triangle } => {
                format!("Triangle {triangle} of this model has a corner that is not a number.")
            }
            Self::TooFar { triangle } => {
                format!("Triangle {triangle} of this model lies more than 10 metres away.")
            }
            Self::LineTooLong { line } => {
                format!("Line {line} of this file is too long for an STL model.")
            }
            Self::Open { open_edges: 1 } => {
                "The surface of this model has a hole: 1 edge lacks a neighbour.".to_owned()
            }
            Self::Open { open_edges } => {
                format!("The surface of this model has holes: {open_edges} edges lack a neighbour.")
            }
            Self::Twisted => {
                "The surface of this model is twisted: it has no inside and no outside.".to_owned()
            }
            Self::Flat => "This model is flat or hollow: there is nothing to fill.".to_owned(),
            Self::TooSmall { smallest_mm } => {
                format!("This model is only {smallest_mm:.4} mm thin: too small to print.")
            }
            Self::Unreadable(_) => "This file could not be read.".to_owned(),
            Self::Unwritable(_) => "The checked model could not be saved.".to_owned(),
        }
    }

    /// What the person can do about it.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Empty => "Check that the part was visible and selected, and export it again.",
            Self::NotStl { .. } | Self::LineTooLong { .. } => {
                "Export the part as STL from your design program and upload that file."
            }
            Self::Truncated | Self::HeaderLies { .. } => {
                "The file was probably cut off or damaged on its way: export or upload it again."
            }
            Self::TooManyTriangles { .. } => {
                "Export it with a coarser resolution, or simplify the mesh."
            }
            Self::NotFinite { .. } => {
                "Repair the model in your design program and export it again."
            }
            Self::TooFar { .. } => {
                "Check that the model is in millimetres and near the origin, then export it again."
            }
            Self::Open { .. } | Self::Twisted => {
                "Make the part a closed solid (a repair tool can often do it) and export it again."
            }
            Self::Flat => "Give the part a thickness, then export it again.",
            Self::TooSmall { .. } => {
                "Check the units: models are read in millimetres. Scale it up if that is wrong."
            }
            Self::Unreadable(_) => "Upload it again. If that does not help, tell your operator.",
            Self::Unwritable(_) => "Ask your operator to look at the free disk space, then retry.",
        }
    }
}
