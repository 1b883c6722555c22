//! Models as geometry: what a file is, what it holds, how large it is, and the one mesh that a
//! slicer ever gets to see.
//!
//! Everything that comes in is hostile: a model is read as a stream within [`Limits`], no number
//! of its header is believed, and nothing of its bytes reaches the slicer. [`write_canonical`]
//! writes the slicer's input from the numbers that were read, in one fixed form.
//!
//! Pure: no clock, no files, no network; a `Read` comes in, a `Write` goes out.

mod ascii;
mod binary;
mod canonical;
mod error;
mod kind;
pub mod limits;
mod measure;
mod mesh;
mod orientation;
pub mod shapes;
mod stl;
mod surface;

pub use canonical::write_canonical;
pub use error::ModelError;
pub use kind::{FileKind, recognise};
pub use limits::Limits;
pub use measure::{Measures, check_printable, measure};
pub use mesh::Mesh;
pub use stl::read_stl;
