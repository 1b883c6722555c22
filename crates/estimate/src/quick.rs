//! Time and filament from the shape of a model alone.
//!
//! The model is taken for a prism of its volume and height: flat faces above and below, walls
//! around, infill between. Its constants are those of the slicer room's profiles (three lines of
//! wall, 0.8 mm of roof, 0.6 mm of floor, speeds, 8 s per layer), and five were fitted to real
//! slices, which the tests hold: they are marked.

use crate::Work;
use crate::limits::LAYERS_MAX;
use fluxprint_domain::units::SizeMm;

/// What geometry measures of a model.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shape {
    /// Volume inside the surface.
    pub volume_mm3: f64,
    /// Area of the surface.
    pub area_mm2: f64,
    /// Size as it stands on the bed.
    pub size: SizeMm,
    /// Area that hangs over more than 45°; `None` when nobody has measured it.
    pub overhang_mm2: Option<f64>,
}

/// What the chosen material and quality mean, as the slicer room's data says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// Layer height.
    pub layer_mm: f64,
    /// Infill.
    pub infill_pct: u8,
    /// Whether supports are printed.
    pub supports: bool,
    /// Speed factor of the material times that of the quality.
    pub speed_factor: f64,
    /// The most the hotend melts of this material, in cubic millimetres per second.
    pub flow_mm3_s_max: f64,
    /// Density of the material.
    pub density_g_cm3: f64,
}

/// Width of a printed line with a 0.4 mm nozzle.
const LINE_MM: f64 = 0.45;
/// Width of a line of the first layer.
const FIRST_LINE_MM: f64 = 0.6;
/// Least height of the first layer.
const FIRST_LAYER_MM: f64 = 0.2;
/// Speed of the first layer, whatever the quality.
const FIRST_SPEED_MM_S: f64 = 20.0;
/// Acceleration while extruding.
const ACCELERATION_MM_S2: f64 = 1_000.0;
/// Three lines of wall.
const WALL_MM: f64 = 1.3;
/// Least roof and floor together, and in layers.
const ROOF_MM: (f64, f64) = (0.8, 4.0);
const FLOOR_MM: (f64, f64) = (0.6, 3.0);
/// Inside areas smaller than this are printed solid.
const SOLID_BELOW_MM2: f64 = 70.0;
/// Layers that would take less are slowed down, though not below [`SLOWEST_MM_S`].
const LAYER_S_MIN: f64 = 8.0;
const SLOWEST_MM_S: f64 = 10.0;
/// Mean speeds of walls, flat faces, infill and supports at speed factor 1. Fitted: walls, faces.
const WALL_MM_S: f64 = 42.0;
const FACE_MM_S: f64 = 44.0;
const INFILL_MM_S: f64 = 60.0;
const SUPPORT_MM_S: f64 = 40.0;
/// Fitted: mean length of a straight line as a share of the section's width.
const STRAIGHT_SHARE: f64 = 0.65;
/// Fitted: travel and retraction per layer.
const PER_LAYER_S: f64 = 3.0;
/// Fitted: how much longer the first layer takes than its area says.
const FIRST_LAYER_FACTOR: f64 = 1.6;
/// Fitted: supports fill this share of what is below an overhang at half the model's height.
const SUPPORT_SHARE: f64 = 0.2;
/// Homing and priming. Heating depends on the machine and is not counted, as in the slicer.
const START_S: f64 = 40.0;

pub(crate) fn work(shape: &Shape, settings: &Settings) -> Work {
    let height_mm = shape.size.z_mm;
    let sound = [
        shape.volume_mm3,
        shape.area_mm2,
        height_mm,
        settings.layer_mm,
    ]
    .iter()
    .chain([
        &settings.speed_factor,
        &settings.flow_mm3_s_max,
        &settings.density_g_cm3,
    ])
    .all(|value| value.is_finite() && *value > 0.0);
    if !sound {
        return Work::new(0, 0.0);
    }
    let section_mm2 = shape.volume_mm3 / height_mm;
    let parts = Parts::of(shape, settings, section_mm2);
    let filament_g = parts.volume_mm3() * settings.density_g_cm3 / 1000.0;
    let duration_s = duration_s(&parts, settings, section_mm2, height_mm);
    // The cast saturates.
    Work::new(duration_s.round() as u64, filament_g)
}

