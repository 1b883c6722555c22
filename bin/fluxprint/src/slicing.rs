//! The slicer of this machine, or the reason why there is none.

use crate::settings::SlicerSettings;
use fluxprint_slicer::{PrusaConfig, PrusaSlicer, SliceError, SliceRequest, Sliced, Slicer};
use std::sync::Arc;
use std::time::Duration;

/// Stands where a slicer would. Everything else goes on: G-code can be printed, models can be
/// checked; slicing says why it does not work.
struct NoSlicer {
    sandbox: bool,
    detail: String,
}

#[async_trait::async_trait]
impl Slicer for NoSlicer {
    fn version(&self) -> &str {
        "none"
    }

    async fn slice(&self, _: SliceRequest<'_>) -> Result<Sliced, SliceError> {
        let detail = self.detail.clone();
        Err(if self.sandbox {
            SliceError::SandboxUnavailable { detail }
        } else {
            SliceError::SlicerMissing { detail }
        })
    }
}

/// Looks for PrusaSlicer and tries its sandbox once. It works in the system's temporary folder:
/// as root it runs as another user, who could not pass a data folder that is closed to others.
pub async fn find(settings: &SlicerSettings) -> Arc<dyn Slicer> {
    let config = PrusaConfig {
        program: settings.program.clone(),
        wall_max: settings
            .time_s_max
            .map(|s| Duration::from_secs(s.get().into())),
        ..PrusaConfig::default()
    };
    match PrusaSlicer::find(config).await {
        Ok(slicer) => {
            tracing::info!(
                version = slicer.version(),
                "the slicer works in its sandbox"
            );
            Arc::new(slicer)
        }
        Err(error) => {
            tracing::error!(
                code = error.code(),
                "{} {}",
                error.sentence(),
                error.remedy()
            );
            let sandbox = matches!(error, SliceError::SandboxUnavailable { .. });
            Arc::new(NoSlicer {
                sandbox,
                detail: error.detail().unwrap_or_default().to_owned(),
            })
        }
    }
}
