//! Estimates: from a checked model at once, from its slice exactly. The formulas are `estimate`'s.

use crate::choice::Choice;
use crate::report::{GcodeReport, ModelReport};
use fluxprint_estimate::{Author, Estimate, Prices, Settings, Shape, Told, exact, quick};
use fluxprint_slicer::{material_settings, quality_settings};
use fluxprint_store::service::job::Job;
use fluxprint_store::service::slice::{Slice, SliceState};

/// The estimate of a model that is not sliced yet; `None` when its G-code does not say.
#[must_use]
pub fn of_model(report: &ModelReport, choice: Choice, copies: u32) -> Option<Estimate> {
    match report {
        ModelReport::Gcode(gcode) => told(gcode, choice, copies),
        ModelReport::Mesh(mesh) => {
            let shape = Shape {
                volume_mm3: mesh.volume_mm3,
                area_mm2: mesh.area_mm2,
                size: mesh.size,
                overhang_mm2: None,
            };
            let settings = settings(choice)?;
            Some(quick(
                &shape,
                &settings,
                choice.material,
                copies,
                &Prices::default(),
            ))
        }
    }
}

/// The exact estimate of a job whose slice is done, as JSON.
#[must_use]
pub fn of_slice(slice: &Slice, job: &Job) -> Option<String> {
    let SliceState::Done(result) = &slice.state else {
        return None;
    };
    let report: GcodeReport = serde_json::from_str(&result.facts).ok()?;
    let choice: Choice = serde_json::from_str(&job.choice).ok()?;
    let copies = u32::try_from(job.copies.len()).ok()?;
    serde_json::to_string(&told(&report, choice, copies)?).ok()
}

fn told(report: &GcodeReport, choice: Choice, copies: u32) -> Option<Estimate> {
    let by = if report.made_for.is_some() {
        Author::OurSlicer
    } else {
        Author::Uploader
    };
    let told = Told {
        duration_s: report.duration_s?,
        filament_g: report.filament_g?,
        by,
    };
    Some(exact(told, choice.material, copies, &Prices::default()))
}

fn settings(choice: Choice) -> Option<Settings> {
    let material = material_settings(choice.material)?;
    let quality = quality_settings(choice.quality)?;
    Some(Settings {
        layer_mm: quality.layer_mm,
        infill_pct: choice.infill_pct,
        supports: choice.supports,
        speed_factor: material.speed_factor * quality.speed_factor,
        flow_mm3_s_max: material.flow_mm3_s_max,
        density_g_cm3: material.density_g_cm3,
    })
}
