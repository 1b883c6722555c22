//! Task `check_model`: what is this file, and can it be printed?

use super::{StepError, scratch};
use crate::report::{GcodeReport, MeshReport, ModelReport};
use crate::service::Service;
use fluxprint_domain::Sha256;
use fluxprint_domain::id::OrganisationId;
use fluxprint_domain::printer::Build;
use fluxprint_domain::units::SizeMm;
use fluxprint_gcode::{Bounds, GcodeError, Inspection, inspect};
use fluxprint_geometry::limits::HEAD_BYTES;
use fluxprint_geometry::{
    FileKind, Limits, Measures, ModelError, check_printable, measure, read_stl, recognise,
    write_canonical,
};
use fluxprint_store::service::reason::Reason;
use fluxprint_store::service::task::Task;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// What a file turned out to be.
enum Found {
    /// A mesh that can be printed; its canonical form lies in the work folder.
    Mesh(Measures),
    /// G-code that may be printed.
    Gcode(Box<Inspection>),
    /// Not to be printed, and why.
    Refused(Reason),
}

/// Checks one model and writes the result down.
pub async fn work(
    service: &Service,
    organisation: OrganisationId,
    task: &Task,
) -> Result<(), StepError> {
    let sha256: Sha256 = task.subject.parse().map_err(|_| StepError::Unreadable)?;
    let folder = tempfile::tempdir_in(&service.work_root)?;
    let file = folder.path().join("model");
    let canonical = folder.path().join("canonical.stl");
    scratch::fetch(service, organisation, sha256, &file).await?;
    let bounds = widest(service, organisation).await?;
    let (from, to) = (file, canonical.clone());
    let found = scratch::blocking(move || look(&from, &to, &bounds)).await??;
    let report = match found {
        Found::Refused(reason) => return refuse(service, organisation, task, &reason).await,
        Found::Mesh(measures) => mesh_report(service, organisation, &measures, &canonical).await?,
        Found::Gcode(inspection) => ModelReport::Gcode(gcode_report(&inspection, None)),
    };
    let text = serde_json::to_string(&report).map_err(|_| StepError::Unreadable)?;
    let models = service.store.models(organisation);
    let now = service.clock.now();
    Ok(models
        .mark_checked(sha256, Some(report.size()), &text, task, now)
        .await?)
}

/// Writes down that the model cannot be printed.
pub async fn refuse(
    service: &Service,
    organisation: OrganisationId,
    task: &Task,
    reason: &Reason,
) -> Result<(), StepError> {
    let sha256: Sha256 = task.subject.parse().map_err(|_| StepError::Unreadable)?;
    let models = service.store.models(organisation);
    Ok(models
        .mark_refused(sha256, reason, task, service.clock.now())
        .await?)
}

/// The limits of the largest and hottest of the organisation's printers: an upload is refused only
/// when no printer may run it. The bridge judges again by the limits of the one that prints.
async fn widest(service: &Service, organisation: OrganisationId) -> Result<Bounds, StepError> {
    let printers = service.store.printers(organisation).list().await?;
    let builds = printers.iter().map(|printer| printer.build.clone());
    let widest = builds.reduce(|a, b| Build {
        volume: SizeMm {
            x_mm: a.volume.x_mm.max(b.volume.x_mm),
            y_mm: a.volume.y_mm.max(b.volume.y_mm),
            z_mm: a.volume.z_mm.max(b.volume.z_mm),
        },
        nozzle_mm: a.nozzle_mm,
        nozzle_c_max: a.nozzle_c_max.max(b.nozzle_c_max),
        bed_c_max: a.bed_c_max.max(b.bed_c_max),
    });
    Ok(Bounds::from(&widest.unwrap_or(Build::DESKTOP)))
}

