//! When a print may begin and when it may be done, as far as anybody can know.
//!
//! Between two prints a person has to clear the bed, and nobody knows when that will be. So only
//! the next print of a printer whose bed is clear has a moment; whatever comes after it has a
//! moment before which it cannot be, and the reason why no more is known.

mod unknown;

pub use unknown::Unknown;

use crate::id::PrinterId;
use crate::refusal::Refusal;

/// A printer, before anything that waits is given to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Machine {
    /// Which one.
    pub id: PrinterId,
    /// Seconds until what runs on it, and is not in the queue, is over.
    pub free_in_s: u64,
    /// What has to happen besides before it can print.
    pub blocked: Option<Unknown>,
}

/// How a copy stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stand {
    /// It is being printed.
    Runs {
        /// On this printer.
        printer: PrinterId,
        /// Seconds left, where anybody can say.
        left_s: Option<u64>,
        /// Whether it is paused.
        paused: bool,
    },
    /// A printer was found for it.
    Given {
        /// This one.
        printer: PrinterId,
    },
    /// It waits for one of these printers.
    Waits {
        /// Those that could print it, in the order they are asked.
        suits: Vec<PrinterId>,
        /// Why none could, when there is none.
        obstacle: Refusal,
    },
    /// It does not go on by itself.
    Stuck(Unknown),
}

/// One copy in the order of the queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// How it stands.
    pub stand: Stand,
    /// How long it prints, where anybody can say.
    pub duration_s: Option<u64>,
}

/// What is known of a moment, in seconds from now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// It has passed.
    Past,
    /// About then.
    About(u64),
    /// Later than that.
    NotBefore(u64),
    /// Nothing.
    Unknown,
}

/// What is known of a print's future.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// Its begin.
    pub starts: When,
    /// Its end.
    pub done: When,
    /// Why no more is known.
    pub why: Option<Unknown>,
}

impl Expected {
    fn stuck(why: Unknown) -> Self {
        Self {
            starts: When::Unknown,
            done: When::Unknown,
            why: Some(why),
        }
    }

    /// The future of a job with these copies that are not over, the first of them first.
    #[must_use]
    pub fn together(copies: &[Self]) -> Option<Self> {
        let first = copies.first()?;
        let starts = copies.iter().map(|copy| copy.starts).min_by_key(known);
        // What is least known decides about the end of all.
        let last = copies.iter().map(|copy| copy.done).max_by_key(known);
        let bounds = copies.iter().filter_map(|copy| copy.done.seconds());
        let done = match last.unwrap_or(When::Unknown) {
            When::NotBefore(_) => When::NotBefore(bounds.max().unwrap_or(0)),
            known => known,
        };
        let why = copies.iter().find_map(|copy| copy.why.clone());
        Some(Self {
            starts: starts.unwrap_or(first.starts),
            done,
            why,
        })
    }
}

impl When {
    /// Seconds from now: the moment, or the one before which it cannot be.
    #[must_use]
    pub fn seconds(self) -> Option<u64> {
        match self {
            Self::About(s) | Self::NotBefore(s) => Some(s),
            Self::Past | Self::Unknown => None,
        }
    }
}

/// What has passed comes first, then what is known, the earlier first.
fn known(when: &When) -> (u8, u64) {
    match when {
        When::Past => (0, 0),
        When::About(s) => (1, *s),
        When::NotBefore(s) => (2, *s),
        When::Unknown => (3, 0),
    }
}

