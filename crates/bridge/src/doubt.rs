//! Whether a bed may have changed while nobody of ours saw it. Pure.

use fluxprint_domain::printer::{Activity, Observation, PrinterState};
use serde::{Deserialize, Serialize};

/// What is remembered of a printer, over restarts too, to find out what happened out of sight.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mark {
    /// The selected file.
    pub path: Option<String>,
    /// Whether something was moving.
    pub moving: bool,
    /// Whether what was moving was not a try of ours.
    pub foreign: bool,
    /// How far an idle machine's selected file had got, in whole per cent.
    pub done_pct: Option<u32>,
    /// How long that took.
    pub print_time_s: Option<u64>,
    /// How often the selected file was printed, when it is one of ours and nothing moves.
    pub prints: Option<(u64, u64)>,
}

impl Mark {
    /// What to remember of this look. `live` tells whether the selected file is that of a try that
    /// may be printing.
    #[must_use]
    pub fn of(seen: &Observation, live: bool, prints: Option<(u64, u64)>) -> Self {
        let moving = is_moving(seen);
        let still = seen.job.as_ref().filter(|_| !moving);
        Self {
            path: seen.job.as_ref().map(|job| job.path.clone()),
            moving,
            foreign: moving && !live,
            done_pct: still.and_then(|job| job.completion_pct).map(whole),
            print_time_s: still.and_then(|job| job.print_time_s),
            prints: prints.filter(|_| !moving),
        }
    }
}

/// Whether a machine is still moving in what was ours a moment ago: a print is known to be over
/// before its machine has come to rest, and those last moves are nobody else's.
#[must_use]
pub fn runs_out(before: Option<&Mark>, seen: &Observation, unseen: bool) -> bool {
    let path = seen.job.as_ref().map(|job| &job.path);
    before.is_some_and(|before| {
        !unseen && before.moving && !before.foreign && before.path.as_ref() == path
    })
}

/// Whether a machine is doing something, as far as its program tells.
#[must_use]
pub fn is_moving(seen: &Observation) -> bool {
    seen.activity != Activity::Idle
        && matches!(seen.state, PrinterState::Busy | PrinterState::Paused)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "0 to 100, and a cast from a float saturates"
)]
fn whole(pct: f64) -> u32 {
    pct as u32
}

/// Whether the bed is in doubt after `now`, given what was remembered. `unseen`: the printer was
/// out of sight in between. `ours`: the selected file is one of ours, so its counters tell.
#[must_use]
pub fn raises_doubt(before: Option<&Mark>, now: &Mark, unseen: bool, ours: bool) -> bool {
    let Some(before) = before else {
        // No memory of this printer: nobody here can vouch for its bed.
        return true;
    };
    if before.foreign != now.foreign {
        return true;
    }
    if before.moving || now.moving || before == now {
        return false;
    }
    match (ours && before.path == now.path, unseen) {
        // A print of it in sight was seen as such. Counters that were not known tell nothing.
        (true, unseen) => unseen && before.prints.is_some() && before.prints != now.prints,
        (false, true) => true,
        // In sight all the time: only a file that was selected may have been printed quickly.
        (false, false) => now.path.is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fluxprint_domain::printer::{Heaters, SeenJob};

    fn look(path: Option<&str>, activity: Activity, pct: Option<f64>) -> Observation {
        Observation {
            state: match activity {
                Activity::Idle => PrinterState::Ready,
                Activity::Paused => PrinterState::Paused,
                _ => PrinterState::Busy,
            },
            activity,
            job: path.map(|path| SeenJob {
                path: path.to_owned(),
                size_bytes: None,
                completion_pct: pct,
                print_time_s: None,
                time_left_s: None,
            }),
            heaters: Heaters::default(),
            message: None,
        }
    }

    fn mark(path: Option<&str>, activity: Activity, pct: Option<f64>) -> Mark {
        Mark::of(&look(path, activity, pct), false, None)
    }

    #[test]
    fn a_printer_nobody_remembers_is_in_doubt() {
        assert!(raises_doubt(
            None,
            &mark(None, Activity::Idle, None),
            true,
            false
        ));
    }

    #[test]
    fn a_printer_that_looks_as_it_was_left_is_not_in_doubt() {
        let m = mark(Some("a.gcode"), Activity::Idle, Some(100.0));
        assert!(!raises_doubt(Some(&m), &m, true, false));
    }

    #[test]
    fn a_print_of_somebody_else_raises_doubt_when_it_begins_and_when_it_ends() {
        let idle = mark(None, Activity::Idle, None);
        let foreign = mark(Some("a.gcode"), Activity::Printing, Some(3.0));
        assert!(raises_doubt(Some(&idle), &foreign, false, false));
        let done = mark(Some("a.gcode"), Activity::Idle, Some(100.0));
        assert!(raises_doubt(Some(&foreign), &done, false, false));
        let card = mark(None, Activity::Other, None);
        assert!(raises_doubt(Some(&idle), &card, false, false));
    }

    #[test]
    fn a_print_of_ours_raises_none() {
        let idle = mark(None, Activity::Idle, None);
        let ours = Mark::of(&look(Some("o"), Activity::Printing, Some(3.0)), true, None);
        assert!(!raises_doubt(Some(&idle), &ours, false, true));
        let done = Mark::of(
            &look(Some("o"), Activity::Idle, Some(100.0)),
            false,
            Some((1, 0)),
        );
        assert!(!raises_doubt(Some(&ours), &done, true, true));
    }

    #[test]
    fn the_last_moves_of_a_print_that_is_known_to_be_over_raise_none() {
        let printing = look(Some("o"), Activity::Printing, Some(100.0));
        let finishing = look(Some("o"), Activity::Finishing, Some(100.0));
        let ours = Mark::of(&printing, true, None);
        assert!(runs_out(Some(&ours), &finishing, false));
        let last = Mark::of(&finishing, true, None);
        assert!(!raises_doubt(Some(&ours), &last, false, true));
        let rest = mark(Some("o"), Activity::Idle, Some(100.0));
        assert!(!raises_doubt(Some(&last), &rest, false, true));
        assert!(!runs_out(Some(&ours), &finishing, true), "nobody watched");
        assert!(
            !runs_out(Some(&rest), &finishing, false),
            "it had come to rest"
        );
        let other = look(Some("a"), Activity::Printing, Some(1.0));
        assert!(!runs_out(Some(&ours), &other, false), "another file");
    }

    #[test]
    fn another_selected_file_or_a_restart_out_of_sight_raises_doubt() {
        let a = mark(Some("a.gcode"), Activity::Idle, Some(100.0));
        let b = mark(Some("b.gcode"), Activity::Idle, None);
        let none = mark(None, Activity::Idle, None);
        assert!(raises_doubt(Some(&a), &b, true, false));
        assert!(raises_doubt(Some(&a), &b, false, false));
        assert!(raises_doubt(Some(&a), &none, true, false));
        assert!(!raises_doubt(Some(&a), &none, false, false));
    }

    #[test]
    fn a_file_of_ours_that_was_printed_again_out_of_sight_raises_doubt_by_its_counters() {
        let once = Mark::of(
            &look(Some("o"), Activity::Idle, Some(100.0)),
            false,
            Some((1, 0)),
        );
        let twice = Mark::of(
            &look(Some("o"), Activity::Idle, Some(100.0)),
            false,
            Some((2, 0)),
        );
        assert!(raises_doubt(Some(&once), &twice, true, true));
    }
}
