//! Task `slice_model`: a checked mesh and a choice become G-code that passed the policy.

use super::check::{gcode_report, policy_reason};
use super::step_error::slicer_reason;
use super::{StepError, prepare, scratch};
use crate::choice::Choice;
use crate::report::{MeshReport, ModelReport};
use crate::service::Service;
use fluxprint_domain::id::{OrganisationId, SliceId};
use fluxprint_domain::printer::Build;
use fluxprint_gcode::{Bounds, inspect};
use fluxprint_slicer::{Profile, SliceError, SliceRequest};
use fluxprint_store::service::model::ModelState;
use fluxprint_store::service::reason::Reason;
use fluxprint_store::service::slice::SliceResult;
use fluxprint_store::service::task::Task;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

/// What the task carries: all that decides the bytes beside the model.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Payload {
    /// What was chosen.
    pub choice: Choice,
    /// The machine it is made for.
    pub build: Build,
}

impl Payload {
    /// The settings that follow.
    ///
    /// # Errors
    /// When no such print can be made on such a machine.
    pub fn profile(&self) -> Result<Profile, fluxprint_slicer::ProfileError> {
        let Choice {
            material,
            quality,
            infill_pct,
            supports,
        } = self.choice;
        Profile::compose(&self.build, material, quality, infill_pct, supports)
    }
}

/// Slices one model and writes the result down.
pub async fn work(
    service: &Service,
    organisation: OrganisationId,
    task: &Task,
) -> Result<(), StepError> {
    let id: SliceId = task.subject.parse().map_err(|_| StepError::Unreadable)?;
    let payload: Payload =
        serde_json::from_str(&task.payload).map_err(|_| StepError::Unreadable)?;
    let profile = payload.profile().map_err(|_| StepError::Unreadable)?;
    let mesh = mesh_of(service, organisation, id).await?;
    let folder = tempfile::tempdir_in(&service.work_root)?;
    let input = folder.path().join("mesh.stl");
    let out = folder.path().join("out.gcode");
    scratch::fetch(service, organisation, mesh.canonical_sha256, &input).await?;
    let request = SliceRequest {
        mesh: &input,
        triangle_count: mesh.triangle_count,
        profile: &profile,
        out: &out,
    };
    match service.slicer.slice(request).await {
        Ok(_) => {}
        Err(error) if may_pass(&error) => return Err(error.into()),
        Err(error) => return refuse(service, organisation, task, &slicer_reason(&error)).await,
    }
    match judge(&out, &payload.build).await? {
        Err(reason) => refuse(service, organisation, task, &reason).await,
        Ok(report) => {
            let (gcode_sha256, size_bytes) = scratch::keep(service, organisation, &out).await?;
            let result = SliceResult {
                gcode_sha256,
                size_bytes,
                facts: serde_json::to_string(&report).map_err(|_| StepError::Unreadable)?,
                nozzle_c_max: report.nozzle_c_max,
                bed_c_max: report.bed_c_max,
            };
            Ok(service
                .store
                .slices(organisation)
                .finish(id, &result, Some(task))
                .await?)
        }
    }
}

/// Writes down that the slice cannot be made, and tells the jobs that wait for it.
pub async fn refuse(
    service: &Service,
    organisation: OrganisationId,
    task: &Task,
    reason: &Reason,
) -> Result<(), StepError> {
    let id: SliceId = task.subject.parse().map_err(|_| StepError::Unreadable)?;
    // A sweep between the two would ask for the failed slice again.
    let _no_sweep = service.preparing.lock().await;
    service
        .store
        .slices(organisation)
        .fail(id, reason, Some(task))
        .await?;
    prepare::refuse_waiting(service, organisation, id, reason).await
}

async fn mesh_of(
    service: &Service,
    organisation: OrganisationId,
    id: SliceId,
) -> Result<MeshReport, StepError> {
    let slice = service.store.slices(organisation).get(id).await?;
    let model = service
        .store
        .models(organisation)
        .get(slice.model_sha256)
        .await?;
    let ModelState::Checked { report, .. } = model.state else {
        return Err(StepError::Unreadable);
    };
    match serde_json::from_str(&report) {
        Ok(ModelReport::Mesh(mesh)) => Ok(mesh),
        _ => Err(StepError::Unreadable),
    }
}

/// The G-code policy on what the slicer wrote: its output is as hostile as an upload (finding 2
/// of the safety document).
async fn judge(
    out: &Path,
    build: &Build,
) -> Result<Result<crate::report::GcodeReport, Reason>, StepError> {
    let (path, build) = (out.to_owned(), build.clone());
    let inspected = scratch::blocking(move || {
        let mut source = BufReader::new(File::open(path)?);
        Ok::<_, std::io::Error>((inspect(&mut source, &Bounds::from(&build)), build))
    });
    let (inspected, build) = inspected.await??;
    Ok(match inspected {
        Err(error) => Err(Reason {
            code: error.code().to_owned(),
            sentence: error.sentence().to_string(),
            remedy: error.remedy().to_owned(),
        }),
        Ok(inspection) => match policy_reason(&inspection) {
            Some(reason) => Err(reason),
            None => Ok(gcode_report(&inspection, Some(build))),
        },
    })
}

/// Whether the same slice may succeed later: the machine was at fault, not the model.
fn may_pass(error: &SliceError) -> bool {
    matches!(
        error,
        SliceError::DiskFull | SliceError::Disk(_) | SliceError::OutOfMemory
    )
}
