//! The local limits file (B-07): what whoever stands beside the printers allows. Whatever the
//! service says, nothing here is exceeded; it can only be tightened from outside.
//!
//! ```toml
//! [all]
//! nozzle_c_max = 260
//! bed_c_max = 100
//! allow = ["start", "resume", "heat", "move", "connect"]
//! quiet_hours = "22:00-07:00"
//! time_zone = "Europe/Berlin"
//!
//! [printer."Mk4-07"]
//! allow = ["start", "resume"]
//! ```
//!
//! A printer keeps the tighter of `[all]` and its own section. What makes a printer safer (pause,
//! cancel, heaters off, emergency stop) cannot be forbidden.

use crate::error::BridgeError;
use crate::words::Why;
use fluxprint_domain::Timestamp;
use fluxprint_domain::control::Control;
use fluxprint_domain::printer::Build;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// What a command does, as far as the file tells commands apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Starts a print.
    Start,
    /// Lets a paused print go on.
    Resume,
    /// Heats by hand.
    Heat,
    /// Moves by hand.
    Move,
    /// Connects and lets go of a machine.
    Connect,
}

impl Class {
    const ALL: [Self; 5] = [
        Self::Start,
        Self::Resume,
        Self::Heat,
        Self::Move,
        Self::Connect,
    ];

    /// Whether it warms or moves something: not in quiet hours.
    fn is_loud(self) -> bool {
        self != Self::Connect
    }
}

impl From<&Control> for Class {
    fn from(control: &Control) -> Self {
        match control {
            Control::Preheat(_) => Self::Heat,
            Control::Home { .. } | Control::Jog(_) => Self::Move,
            Control::Connect | Control::Disconnect => Self::Connect,
        }
    }
}

/// The limits of one printer.
#[derive(Clone, Debug, PartialEq)]
pub struct LocalLimits {
    nozzle_c_max: f64,
    bed_c_max: f64,
    allow: BTreeSet<Class>,
    quiet: Vec<QuietHours>,
}

impl Default for LocalLimits {
    fn default() -> Self {
        Self {
            nozzle_c_max: f64::INFINITY,
            bed_c_max: f64::INFINITY,
            allow: BTreeSet::from(Class::ALL),
            quiet: Vec::new(),
        }
    }
}

impl LocalLimits {
    /// The machine, with no more heat than is allowed here.
    #[must_use]
    pub fn tightened(&self, build: &Build) -> Build {
        Build {
            nozzle_c_max: build.nozzle_c_max.min(self.nozzle_c_max),
            bed_c_max: build.bed_c_max.min(self.bed_c_max),
            ..build.clone()
        }
    }

    /// Whether a command of this class may be carried out now.
    ///
    /// # Errors
    /// Which local rule stands against it.
    pub fn permit(&self, class: Class, now: Timestamp) -> Result<(), Why> {
        if !self.allow.contains(&class) {
            return Err(Why::LocallyForbidden);
        }
        if class.is_loud() && self.quiet.iter().any(|quiet| quiet.is_now(now)) {
            return Err(Why::QuietHours);
        }
        Ok(())
    }

    fn and(&self, other: &Self) -> Self {
        Self {
            nozzle_c_max: self.nozzle_c_max.min(other.nozzle_c_max),
            bed_c_max: self.bed_c_max.min(other.bed_c_max),
            allow: self.allow.intersection(&other.allow).copied().collect(),
            quiet: self.quiet.iter().chain(&other.quiet).cloned().collect(),
        }
    }
}

/// Hours of the day, on the clock of one place. They may go over midnight.
#[derive(Clone, Debug, PartialEq)]
struct QuietHours {
    from: Time,
    until: Time,
    zone: TimeZone,
}

impl QuietHours {
    fn is_now(&self, now: Timestamp) -> bool {
        let Ok(now) = jiff::Timestamp::from_microsecond(now.0) else {
            return true;
        };
        let now = now.to_zoned(self.zone.clone()).time();
        match self.from <= self.until {
            true => self.from <= now && now < self.until,
            false => self.from <= now || now < self.until,
        }
    }
}

/// The limits of all printers of this bridge.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LimitsFile {
    all: LocalLimits,
    printers: BTreeMap<String, LocalLimits>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    all: Option<Section>,
    #[serde(default)]
    printer: BTreeMap<String, Section>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Section {
    nozzle_c_max: Option<f64>,
    bed_c_max: Option<f64>,
    allow: Option<BTreeSet<Class>>,
    quiet_hours: Option<String>,
    time_zone: Option<String>,
}

impl LimitsFile {
    /// Reads the text of the file.
    ///
    /// # Errors
    /// [`BridgeError::Config`] says what cannot be used: a file that is not understood allows nothing.
    pub fn parse(text: &str) -> Result<Self, BridgeError> {
        let file: File = toml::from_str(text).map_err(|error| {
            BridgeError::Config(format!(
                "the file of local limits is not right: {}",
                error.message()
            ))
        })?;
        let all = file.all.map(Section::read).transpose()?;
        let printers = file
            .printer
            .into_iter()
            .map(|(name, section)| Ok((name, section.read()?)));
        Ok(Self {
            all: all.unwrap_or_default(),
            printers: printers.collect::<Result<_, BridgeError>>()?,
        })
    }

    /// The limits of this printer.
    #[must_use]
    pub fn of(&self, printer: &str) -> LocalLimits {
        match self.printers.get(printer) {
            Some(own) => self.all.and(own),
            None => self.all.clone(),
        }
    }

