//! One product: studio, service, bridge, printer, each a process that can be killed and started again.

mod studio;

use crate::api::Api;
use crate::config::WorldConfig;
use crate::octoprint::{OctoPrint, free_port};
use crate::program::{Program, programs_dir};
use crate::small_disk;
use crate::wait::{WAIT, wait_for};
use anyhow::Result;
use fluxprint_sim::proxy::{Proxy, RecordingProxy};
use fluxprint_sim::wire::Wire;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::Command;
use tempfile::TempDir;

/// A running product.
pub struct World {
    /// Its folder; removed at the end.
    pub dir: TempDir,
    /// The service, or `None` while it is dead. It is the studio too, unless they are split.
    pub service: Option<Program>,
    /// The studio where it is a program of its own, or `None` while it is dead.
    pub studio: Option<Program>,
    /// The bridge, or `None` while it is dead.
    pub bridge: Option<Program>,
    /// The OctoPrint.
    pub octoprint: OctoPrint,
    /// What the bridge takes for OctoPrint: records and counts.
    pub proxy: Proxy,
    /// The wire between bridge and service, where there is one.
    pub wire: Option<Wire>,
    /// Talks to the service as the owner.
    pub api: Api,
    /// What it is made of; changes count from the next start of a part.
    pub config: WorldConfig,
    port: u16,
    studio_port: u16,
    key: String,
}

impl World {
    /// Starts everything and pairs the bridge.
    ///
    /// # Errors
    /// When a part does not start; its log is part of the message.
    pub async fn start(config: WorldConfig) -> Result<Self> {
        let mut world = Self::without_bridge(config).await?;
        world.pair()?;
        world.start_bridge(None)?;
        Ok(world)
    }

