//! What a world is made of.

use crate::engine::Engine;

/// How fast the virtual printer works.
#[derive(Clone, Copy, Debug)]
pub enum Pace {
    /// In the blink of an eye.
    Fast,
    /// Printer seconds per second.
    Times(f64),
}

/// What to put into a world.
#[derive(Debug)]
pub struct WorldConfig {
    /// The database.
    pub engine: Engine,
    /// Whether the OctoPrint is the real one.
    pub real_octoprint: bool,
    /// How fast a virtual one prints.
    pub pace: Pace,
    /// What is wrong with a virtual one from the start, as JSON knobs.
    pub knobs: &'static str,
    /// Studio and service are two programs.
    pub split: bool,
    /// The bridge reaches the service through a wire that can be broken; chance of this seed is in it.
    pub wire_seed: Option<u64>,
    /// Further settings of studio and service, as their environment.
    pub service_env: Vec<(&'static str, String)>,
    /// Further settings of the bridge, as its environment.
    pub bridge_env: Vec<(&'static str, String)>,
    /// The service's data lies on a disk of its own of so many bytes, which ends with it.
    pub disk_bytes: Option<u64>,
}

impl WorldConfig {
    /// A fast virtual printer.
    #[must_use]
    pub fn virtual_on(engine: Engine) -> Self {
        Self {
            engine,
            real_octoprint: false,
            pace: Pace::Fast,
            knobs: "{}",
            split: false,
            wire_seed: None,
            service_env: Vec::new(),
            bridge_env: Vec::new(),
            disk_bytes: None,
        }
    }

    /// A real OctoPrint with its virtual printer, sped up.
    #[must_use]
    pub fn real_on(engine: Engine) -> Self {
        Self {
            real_octoprint: true,
            ..Self::virtual_on(engine)
        }
    }

    /// The same with studio and service as two programs.
    #[must_use]
    pub fn split(self) -> Self {
        Self {
            split: true,
            ..self
        }
    }
}
