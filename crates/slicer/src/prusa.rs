//! The real PrusaSlicer, locked in.

use crate::closure::Program;
use crate::cores::Cores;
use crate::error::SliceError;
use crate::gcode_copy;
use crate::limits::{Limits, TRIANGLES_MAX};
use crate::sandbox::{JOB_FOLDER, Sandbox, run};
use crate::verdict;
use crate::{SliceRequest, Sliced, Slicer, programs};
use std::ffi::OsString;
use std::io::SeekFrom;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncSeekExt, AsyncWriteExt};
use tokio::time::Instant;

const MESH: &str = "model.stl";
const GCODE: &str = "model.gcode";
/// Where the spare bytes of the first triangle stand: behind the header, the count, the normal
/// and three corners.
const FIRST_SPARE: u64 = 80 + 4 + 48;
const SPARE: [u8; 2] = [0xFF, 0xFF];

/// Where PrusaSlicer is and where it may work.
#[derive(Clone, Debug, Default)]
pub struct PrusaConfig {
    /// The program; looked for by its usual name when not set.
    pub program: Option<PathBuf>,
    /// The folder for work folders; the system's temporary folder when not set. When the service
    /// is root it must let other users pass, because the slicer is one.
    pub work_root: Option<PathBuf>,
    /// How many models are sliced at a time; one per core when not set.
    pub jobs: Option<usize>,
    /// The longest a run may take by the wall clock, where that is less than what its model's size
    /// allows.
    pub wall_max: Option<Duration>,
}

/// PrusaSlicer's command line inside the sandbox.
#[derive(Debug)]
pub struct PrusaSlicer {
    program: Program,
    sandbox: Sandbox,
    version: String,
    work_root: PathBuf,
    cores: Cores,
    wall_max: Option<Duration>,
}

impl PrusaSlicer {
    /// Finds the program, builds the sandbox and runs the program in it once to ask its version:
    /// who gets a `PrusaSlicer` knows that both work here.
    ///
    /// # Errors
    /// [`SliceError::SlicerMissing`] or [`SliceError::SandboxUnavailable`].
    pub async fn find(config: PrusaConfig) -> Result<Self, SliceError> {
        let path = config
            .program
            .or_else(|| programs::find("prusa-slicer"))
            .ok_or_else(|| SliceError::SlicerMissing {
                detail: "there is no prusa-slicer in PATH".to_owned(),
            })?;
        let program = Program::resolve(&path).await?;
        let sandbox = Sandbox::find().await?;
        let work_root = config.work_root.unwrap_or_else(std::env::temp_dir);
        let version = ask_version(&sandbox, &program, &work_root).await?;
        Ok(Self {
            program,
            sandbox,
            version,
            work_root,
            cores: Cores::new(config.jobs),
            wall_max: config.wall_max,
        })
    }

    /// Where the program is.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.program.path()
    }

    async fn slice_in(
        &self,
        folder: &Path,
        core: Option<u32>,
        request: &SliceRequest<'_>,
    ) -> Result<Sliced, SliceError> {
        let began = Instant::now();
        copy_mesh(request.mesh, &folder.join(MESH)).await?;
        self.sandbox.hand_over(folder)?;

        let mut args: Vec<OsString> =
            vec!["--export-gcode".into(), "--loglevel".into(), "0".into()];
        args.extend(request.profile.arguments());
        args.extend(["--output".into(), job_path(GCODE), job_path(MESH)]);
        let by_size = Limits::for_triangles(request.triangle_count);
        let limits = Limits {
            core,
            wall: self
                .wall_max
                .map_or(by_size.wall, |max| max.min(by_size.wall)),
            ..by_size
        };
        let command = self.sandbox.command(&self.program, &args, folder, &limits);
        let ended = run(command, folder, &limits).await?;
        verdict::judge(&ended)?;

        let (from, to) = (folder.join(GCODE), request.out.to_owned());
        let (size_bytes, sha256) =
            tokio::task::spawn_blocking(move || gcode_copy::take_out(&from, &to))
                .await
                .map_err(|error| std::io::Error::other(error.to_string()))??;
        Ok(Sliced {
            size_bytes,
            sha256,
            wall_ms: u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
        })
    }
}

