//! What people may do to a printer by hand: heat, move, connect. Bounded here for both ends of the
//! link; the bridge asks again with its own limits.

use crate::limits::{JOG_XY_MM_MAX, JOG_Z_MM_MAX};
use crate::printer::{Activity, Build, Observation, PrinterState};
use crate::refusal::Refusal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Temperatures to reach and to hold, in degrees Celsius; 0 is off.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Targets {
    /// The nozzle.
    pub nozzle_c: f64,
    /// The bed.
    pub bed_c: f64,
}

impl Targets {
    /// Whether a printer built like this may be made so hot.
    ///
    /// # Errors
    /// [`Refusal::OverLimit`], naming the limit.
    pub fn check(&self, build: &Build) -> Result<(), Refusal> {
        within("nozzle", self.nozzle_c, build.nozzle_c_max)?;
        within("bed", self.bed_c, build.bed_c_max)
    }
}

fn within(what: &'static str, wanted_c: f64, max_c: f64) -> Result<(), Refusal> {
    if (0.0..=max_c).contains(&wanted_c) {
        Ok(())
    } else {
        let limit = format!("the {what} of this printer may be set from 0 to {max_c} °C");
        Err(Refusal::OverLimit { limit })
    }
}

/// An axis of a printer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Axis {
    /// Left and right.
    X,
    /// Front and back.
    Y,
    /// Up and down.
    Z,
}

/// A move from wherever the head is, in millimetres.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Jog {
    /// To the right.
    pub x_mm: f64,
    /// To the back.
    pub y_mm: f64,
    /// Upwards.
    pub z_mm: f64,
}

impl Jog {
    /// Whether a printer built like this may be moved so far at once.
    ///
    /// # Errors
    /// [`Refusal::OverLimit`], naming the limit.
    pub fn check(&self, build: &Build) -> Result<(), Refusal> {
        let volume = &build.volume;
        let ways = [
            ("x", self.x_mm, volume.x_mm.min(JOG_XY_MM_MAX)),
            ("y", self.y_mm, volume.y_mm.min(JOG_XY_MM_MAX)),
            ("z", self.z_mm, volume.z_mm.min(JOG_Z_MM_MAX)),
        ];
        for (axis, way_mm, max_mm) in ways {
            if !(-max_mm..=max_mm).contains(&way_mm) {
                let limit = format!("one step along {axis} goes at most {max_mm} mm");
                return Err(Refusal::OverLimit { limit });
            }
        }
        if ways.iter().all(|(_, way_mm, _)| *way_mm == 0.0) {
            let limit = "a step has to go somewhere".to_owned();
            return Err(Refusal::OverLimit { limit });
        }
        Ok(())
    }
}

/// One thing done to a printer by hand that heats, moves or connects: never repeated by itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case", deny_unknown_fields)]
pub enum Control {
    /// Heat to these temperatures.
    Preheat(Targets),
    /// Find the ends of these axes.
    Home {
        /// The axes; all three where all are named.
        axes: BTreeSet<Axis>,
    },
    /// Move a step.
    Jog(Jog),
    /// Connect the printer's program to its machine.
    Connect,
    /// Let go of the machine.
    Disconnect,
}