fn look(file: &Path, canonical: &PathBuf, bounds: &Bounds) -> Result<Found, std::io::Error> {
    let mut source = File::open(file)?;
    let size_bytes = source.metadata()?.len();
    let mut head = Vec::with_capacity(HEAD_BYTES);
    (&mut source)
        .take(HEAD_BYTES as u64)
        .read_to_end(&mut head)?;
    source.seek(SeekFrom::Start(0))?;
    let mut source = BufReader::new(source);
    match recognise(&head, size_bytes) {
        FileKind::Gcode => Ok(gcode(inspect(&mut source, bounds))),
        FileKind::Obj => Ok(Found::Refused(not_yet("OBJ"))),
        FileKind::ThreeMf => Ok(Found::Refused(not_yet("3MF"))),
        FileKind::Bgcode => Ok(Found::Refused(binary_gcode())),
        // What is not recognised is read as STL too: its reader says best what is wrong with it.
        FileKind::StlBinary | FileKind::StlAscii | FileKind::Unknown => {
            let mut target = BufWriter::new(File::create(canonical)?);
            let checked = mesh(&mut source, size_bytes, &mut target);
            target.flush()?;
            match checked {
                Ok(measures) => Ok(Found::Mesh(measures)),
                Err(ModelError::Unreadable(error) | ModelError::Unwritable(error)) => Err(error),
                Err(error) => Ok(Found::Refused(model_reason(&error))),
            }
        }
    }
}

fn mesh(
    source: &mut dyn Read,
    size_bytes: u64,
    target: &mut dyn Write,
) -> Result<Measures, ModelError> {
    let mesh = read_stl(source, size_bytes, &Limits::default())?;
    let measures = measure(&mesh);
    check_printable(&measures)?;
    write_canonical(&mesh, target)?;
    Ok(measures)
}

fn gcode(inspected: Result<Inspection, GcodeError>) -> Found {
    match inspected {
        Err(error) => Found::Refused(Reason {
            code: error.code().to_owned(),
            sentence: error.sentence().to_string(),
            remedy: error.remedy().to_owned(),
        }),
        Ok(inspection) => match policy_reason(&inspection) {
            Some(reason) => Found::Refused(reason),
            None => Found::Gcode(Box::new(inspection)),
        },
    }
}

/// The first finding of the G-code policy in words, with its line.
pub fn policy_reason(inspection: &Inspection) -> Option<Reason> {
    let first = inspection.verdict.findings.first()?;
    let more = match inspection.verdict.total.saturating_sub(1) {
        0 => String::new(),
        more => format!(" There are {more} more findings."),
    };
    Some(Reason {
        code: first.code.to_owned(),
        sentence: format!("Line {}: {}{more}", first.line, first.sentence),
        remedy: first.remedy.to_owned(),
    })
}

async fn mesh_report(
    service: &Service,
    organisation: OrganisationId,
    measures: &Measures,
    canonical: &Path,
) -> Result<ModelReport, StepError> {
    let (canonical_sha256, canonical_size_bytes) =
        scratch::keep(service, organisation, canonical).await?;
    Ok(ModelReport::Mesh(MeshReport {
        size: measures.size,
        volume_mm3: measures.volume_mm3,
        area_mm2: measures.area_mm2,
        triangle_count: measures.triangle_count,
        shells: measures.shells,
        canonical_sha256,
        canonical_size_bytes,
    }))
}

/// The facts of inspected G-code.
pub fn gcode_report(inspection: &Inspection, made_for: Option<Build>) -> GcodeReport {
    let facts = &inspection.facts;
    let [x_mm, y_mm, z_mm] = facts.extents.map_or([0.0; 3], |extents| extents.max_mm);
    GcodeReport {
        duration_s: facts.duration_s,
        filament_g: facts.filament_g,
        filament_mm: facts.filament_mm,
        reach: SizeMm { x_mm, y_mm, z_mm },
        nozzle_c_max: facts.nozzle_c_max,
        bed_c_max: facts.bed_c_max,
        layers: Some(facts.layers),
        slicer: facts.slicer.clone(),
        made_for,
    }
}

fn model_reason(error: &ModelError) -> Reason {
    Reason {
        code: error.code().to_owned(),
        sentence: error.sentence(),
        remedy: error.remedy().to_owned(),
    }
}

fn not_yet(kind: &str) -> Reason {
    Reason {
        code: "PRINTING_UNSUPPORTED_FILE_TYPE".to_owned(),
        sentence: format!("This is an {kind} file. Printing these comes later."),
        remedy: "Export the part as STL and upload that.".to_owned(),
    }
}

fn binary_gcode() -> Reason {
    Reason {
        code: "PRINTING_BINARY_GCODE".to_owned(),
        sentence: "This is binary G-code, which cannot be checked and is not printed.".to_owned(),
        remedy: "Upload the model itself, or export the G-code as plain text.".to_owned(),
    }
}