#[async_trait::async_trait]
impl Slicer for PrusaSlicer {
    fn version(&self) -> &str {
        &self.version
    }

    async fn slice(&self, request: SliceRequest<'_>) -> Result<Sliced, SliceError> {
        remove(request.out).await?;
        if request.triangle_count > TRIANGLES_MAX {
            return Err(SliceError::TooDetailed);
        }
        let core = self.cores.take().await;
        let folder = TempDir::with_prefix_in("fluxprint-slice-", &self.work_root)?;
        let result = self.slice_in(folder.path(), core.number(), &request).await;
        if let Err(error) = &result {
            remove(request.out).await?;
            tracing::warn!(
                slice.code = error.code(),
                slice.detail = error.detail(),
                slice.triangles = request.triangle_count,
                "a model was not sliced"
            );
        }
        result
    }
}

/// Name and version of the program, asked inside the sandbox.
async fn ask_version(
    sandbox: &Sandbox,
    program: &Program,
    work_root: &Path,
) -> Result<String, SliceError> {
    let folder = TempDir::with_prefix_in("fluxprint-slice-", work_root)?;
    sandbox.hand_over(folder.path())?;
    let mut limits = Limits::for_triangles(0);
    limits.wall = crate::limits::PROBE_WALL;
    let command = sandbox.command(program, &["--help"], folder.path(), &limits);
    let ended = run(command, folder.path(), &limits).await?;
    let name = ended.stdout.lines().find_map(version_in);
    match name {
        Some(name) => Ok(name),
        None if verdict::lock_failed(&ended) => Err(SliceError::SandboxUnavailable {
            detail: verdict::detail(&ended),
        }),
        None => Err(SliceError::SlicerMissing {
            detail: format!(
                "{} does not tell its version: {}",
                program.path().display(),
                verdict::detail(&ended)
            ),
        }),
    }
}

/// `PrusaSlicer 2.5.0` from `PrusaSlicer-2.5.0+UNKNOWN based on Slic3r (with GUI support)`.
fn version_in(line: &str) -> Option<String> {
    let rest = line.strip_prefix("PrusaSlicer-")?;
    let version = rest.split(['+', ' ']).next()?;
    Some(format!("PrusaSlicer {version}"))
}

fn job_path(name: &str) -> OsString {
    Path::new(JOB_FOLDER).join(name).into_os_string()
}

/// Copies the mesh so that every user may read it and PrusaSlicer sees that it is binary.
///
/// PrusaSlicer takes a binary STL for text when none of the 128 bytes behind the count is above
/// 127; a cube of 10 mm with empty normals is such a file. The two spare bytes of the first
/// triangle, which nobody reads, settle it.
async fn copy_mesh(from: &Path, to: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let size_bytes = tokio::fs::copy(from, to).await?;
    tokio::fs::set_permissions(to, std::fs::Permissions::from_mode(0o644)).await?;
    if size_bytes >= FIRST_SPARE + SPARE.len() as u64 {
        let mut copy = tokio::fs::OpenOptions::new().write(true).open(to).await?;
        copy.seek(SeekFrom::Start(FIRST_SPARE)).await?;
        copy.write_all(&SPARE).await?;
        copy.flush().await?;
    }
    Ok(())
}

async fn remove(file: &Path) -> Result<(), SliceError> {
    match tokio::fs::remove_file(file).await {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_read_from_the_first_line_of_the_help() {
        let line = "PrusaSlicer-2.5.0+UNKNOWN based on Slic3r (with GUI support)";
        assert_eq!(version_in(line).as_deref(), Some("PrusaSlicer 2.5.0"));
        assert_eq!(version_in("Usage: prusa-slicer"), None);
    }
}