/// What is known of each copy's future: those that have a printer keep it; each of the others, in
/// its turn, takes the printer that is free first.
#[must_use]
pub fn expect(mut machines: Vec<Machine>, turns: &[Turn]) -> Vec<Expected> {
    let mut expected: Vec<Option<Expected>> = turns
        .iter()
        .map(|turn| match &turn.stand {
            Stand::Runs {
                printer,
                left_s,
                paused,
            } => Some(runs(find(&mut machines, *printer), *left_s, *paused)),
            Stand::Stuck(why) => Some(Expected::stuck(why.clone())),
            Stand::Given { .. } | Stand::Waits { .. } => None,
        })
        .collect();
    for given in [true, false] {
        for (turn, slot) in turns.iter().zip(&mut expected) {
            let next = match &turn.stand {
                Stand::Given { printer } if given => next(find(&mut machines, *printer), turn),
                Stand::Waits { suits, obstacle } if !given => match freest(&mut machines, suits) {
                    Some(machine) => next(Some(machine), turn),
                    None => Expected::stuck(Unknown::Obstacle(obstacle.clone())),
                },
                _ => continue,
            };
            *slot = Some(next);
        }
    }
    expected
        .into_iter()
        .map(|one| one.unwrap_or_else(|| Expected::stuck(Unknown::Duration)))
        .collect()
}

fn find(machines: &mut [Machine], id: PrinterId) -> Option<&mut Machine> {
    machines.iter_mut().find(|machine| machine.id == id)
}

/// The printer that is free first; one that people have to bring back comes last.
fn freest<'a>(machines: &'a mut [Machine], suits: &[PrinterId]) -> Option<&'a mut Machine> {
    machines
        .iter_mut()
        .filter(|machine| suits.contains(&machine.id))
        .min_by_key(|machine| (is_away(machine), machine.free_in_s))
}

/// Whether more than a clear bed is missing.
fn is_away(machine: &Machine) -> bool {
    let only_bed = [
        Unknown::BedAfterPrint,
        Unknown::Obstacle(Refusal::BedNotClear),
    ];
    machine
        .blocked
        .as_ref()
        .is_some_and(|why| !only_bed.contains(why))
}

fn runs(machine: Option<&mut Machine>, left_s: Option<u64>, paused: bool) -> Expected {
    let blocked = machine.as_ref().and_then(|machine| machine.blocked.clone());
    let why = if paused {
        Some(Unknown::Paused)
    } else {
        blocked.or_else(|| left_s.is_none().then_some(Unknown::Duration))
    };
    let done = match (left_s, &why) {
        (Some(left_s), None) => When::About(left_s),
        (Some(left_s), Some(_)) => When::NotBefore(left_s),
        (None, _) => When::Unknown,
    };
    if let Some(machine) = machine {
        occupy(machine, left_s, why.clone());
    }
    Expected {
        starts: When::Past,
        done,
        why,
    }
}

/// The next print of a printer.
fn next(machine: Option<&mut Machine>, turn: &Turn) -> Expected {
    let Some(machine) = machine else {
        return Expected::stuck(Unknown::Obstacle(Refusal::NoPrinter));
    };
    let free_in_s = machine.free_in_s;
    let blocked = machine.blocked.clone();
    let starts = match blocked {
        None => When::About(free_in_s),
        Some(_) => When::NotBefore(free_in_s),
    };
    let why = blocked.or_else(|| turn.duration_s.is_none().then_some(Unknown::Duration));
    let end_s = turn.duration_s.map(|s| free_in_s.saturating_add(s));
    let done = match (end_s, &why) {
        (Some(end_s), None) => When::About(end_s),
        (Some(end_s), Some(_)) => When::NotBefore(end_s),
        (None, _) => When::NotBefore(free_in_s),
    };
    occupy(machine, turn.duration_s, why.clone());
    Expected { starts, done, why }
}

/// The printer after one more print. Whoever is away stays away; otherwise the bed is full.
fn occupy(machine: &mut Machine, duration_s: Option<u64>, why: Option<Unknown>) {
    let lasting = is_away(machine) || matches!(why, Some(Unknown::Paused | Unknown::Duration));
    machine.free_in_s = machine.free_in_s.saturating_add(duration_s.unwrap_or(0));
    machine.blocked = if lasting {
        why
    } else {
        Some(Unknown::BedAfterPrint)
    };
}

#[cfg(test)]
#[path = "expected_tests.rs"]
mod tests;
