//! The verb `camera`.

use anyhow::{Context as _, Result};
use clap::Args;
use fluxprint_sim::camera::{self, Knobs};
use serde_json::json;

use crate::ready_until_told;

/// `fluxprint-sim camera`.
#[derive(Args)]
pub struct Camera {
    /// Port on 127.0.0.1; 0 takes any free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// What it sends and what is wrong with it, as JSON, for example
    /// {"fps":5,"frame_bytes":200000,"mood":"closes"}.
    #[arg(long, default_value = "{}")]
    knobs: String,
}

impl Camera {
    pub async fn run(self) -> Result<()> {
        let knobs: Knobs =
            serde_json::from_str(&self.knobs).context("--knobs is not understood")?;
        let camera = camera::Camera::start(self.port, knobs).context("the camera cannot start")?;
        let line = json!({
            "ready": true, "kind": "camera", "addr": camera.addr(),
            "stream_url": camera.stream_url(), "snapshot_url": camera.snapshot_url(),
        });
        ready_until_told(&line).await?;
        camera.stop();
        Ok(())
    }
}
