//! The sweep over jobs that prepare: what does each still need?

use super::StepError;
use super::slice::Payload;
use crate::choice::Choice;
use crate::pricing;
use crate::report::{GcodeReport, ModelReport};
use crate::service::Service;
use fluxprint_domain::id::{OrganisationId, SliceId, TaskId};
use fluxprint_domain::printer::Build;
use fluxprint_domain::units::SizeMm;
use fluxprint_domain::{Refusal, Sha256};
use fluxprint_store::StoreError;
use fluxprint_store::service::job::Job;
use fluxprint_store::service::model::ModelState;
use fluxprint_store::service::printer::Printer;
use fluxprint_store::service::reason::Reason;
use fluxprint_store::service::slice::{Slice, SliceResult, SliceState, WantedSlice};

/// Who does this, in audit rows.
const WHO: &str = "worker";
/// The "slicer version" of uploaded G-code: its slice is the uploaded bytes.
const NOT_SLICED: &str = "uploaded G-code";

/// What a job needs next.
enum Need {
    /// Its model is not checked yet.
    Wait,
    /// It can be queued: this slice is done.
    Ready(Slice),
    /// It will never be printed.
    Refuse(Reason),
}

/// Moves every job on that can be moved on.
pub async fn sweep(service: &Service, organisation: OrganisationId) -> Result<(), StoreError> {
    let _alone = service.preparing.lock().await;
    let jobs = service.store.jobs(organisation);
    let mut moved = false;
    for job in jobs.preparing().await? {
        let now = service.clock.now();
        match need(service, organisation, &job).await? {
            Need::Wait => continue,
            Need::Refuse(reason) => jobs.cannot_prepare(job.id, &reason, WHO, now).await?,
            Need::Ready(slice) => {
                let estimate = pricing::of_slice(&slice, &job);
                jobs.prepared(job.id, slice.id, estimate.as_deref(), WHO, now)
                    .await?;
            }
        }
        moved = true;
    }
    if moved {
        service.events.poke();
        service.hub.wake();
    }
    Ok(())
}

/// Tells every job that waits for this slice that it cannot be made.
pub async fn refuse_waiting(
    service: &Service,
    organisation: OrganisationId,
    failed: SliceId,
    reason: &Reason,
) -> Result<(), StepError> {
    let jobs = service.store.jobs(organisation);
    let slice = service.store.slices(organisation).get(failed).await?;
    for job in jobs
        .preparing()
        .await?
        .into_iter()
        .filter(|job| job.model_sha256 == slice.model_sha256)
    {
        let model = service
            .store
            .models(organisation)
            .get(job.model_sha256)
            .await?;
        let ModelState::Checked { report, .. } = &model.state else {
            continue;
        };
        let waits = wanted(service, organisation, &job, report).await?;
        if waits.is_ok_and(|payload| {
            payload
                .profile()
                .is_ok_and(|p| p.hash() == slice.profile_hash)
        }) {
            jobs.cannot_prepare(job.id, reason, WHO, service.clock.now())
                .await?;
        }
    }
    Ok(())
}

async fn need(
    service: &Service,
    organisation: OrganisationId,
    job: &Job,
) -> Result<Need, StoreError> {
    let model = service
        .store
        .models(organisation)
        .get(job.model_sha256)
        .await?;
    let report = match model.state {
        ModelState::Received => return Ok(Need::Wait),
        ModelState::Refused(reason) => return Ok(Need::Refuse(reason)),
        ModelState::Checked { report, .. } => report,
    };
    if let Ok(ModelReport::Gcode(gcode)) = serde_json::from_str(&report) {
        let slice = as_uploaded(service, organisation, job, model.size_bytes, &gcode).await?;
        return Ok(Need::Ready(slice));
    }
    match wanted(service, organisation, job, &report).await? {
        Ok(payload) => sliced(service, organisation, job, &payload).await,
        Err(reason) => Ok(Need::Refuse(reason)),
    }
}

/// What this job has to be sliced with, or why it cannot be.
async fn wanted(
    service: &Service,
    organisation: OrganisationId,
    job: &Job,
    report: &str,
) -> Result<Result<Payload, Reason>, StoreError> {
    let report: Option<ModelReport> = serde_json::from_str(report).ok();
    let choice: Option<Choice> = serde_json::from_str(&job.choice).ok();
    let (Some(report), Some(choice)) = (report, choice) else {
        return Ok(Err(unreadable()));
    };
    let printers = service.store.printers(organisation).list().await?;
    let build = match build_for(report.size(), job, &printers) {
        Ok(build) => build,
        Err(reason) => return Ok(Err(reason)),
    };
    let payload = Payload { choice, build };
    Ok(match payload.profile() {
        Ok(_) => Ok(payload),
        Err(error) => Err(Reason {
            code: error.code().to_owned(),
            sentence: error.sentence(),
            remedy: error.remedy().to_owned(),
        }),
    })
}

