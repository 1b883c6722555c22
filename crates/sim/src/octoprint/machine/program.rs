//! The file being printed and how far the printer has got in it.

use std::sync::Arc;

use super::{gcode_line::GcodeLine, heaters::Heater};

/// A print under way.
#[derive(Clone, Debug)]
pub struct Program {
    bytes: Arc<[u8]>,
    /// Bytes read so far: OctoPrint's `filepos`.
    pub filepos: usize,
    /// Machine time of the start.
    pub started_us: u64,
    /// Machine time spent in pauses so far.
    pub paused_us: u64,
    /// Since when it stands still, while it does.
    pub paused_at_us: Option<u64>,
    /// What the printer is busy with.
    pub busy: Busy,
    /// The highest nozzle position of any move, millimetres.
    pub max_z_mm: f64,
    /// The highest nozzle position at which filament came out, millimetres.
    pub max_print_z_mm: f64,
    /// The last height announced by `ZChange`.
    pub announced_z: Option<f64>,
}

/// What the printer is busy with between two lines.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Busy {
    /// A move or a dwell that ends at this machine time.
    Until(u64),
    /// Waiting for a heater.
    Heating(Heater),
}

impl Program {
    /// A print of `bytes` that begins now.
    #[must_use]
    pub fn new(bytes: Arc<[u8]>, now_us: u64) -> Self {
        Self {
            bytes,
            filepos: 0,
            started_us: now_us,
            paused_us: 0,
            paused_at_us: None,
            busy: Busy::Until(now_us),
            max_z_mm: 0.0,
            max_print_z_mm: 0.0,
            announced_z: None,
        }
    }

    /// The next command, or `None` at the end of the file. Comments are read over.
    pub fn next_command(&mut self) -> Option<GcodeLine> {
        loop {
            let rest = self
                .bytes
                .get(self.filepos..)
                .filter(|rest| !rest.is_empty())?;
            let length = rest
                .iter()
                .position(|byte| *byte == b'\n')
                .map_or(rest.len(), |at| at + 1);
            let line = String::from_utf8_lossy(rest.get(..length).unwrap_or_default()).into_owned();
            self.filepos += length;
            if let Some(line) = GcodeLine::read(&line) {
                return Some(line);
            }
        }
    }

    /// Part of the file that was read, 0 to 1.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a file is smaller than 4 PB")]
    pub fn fraction(&self) -> f64 {
        if self.bytes.is_empty() {
            1.0
        } else {
            self.filepos as f64 / self.bytes.len() as f64
        }
    }

    /// Time printed so far, pauses taken out.
    #[must_use]
    pub fn print_time_us(&self, now_us: u64) -> u64 {
        let until = self.paused_at_us.unwrap_or(now_us);
        until
            .saturating_sub(self.started_us)
            .saturating_sub(self.paused_us)
    }

    /// The print goes on after standing still.
    pub fn resumed(&mut self, now_us: u64) {
        if let Some(since) = self.paused_at_us.take() {
            self.paused_us += now_us.saturating_sub(since);
        }
    }
}
