//! What is known of a model once it was checked. Kept with the model as JSON and shown by the API.

use fluxprint_domain::Sha256;
use fluxprint_domain::printer::Build;
use fluxprint_domain::units::SizeMm;
use serde::{Deserialize, Serialize};

/// The checked facts of a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ModelReport {
    /// A mesh, to be sliced.
    Mesh(MeshReport),
    /// G-code, to be printed as it is.
    Gcode(GcodeReport),
}

impl ModelReport {
    /// The room the part takes on a bed.
    #[must_use]
    pub fn size(&self) -> SizeMm {
        match self {
            Self::Mesh(mesh) => mesh.size,
            Self::Gcode(gcode) => gcode.reach,
        }
    }
}

/// The facts of a mesh.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MeshReport {
    /// Width, depth and height.
    pub size: SizeMm,
    /// Enclosed volume.
    pub volume_mm3: f64,
    /// Area of the surface.
    pub area_mm2: f64,
    /// Triangles.
    pub triangle_count: u64,
    /// Separate bodies.
    pub shells: u64,
    /// The canonical mesh, as the slicer gets it.
    pub canonical_sha256: Sha256,
    /// Its size.
    pub canonical_size_bytes: u64,
}

/// The facts of G-code, uploaded or sliced.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GcodeReport {
    /// Time the slicer estimated.
    pub duration_s: Option<u64>,
    /// Filament by weight.
    pub filament_g: Option<f64>,
    /// Filament by length.
    pub filament_mm: Option<f64>,
    /// The farthest corner that is printed at, from the bed's origin: the bed must reach so far.
    pub reach: SizeMm,
    /// Hottest nozzle target.
    pub nozzle_c_max: f64,
    /// Hottest bed target.
    pub bed_c_max: f64,
    /// Layers.
    pub layers: Option<u64>,
    /// The program that made it, in its own words.
    pub slicer: Option<String>,
    /// The build it was made for; `None` for uploaded G-code.
    pub made_for: Option<Build>,
}