/// The machine to slice for: the one that was asked for, else the first the part fits into, else
/// (no printer yet) a common one.
fn build_for(size: SizeMm, job: &Job, printers: &[Printer]) -> Result<Build, Reason> {
    let asked = printers
        .iter()
        .filter(|p| job.printer.is_none_or(|id| id == p.id));
    let builds: Vec<&Build> = asked.map(|printer| &printer.build).collect();
    let common = [&Build::DESKTOP];
    let builds = if builds.is_empty() {
        &common
    } else {
        builds.as_slice()
    };
    let first = builds.iter().find(|build| size.fits_in(build.volume));
    first
        .map(|build| Build::clone(build))
        .ok_or_else(|| too_large(size, builds))
}

/// How large the part is, and how large the largest of the printers that might have taken it.
fn too_large(size: SizeMm, builds: &[&Build]) -> Reason {
    let volume_mm3 = |build: &Build| build.volume.x_mm * build.volume.y_mm * build.volume.z_mm;
    let largest = builds
        .iter()
        .max_by(|a, b| volume_mm3(a).total_cmp(&volume_mm3(b)));
    let room = largest.map_or_else(String::new, |build| {
        let which = match builds.len() {
            1 => "the printer",
            _ => "the largest printer",
        };
        format!("; {which} can print {}", in_words(build.volume))
    });
    Reason {
        code: Refusal::TooLarge.code().to_owned(),
        sentence: format!("This part measures {}{room}.", in_words(size)),
        remedy: "Make the part smaller, cut it into pieces, or ask a manager for a larger printer."
            .to_owned(),
    }
}

fn in_words(size: SizeMm) -> String {
    let round = |mm: f64| (mm * 10.0).round() / 10.0;
    let SizeMm { x_mm, y_mm, z_mm } = size;
    format!("{} × {} × {} mm", round(x_mm), round(y_mm), round(z_mm))
}

async fn sliced(
    service: &Service,
    organisation: OrganisationId,
    job: &Job,
    payload: &Payload,
) -> Result<Need, StoreError> {
    let Ok(profile) = payload.profile() else {
        return Ok(Need::Refuse(unreadable()));
    };
    let Ok(text) = serde_json::to_string(payload) else {
        return Ok(Need::Refuse(unreadable()));
    };
    let wanted = WantedSlice {
        id: SliceId::fresh(&*service.clock),
        model_sha256: job.model_sha256,
        profile_hash: profile.hash(),
        slicer_version: service.slicer.version(),
    };
    let task = (TaskId::fresh(&*service.clock), text.as_str());
    let now = service.clock.now();
    let slice = service
        .store
        .slices(organisation)
        .want(&wanted, Some(task), now)
        .await?;
    Ok(match &slice.state {
        SliceState::Wanted => Need::Wait,
        SliceState::Done(_) => Need::Ready(slice),
        SliceState::Failed(reason) => Need::Refuse(reason.clone()),
    })
}

/// Uploaded G-code stands where a slice would: the approved bytes are the uploaded ones.
async fn as_uploaded(
    service: &Service,
    organisation: OrganisationId,
    job: &Job,
    size_bytes: u64,
    report: &GcodeReport,
) -> Result<Slice, StoreError> {
    let slices = service.store.slices(organisation);
    let wanted = WantedSlice {
        id: SliceId::fresh(&*service.clock),
        model_sha256: job.model_sha256,
        profile_hash: Sha256([0; 32]),
        slicer_version: NOT_SLICED,
    };
    let slice = slices.want(&wanted, None, service.clock.now()).await?;
    if slice.state != SliceState::Wanted {
        return Ok(slice);
    }
    let result = SliceResult {
        gcode_sha256: job.model_sha256,
        size_bytes,
        facts: serde_json::to_string(report).unwrap_or_default(),
        nozzle_c_max: report.nozzle_c_max,
        bed_c_max: report.bed_c_max,
    };
    slices.finish(slice.id, &result, None).await?;
    slices.get(slice.id).await
}

fn unreadable() -> Reason {
    Reason {
        code: "JOB_UNREADABLE".to_owned(),
        sentence: "This job cannot be read any more.".to_owned(),
        remedy: "Print the model again as a new job.".to_owned(),
    }
}
