//! Slicing: a canonical mesh and one of our own profiles in, G-code out.
//!
//! [`Slicer`] is the port. [`PrusaSlicer`] runs the real program inside [`sandbox::Sandbox`]: it
//! sees its own libraries, one work folder and nothing else, and it never sees a byte that a user
//! wrote, neither in the mesh (the geometry room writes it) nor in the settings ([`Profile`] holds
//! our own values only). What comes out is still treated as hostile by the G-code policy.

mod allowed;
mod closure;
mod cores;
mod error;
mod gcode_copy;
pub mod limits;
mod material;
mod profile;
mod profile_error;
mod programs;
mod prusa;
mod quality;
mod run;
pub mod sandbox;
mod scripts;
mod settings;
mod verdict;

pub use closure::Program;
pub use error::SliceError;
pub use limits::Limits;
pub use material::{MaterialSettings, material_settings};
pub use profile::Profile;
pub use profile_error::ProfileError;
pub use prusa::{PrusaConfig, PrusaSlicer};
pub use quality::{QualitySettings, quality_settings};

use fluxprint_domain::Sha256;
use std::path::Path;

/// Turns a mesh into G-code.
#[async_trait::async_trait]
pub trait Slicer: Send + Sync {
    /// Name and version of the program, for example `PrusaSlicer 2.5.0`. Part of the key under
    /// which a slice is kept.
    fn version(&self) -> &str;

    /// Slices one model. The same request gives the same bytes.
    ///
    /// # Errors
    /// See [`SliceError`]; on every error `request.out` does not exist.
    async fn slice(&self, request: SliceRequest<'_>) -> Result<Sliced, SliceError>;
}

/// What to slice and where the G-code goes.
#[derive(Clone, Copy, Debug)]
pub struct SliceRequest<'a> {
    /// A binary STL that the geometry room wrote; never a file as it was uploaded.
    pub mesh: &'a Path,
    /// How many triangles it has; decides the time and memory the run may take.
    pub triangle_count: u64,
    /// The settings.
    pub profile: &'a Profile,
    /// Where the G-code goes. An older file of this name is replaced, or removed on failure.
    pub out: &'a Path,
}

/// A finished slice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sliced {
    /// Size of the G-code.
    pub size_bytes: u64,
    /// Hash of the G-code.
    pub sha256: Sha256,
    /// How long it took, waiting for a free core not counted.
    pub wall_ms: u64,
}