    /// The printers it names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.printers.keys().map(String::as_str)
    }
}

impl Section {
    fn read(self) -> Result<LocalLimits, BridgeError> {
        let none = LocalLimits::default();
        let heats = [self.nozzle_c_max, self.bed_c_max];
        if !heats.iter().flatten().all(|c| (0.0..=500.0).contains(c)) {
            return Err(wrong("a temperature of the local limits makes no sense"));
        }
        let zone = match self.time_zone.as_deref() {
            None => TimeZone::system(),
            Some(name) => TimeZone::get(name)
                .map_err(|_| wrong("the time zone of the local limits is not known"))?,
        };
        let quiet = self.quiet_hours.map(|text| quiet_hours(&text, zone));
        Ok(LocalLimits {
            nozzle_c_max: self.nozzle_c_max.unwrap_or(none.nozzle_c_max),
            bed_c_max: self.bed_c_max.unwrap_or(none.bed_c_max),
            allow: self.allow.unwrap_or(none.allow),
            quiet: quiet.transpose()?.into_iter().collect(),
        })
    }
}

fn quiet_hours(text: &str, zone: TimeZone) -> Result<QuietHours, BridgeError> {
    let time = |text: &str| Time::strptime("%H:%M", text.trim()).ok();
    let both = text.split_once('-');
    let both = both.and_then(|(from, until)| Some((time(from)?, time(until)?)));
    match both {
        Some((from, until)) if from != until => Ok(QuietHours { from, until, zone }),
        _ => Err(wrong(
            "the quiet hours of the local limits are not two times like 22:00-07:00",
        )),
    }
}

fn wrong(what: &str) -> BridgeError {
    BridgeError::Config(what.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-01-15, at this hour and minute in UTC.
    fn at(hour: i64, minute: i64) -> Timestamp {
        Timestamp(1_768_435_200_000_000).plus_s(hour * 3_600 + minute * 60)
    }

    #[test]
    fn without_a_file_nothing_is_tighter_than_the_machine() {
        let limits = LimitsFile::default().of("a");
        assert_eq!(limits.tightened(&Build::DESKTOP), Build::DESKTOP);
        for class in Class::ALL {
            assert_eq!(limits.permit(class, at(3, 0)), Ok(()));
        }
    }

    #[test]
    fn a_printer_keeps_the_tighter_of_both_sections() {
        let file = LimitsFile::parse(
            "[all]\nnozzle_c_max = 240\nallow = ['start', 'heat']\n[printer.'a']\nnozzle_c_max = 260\nbed_c_max = 70\nallow = ['heat', 'move']",
        )
        .unwrap();
        let (a, b) = (file.of("a"), file.of("b"));
        let build = a.tightened(&Build::DESKTOP);
        assert_eq!((build.nozzle_c_max, build.bed_c_max), (240.0, 70.0));
        assert_eq!(a.permit(Class::Heat, at(0, 0)), Ok(()));
        for class in [Class::Start, Class::Move, Class::Connect, Class::Resume] {
            assert_eq!(a.permit(class, at(0, 0)), Err(Why::LocallyForbidden));
        }
        assert_eq!(b.permit(Class::Start, at(0, 0)), Ok(()));
        assert_eq!(file.names().collect::<Vec<_>>(), ["a"]);
    }

    #[test]
    fn a_file_can_never_allow_more_heat_than_the_machine_has() {
        let file = LimitsFile::parse("[all]\nnozzle_c_max = 400\nbed_c_max = 300").unwrap();
        assert_eq!(file.of("a").tightened(&Build::DESKTOP), Build::DESKTOP);
    }

    #[test]
    fn quiet_hours_go_over_midnight_and_let_what_is_silent_pass() {
        let file = LimitsFile::parse("[all]\nquiet_hours = '22:00-07:00'\ntime_zone = 'UTC'");
        let limits = file.unwrap().of("a");
        for (hour, minute, quiet) in [
            (21, 59, false),
            (22, 0, true),
            (0, 0, true),
            (6, 59, true),
            (7, 0, false),
            (12, 0, false),
        ] {
            let refused = limits.permit(Class::Start, at(hour, minute)).is_err();
            assert_eq!(refused, quiet, "{hour}:{minute}");
            assert_eq!(limits.permit(Class::Connect, at(hour, minute)), Ok(()));
        }
        let day = LimitsFile::parse("[all]\nquiet_hours = '09:00-10:30'\ntime_zone = 'UTC'");
        let day = day.unwrap().of("a");
        assert_eq!(day.permit(Class::Move, at(9, 0)), Err(Why::QuietHours));
        assert_eq!(day.permit(Class::Move, at(10, 30)), Ok(()));
    }

    #[test]
    fn a_file_that_is_not_understood_is_refused_whole() {
        for wrong in [
            "[all]\nallow = ['everything']",
            "[all]\nallow = ['pause']",
            "[all]\nnozzle_c_max = 9000",
            "[all]\nnozzle_c_max = -1",
            "[all]\nquiet_hours = 'night'",
            "[all]\nquiet_hours = '22:00-22:00'",
            "[all]\ntime_zone = 'Nowhere/At_All'",
            "[every]\nallow = []",
            "allow = ['start']",
        ] {
            let error = LimitsFile::parse(wrong).unwrap_err();
            assert_eq!(error.code(), "BRIDGE_CONFIG_UNUSABLE", "{wrong}");
        }
    }
}