impl Control {
    /// The word of the audit.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Preheat(_) => "preheat",
            Self::Home { .. } => "home",
            Self::Jog(_) => "jog",
            Self::Connect => "connect",
            Self::Disconnect => "disconnect",
        }
    }

    /// Whether a printer built like this may be asked this at all.
    ///
    /// # Errors
    /// [`Refusal::OverLimit`], naming the limit.
    pub fn check(&self, build: &Build) -> Result<(), Refusal> {
        match self {
            Self::Preheat(targets) => targets.check(build),
            Self::Jog(jog) => jog.check(build),
            Self::Home { axes } if axes.is_empty() => {
                let limit = "at least one axis has to be named".to_owned();
                Err(Refusal::OverLimit { limit })
            }
            Self::Home { .. } | Self::Connect | Self::Disconnect => Ok(()),
        }
    }

    /// Whether a machine that looks like this may be asked this now: nothing prints on it, and
    /// nothing is about to.
    ///
    /// # Errors
    /// Why not: what a person has to wait for or to do first.
    pub fn may_now(&self, seen: &Observation) -> Result<(), Refusal> {
        let connecting = matches!(self, Self::Connect);
        match seen.state {
            PrinterState::Busy | PrinterState::Paused => Err(Refusal::NotWhilePrinting),
            PrinterState::Ready if seen.activity != Activity::Idle => {
                Err(Refusal::NotWhilePrinting)
            }
            PrinterState::Ready if connecting => Err(Refusal::AlreadyConnected),
            PrinterState::Ready => Ok(()),
            // A person asks, and a person may: the program itself never connects again.
            PrinterState::Offline | PrinterState::Error if connecting => Ok(()),
            PrinterState::Error => Err(Refusal::PrinterInError),
            PrinterState::Offline | PrinterState::Unknown => Err(Refusal::PrinterOffline),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::printer::Heaters;

    const BUILD: Build = Build::DESKTOP;

    fn all() -> [Control; 5] {
        [
            Control::Preheat(Targets {
                nozzle_c: 200.0,
                bed_c: 60.0,
            }),
            Control::Home {
                axes: BTreeSet::from([Axis::Z]),
            },
            Control::Jog(Jog {
                x_mm: 10.0,
                ..Jog::default()
            }),
            Control::Connect,
            Control::Disconnect,
        ]
    }

    fn seen(state: PrinterState, activity: Activity) -> Observation {
        Observation {
            state,
            activity,
            job: None,
            heaters: Heaters::default(),
            message: None,
        }
    }

    #[test]
    fn temperatures_stay_within_the_printers_own_limits() {
        let check = |nozzle_c, bed_c| Targets { nozzle_c, bed_c }.check(&BUILD);
        assert_eq!(check(BUILD.nozzle_c_max, BUILD.bed_c_max), Ok(()));
        assert_eq!(check(0.0, 0.0), Ok(()));
        for (nozzle_c, bed_c) in [
            (BUILD.nozzle_c_max + 0.1, 0.0),
            (0.0, BUILD.bed_c_max + 0.1),
            (-1.0, 0.0),
            (f64::NAN, 0.0),
            (0.0, f64::INFINITY),
            (99_999.0, 60.0),
        ] {
            let refused = check(nozzle_c, bed_c).unwrap_err();
            assert_eq!(refused.code(), "OVER_LIMIT", "{nozzle_c} {bed_c}");
        }
    }

    #[test]
    fn a_step_is_bounded_and_goes_somewhere() {
        let check = |x_mm, y_mm, z_mm| Jog { x_mm, y_mm, z_mm }.check(&BUILD);
        assert_eq!(check(JOG_XY_MM_MAX, -JOG_XY_MM_MAX, JOG_Z_MM_MAX), Ok(()));
        for (x_mm, y_mm, z_mm) in [
            (0.0, 0.0, 0.0),
            (JOG_XY_MM_MAX + 0.1, 0.0, 0.0),
            (0.0, -JOG_XY_MM_MAX - 0.1, 0.0),
            (0.0, 0.0, -JOG_Z_MM_MAX - 0.1),
            (f64::NAN, 1.0, 1.0),
        ] {
            assert!(check(x_mm, y_mm, z_mm).is_err(), "{x_mm} {y_mm} {z_mm}");
        }
        let small = Build {
            volume: crate::units::SizeMm {
                x_mm: 50.0,
                y_mm: 50.0,
                z_mm: 10.0,
            },
            ..BUILD
        };
        let far = Jog {
            x_mm: 60.0,
            ..Jog::default()
        };
        assert!(far.check(&small).is_err(), "further than the printer is");
    }

    #[test]
    fn nothing_is_asked_of_a_machine_that_prints_or_is_about_to() {
        for control in all() {
            for activity in [
                Activity::Starting,
                Activity::Printing,
                Activity::Pausing,
                Activity::Paused,
                Activity::Resuming,
                Activity::Cancelling,
                Activity::Finishing,
                Activity::Other,
            ] {
                let state = match activity {
                    Activity::Paused => PrinterState::Paused,
                    _ => PrinterState::Busy,
                };
                let refused = control.may_now(&seen(state, activity));
                assert_eq!(refused, Err(Refusal::NotWhilePrinting), "{control:?}");
            }
        }
    }

    #[test]
    fn only_connecting_is_possible_without_a_machine() {
        for control in all() {
            let connects = control == Control::Connect;
            for state in [PrinterState::Offline, PrinterState::Error] {
                let may = control.may_now(&seen(state, Activity::Idle)).is_ok();
                assert_eq!(may, connects, "{control:?} {state:?}");
            }
            let ready = control.may_now(&seen(PrinterState::Ready, Activity::Idle));
            assert_eq!(ready.is_ok(), !connects, "{control:?}");
            let unknown = control.may_now(&seen(PrinterState::Unknown, Activity::Idle));
            assert!(unknown.is_err());
        }
    }
}