    /// Starts service and OctoPrint only.
    ///
    /// # Errors
    /// When a part does not start.
    pub async fn without_bridge(config: WorldConfig) -> Result<Self> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let dir = tempfile::Builder::new()
            .prefix("fluxprint-e2e-")
            .tempdir()?;
        let port = free_port()?;
        let studio_port = if config.split { free_port()? } else { port };
        let (octoprint, url, key) = OctoPrint::start(dir.path(), &config)?;
        let proxy = RecordingProxy::start(&url)?;
        let api = Api::new(format!("http://127.0.0.1:{port}"), dir.path().join("data"));
        let service = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let wire = config.wire_seed.map(|seed| Wire::lay(service, seed));
        let mut world = Self {
            dir,
            service: None,
            studio: None,
            bridge: None,
            octoprint,
            proxy,
            wire: wire.transpose()?,
            api,
            config,
            port,
            studio_port,
            key,
        };
        world.start_studio()?;
        world.start_service(None)?;
        Ok(world)
    }

    /// Starts the service, armed with a failpoint if one is named.
    ///
    /// # Errors
    /// When it does not become ready.
    pub fn start_service(&mut self, failpoint: Option<&str>) -> Result<()> {
        let program = programs_dir().join("fluxprint");
        let command = match self.config.disk_bytes {
            Some(size_bytes) => {
                let (place, keys) = (self.place_of_data(), self.data().join("keys"));
                std::fs::create_dir_all(&place).and_then(|()| std::fs::create_dir_all(&keys))?;
                small_disk::command(size_bytes, &place, &keys, &program)?
            }
            None => Command::new(program),
        };
        let program = Program::spawn("fluxprint", command, &self.log("service"), |command| {
            command.arg(if self.config.split { "service" } else { "up" });
            self.tell(command, self.port);
            if self.config.split {
                command.env("FLUXSTUDIO_URL", self.studio_url());
            }
            arm(command, failpoint);
        })?;
        program.ready()?;
        self.service = Some(program);
        Ok(())
    }

    /// Starts the bridge, armed with a failpoint if one is named, and waits for its first session.
    ///
    /// # Errors
    /// When it does not become ready.
    pub fn start_bridge(&mut self, failpoint: Option<&str>) -> Result<()> {
        let bridge = self.launch_bridge(failpoint)?;
        bridge.ready()?;
        self.bridge = Some(bridge);
        Ok(())
    }

    /// Starts the bridge without waiting for anything.
    ///
    /// # Errors
    /// When there is no such program.
    pub fn launch_bridge(&self, failpoint: Option<&str>) -> Result<Program> {
        Program::start("fluxprint-bridge", &self.log("bridge"), |command| {
            command
                .arg("run")
                .env("FLUXPRINT_BRIDGE_DATA", self.bridge_data());
            command.env("FLUXPRINT_API_URL", self.service_for_bridge());
            command.env("OCTOPRINT_URL", self.proxy.url());
            command.env("OCTOPRINT_API_KEY", &self.key);
            command.env("OCTOPRINT_VIRTUAL", "true");
            command.envs(self.config.bridge_env.iter().cloned());
            arm(command, failpoint);
        })
    }

    /// Introduces the bridge by a one-time code.
    ///
    /// # Errors
    /// When either side refuses.
    pub fn pair(&self) -> Result<()> {
        let code = self.fluxprint(&["bridge-code", "--url", self.api.url()])?;
        let pairing = Program::start("fluxprint-bridge", &self.log("pair"), |command| {
            command.args(["pair", "--code", code.trim()]);
            command.env("FLUXPRINT_API_URL", self.service_for_bridge());
            command.env("FLUXPRINT_BRIDGE_DATA", self.bridge_data());
        })?;
        let (status, _) = pairing.wait()?;
        anyhow::ensure!(status.success(), "pairing failed: {status}");
        Ok(())
    }

    /// Where the bridge finds the service.
    fn service_for_bridge(&self) -> String {
        match &self.wire {
            Some(wire) => format!("http://{}", wire.addr()),
            None => self.api.url().to_owned(),
        }
    }

    /// Runs an admin verb of `fluxprint` and returns what it prints.
    ///
    /// # Errors
    /// When it fails.
    pub fn fluxprint(&self, arguments: &[&str]) -> Result<String> {
        let verb = Program::start("fluxprint", &self.log("admin"), |command| {
            command.args(arguments).arg("--data").arg(self.data());
        })?;
        let (status, said) = verb.wait()?;
        anyhow::ensure!(
            status.success(),
            "fluxprint {arguments:?}: {status}: {said}"
        );
        Ok(said)
    }

    /// Kills the service as if the power had gone.
    pub fn kill_service(&mut self) {
        if let Some(program) = self.service.take() {
            program.kill();
        }
    }

    /// Kills the service, starts it with what its config says now, and waits until the bridge has
    /// told it the truth: what was seen meanwhile may be news about the bed.
    ///
    /// # Errors
    /// When it does not become ready, or the bridge stays away.
    pub async fn restart_service(&mut self) -> Result<()> {
        self.kill_service();
        self.start_service(None)?;
        wait_for("the bridge to be back", WAIT, async || {
            let printer = self.api.printer().await?;
            Ok((printer["reconciled"] == true).then_some(()))
        })
        .await
    }

    /// Kills the bridge as if the power had gone.
    pub fn kill_bridge(&mut self) {
        if let Some(program) = self.bridge.take() {
            program.kill();
        }
    }

    /// Kills OctoPrint as if the power had gone.
    pub fn kill_octoprint(&mut self) {
        self.octoprint.kill();
    }

    /// Starts a killed OctoPrint again, on its old port.
    ///
    /// # Errors
    /// When it does not become ready.
    pub fn restart_octoprint(&mut self) -> Result<()> {
        self.octoprint.restart(self.dir.path(), &self.config)
    }

    /// Folder of the service. Of one with a disk of its own only the keys are in it.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    /// Where the running service keeps its files, as it can be reached from here.
    ///
    /// # Panics
    /// When the service has a disk of its own and does not run.
    #[must_use]
    pub fn files_of_service(&self) -> PathBuf {
        match self.config.disk_bytes {
            Some(_) => {
                let pid = self.service.as_ref().expect("it runs").pid();
                let inside = self.place_of_data();
                let inside = inside.strip_prefix("/").expect("an absolute path");
                PathBuf::from(format!("/proc/{pid}/root")).join(inside)
            }
            None => self.data(),
        }
    }

    fn place_of_data(&self) -> PathBuf {
        match self.config.disk_bytes {
            Some(_) => self.dir.path().join("disk"),
            None => self.data(),
        }
    }

    /// Folder of the bridge.
    #[must_use]
    pub fn bridge_data(&self) -> PathBuf {
        self.dir.path().join("bridge")
    }

    /// Key of the OctoPrint.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    fn log(&self, name: &str) -> PathBuf {
        self.dir.path().join(format!("{name}.log"))
    }

    /// The ends of every log, for messages of failed tests.
    #[must_use]
    pub fn logs(&self) -> String {
        let tail = |name| {
            let log = std::fs::read_to_string(self.log(name)).unwrap_or_default();
            let lines: Vec<_> = log.lines().collect();
            format!(
                "--- {name}\n{}",
                lines[lines.len().saturating_sub(30)..].join("\n")
            )
        };
        ["studio", "service", "bridge", "octoprint"]
            .map(tail)
            .join("\n")
    }
}

fn arm(command: &mut Command, failpoint: Option<&str>) {
    if let Some(name) = failpoint {
        command.env("FLUXPRINT_FAILPOINT", name);
    }
}
