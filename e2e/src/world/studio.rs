//! The studio of a world: a part of the one program, or a program of its own.

use super::World;
use crate::program::Program;
use anyhow::Result;
use std::process::Command;

impl World {
    /// Starts the studio where it is a program of its own; else it comes with the service.
    ///
    /// # Errors
    /// When it does not become ready.
    pub fn start_studio(&mut self) -> Result<()> {
        if !self.config.split {
            return Ok(());
        }
        let program = Program::start("fluxprint", &self.log("studio"), |command| {
            command.arg("studio");
            self.tell(command, self.studio_port);
            command.env("FLUXSTUDIO_URL", self.studio_url());
            command.env("FLUXPRINT_SERVICE_URL", self.api.url());
        })?;
        program.ready()?;
        self.studio = Some(program);
        Ok(())
    }

    /// What studio and service are told alike.
    pub(super) fn tell(&self, command: &mut Command, port: u16) {
        command.arg("--data").arg(self.place_of_data());
        command.env("FLUXPRINT_ADDR", format!("127.0.0.1:{port}"));
        self.config.engine.tell(command);
        command.envs(self.config.service_env.iter().cloned());
    }

    /// Where a browser opens the pages.
    #[must_use]
    pub fn studio_url(&self) -> String {
        format!("http://localhost:{}", self.studio_port)
    }

    /// Kills the studio as if the power had gone; with it the service, unless they are split.
    pub fn kill_studio(&mut self) {
        if !self.config.split {
            self.kill_service();
        } else if let Some(program) = self.studio.take() {
            program.kill();
        }
    }
}
