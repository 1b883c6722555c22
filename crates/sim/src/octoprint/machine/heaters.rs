//! Two heaters that move towards their targets at a steady rate.

/// The room's temperature, that of OctoPrint's own virtual printer.
pub const AMBIENT_C: f64 = 21.3;
/// A heater counts as hot enough this close to its target.
const CLOSE_ENOUGH_C: f64 = 0.5;

/// Which heater is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heater {
    /// The nozzle, `tool0`.
    Nozzle,
    /// The heated bed.
    Bed,
}

/// One heater.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Temperature {
    /// Where it is.
    pub actual_c: f64,
    /// Where it shall go; 0 is off.
    pub target_c: f64,
}

impl Temperature {
    fn cold() -> Self {
        Self {
            actual_c: AMBIENT_C,
            target_c: 0.0,
        }
    }

    /// Moves by at most `most_c` towards the target, or towards the room when that is warmer.
    fn moved(self, most_c: f64, ambient_c: f64) -> Self {
        let goal = self.target_c.max(ambient_c);
        let step = (goal - self.actual_c).clamp(-most_c, most_c);
        Self {
            actual_c: self.actual_c + step,
            ..self
        }
    }
}

/// The heaters of the virtual printer: one nozzle, one bed.
#[derive(Clone, Copy, Debug)]
pub struct Heaters {
    /// The nozzle.
    pub nozzle: Temperature,
    /// The bed.
    pub bed: Temperature,
    rate_c_per_s: f64,
    ambient_c: f64,
}

impl Heaters {
    /// Cold heaters that change by `rate_c_per_s`.
    #[must_use]
    pub fn new(rate_c_per_s: f64) -> Self {
        let cold = Temperature::cold();
        Self {
            nozzle: cold,
            bed: cold,
            rate_c_per_s: rate_c_per_s.max(0.1),
            ambient_c: AMBIENT_C,
        }
    }

    /// Sets a target; whatever the firmware would do with 99999 is its own affair.
    pub fn set_target(&mut self, heater: Heater, target_c: f64) {
        match heater {
            Heater::Nozzle => self.nozzle.target_c = target_c,
            Heater::Bed => self.bed.target_c = target_c,
        }
    }

    /// Changes the temperature of the room: a hot room spares a test the heat-up.
    pub fn set_ambient(&mut self, ambient_c: f64) {
        self.ambient_c = ambient_c;
    }

    /// Switches both off, as a firmware does when it dies.
    pub fn off(&mut self) {
        self.nozzle.target_c = 0.0;
        self.bed.target_c = 0.0;
    }

    /// Lets `elapsed_us` of the machine's time pass.
    pub fn pass(&mut self, elapsed_us: u64) {
        let most_c = self.rate_c_per_s * seconds(elapsed_us);
        self.nozzle = self.nozzle.moved(most_c, self.ambient_c);
        self.bed = self.bed.moved(most_c, self.ambient_c);
    }

    /// How long until the heater is hot enough for `M109`/`M190`; 0 when it already is.
    #[must_use]
    pub fn until_hot_us(&self, heater: Heater) -> u64 {
        let heater = match heater {
            Heater::Nozzle => self.nozzle,
            Heater::Bed => self.bed,
        };
        let missing_c = heater.target_c - heater.actual_c - CLOSE_ENOUGH_C;
        if missing_c <= 0.0 {
            0
        } else {
            micros(missing_c / self.rate_c_per_s) + 1
        }
    }
}

/// Machine time in seconds.
#[must_use]
#[expect(
    clippy::cast_precision_loss,
    reason = "a print shorter than 285 years is exact"
)]
pub fn seconds(us: u64) -> f64 {
    us as f64 / 1e6
}

/// Seconds as machine time; negative and absurd values become the nearest bound.
#[must_use]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "`as` saturates, which is what is wanted"
)]
pub fn micros(seconds: f64) -> u64 {
    (seconds * 1e6) as u64
}