/// Printed volumes by the speed they are printed at, in cubic millimetres.
struct Parts {
    walls: f64,
    faces: f64,
    infill: f64,
    supports: f64,
}

impl Parts {
    fn of(shape: &Shape, settings: &Settings, section_mm2: f64) -> Self {
        let face_mm2 = section_mm2.min(shape.area_mm2 * 0.45);
        let side_mm2 = shape.area_mm2 - 2.0 * face_mm2;
        let thick = |(least_mm, layers): (f64, f64)| least_mm.max(layers * settings.layer_mm);
        let walls = side_mm2 * WALL_MM;
        let faces = face_mm2 * (thick(ROOF_MM) + thick(FLOOR_MM));

        // Walls and faces of a small part overlap: the shell grows towards the whole volume and
        // never past it.
        let share = ((walls + faces) / shape.volume_mm3).powi(3).tanh().cbrt();
        let shell = shape.volume_mm3 * share;
        let scale = shell / (walls + faces);

        let inside_mm = (section_mm2.sqrt() - 2.0 * WALL_MM).max(0.0);
        let infill = if inside_mm * inside_mm < SOLID_BELOW_MM2 {
            1.0
        } else {
            f64::from(settings.infill_pct.min(100)) / 100.0
        };
        let overhang_mm2 = if settings.supports {
            shape
                .overhang_mm2
                .filter(|area| area.is_finite())
                .unwrap_or(0.0)
                .max(0.0)
        } else {
            0.0
        };
        Self {
            walls: walls * scale,
            faces: faces * scale,
            infill: (shape.volume_mm3 - shell) * infill,
            supports: overhang_mm2 * shape.size.z_mm / 2.0 * SUPPORT_SHARE,
        }
    }

    fn volume_mm3(&self) -> f64 {
        self.walls + self.faces + self.infill + self.supports
    }
}

fn duration_s(parts: &Parts, settings: &Settings, section_mm2: f64, height_mm: f64) -> f64 {
    let line_mm2 = LINE_MM * settings.layer_mm;
    let straight_mm = STRAIGHT_SHARE * section_mm2.sqrt();
    let time_s = |volume_mm3: f64, mm_s: f64| {
        let mm_s = (mm_s * settings.speed_factor).min(settings.flow_mm3_s_max / line_mm2);
        // Every line is sped up for and slowed down after: v / a longer than its length says.
        let slower = 1.0 + mm_s * mm_s / (ACCELERATION_MM_S2 * straight_mm);
        volume_mm3 / line_mm2 / mm_s * slower
    };
    let first_share = (settings.layer_mm.max(FIRST_LAYER_MM) / height_mm).min(1.0);
    let first_s = section_mm2 / (FIRST_LINE_MM * FIRST_SPEED_MM_S) * FIRST_LAYER_FACTOR;
    let others_s = time_s(parts.walls, WALL_MM_S)
        + time_s(parts.faces, FACE_MM_S)
        + time_s(parts.infill, INFILL_MM_S)
        + time_s(parts.supports, SUPPORT_MM_S);
    let layers = (height_mm / settings.layer_mm).clamp(1.0, LAYERS_MAX);
    let printing_s = others_s * (1.0 - first_share) + first_s + layers * PER_LAYER_S;

    let slowest_layer_s = parts.volume_mm3() / layers / line_mm2 / SLOWEST_MM_S;
    let least_s = layers * LAYER_S_MIN.min(slowest_layer_s);
    printing_s.max(least_s) + START_S
}
