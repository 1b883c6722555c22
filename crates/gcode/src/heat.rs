//! What the heaters are told.

use crate::limits::TOOLS_MAX;
use crate::problem::Heater;

/// Targets as far as the file has got, in degrees Celsius.
#[derive(Clone, Debug, Default)]
pub(crate) struct Heat {
    nozzles_c: [f64; TOOLS_MAX],
    active_tool: usize,
    bed_c: f64,
    chamber_c: f64,
    pub(crate) nozzle_c_max: f64,
    pub(crate) bed_c_max: f64,
}

impl Heat {
    /// Makes a tool the one that temperatures are for when they name none.
    pub(crate) fn choose(&mut self, tool: usize) {
        self.active_tool = tool;
    }

    /// Notes a target. Unless it is `certain` that the printer reads the line like this, a
    /// heater is only ever believed to become hotter.
    pub(crate) fn set(
        &mut self,
        heater: Heater,
        tool: Option<usize>,
        target_c: f64,
        certain: bool,
    ) {
        let slot = match heater {
            Heater::Nozzle => {
                self.nozzle_c_max = self.nozzle_c_max.max(target_c);
                let tool = tool.unwrap_or(self.active_tool);
                let Some(slot) = self.nozzles_c.get_mut(tool) else {
                    return;
                };
                slot
            }
            Heater::Bed => {
                self.bed_c_max = self.bed_c_max.max(target_c);
                &mut self.bed_c
            }
            Heater::Chamber => &mut self.chamber_c,
        };
        *slot = if certain {
            target_c
        } else {
            slot.max(target_c)
        };
    }

    /// The hottest nozzle now.
    pub(crate) fn nozzle_c(&self) -> f64 {
        self.nozzles_c.iter().copied().fold(0.0, f64::max)
    }

    /// The bed now.
    pub(crate) fn bed_c(&self) -> f64 {
        self.bed_c.max(0.0)
    }

    /// The chamber now.
    pub(crate) fn chamber_c(&self) -> f64 {
        self.chamber_c.max(0.0)
    }

    /// Whether anything is still to be warm.
    pub(crate) fn is_on(&self) -> bool {
        self.nozzle_c() > 0.0 || self.bed_c() > 0.0 || self.chamber_c() > 0.0
    }
}
