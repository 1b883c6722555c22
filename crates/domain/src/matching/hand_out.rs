//! Who gets which printer now, and what everybody else waits for.

use super::{Candidate, Needs, choose, takes};
use crate::id::PrinterId;
use crate::refusal::Refusal;

/// Gives the printers that can take something now to the copies that wait, the first in the queue
/// first: for each of them its printer, or what it waits for. This answer decides, and it is the
/// answer to "why does my job wait?".
///
/// A copy is left without only when every printer it fits is needed by copies before it that fit no
/// other one: whoever has a choice makes room for whoever has none. So a copy of few printers never
/// stands behind those that could have gone elsewhere. Of two printers that would do, the one that
/// stands earlier in `printers` is taken.
#[must_use]
pub fn hand_out(
    on_hold: bool,
    waiting: &[Needs],
    printers: &[Candidate],
) -> Vec<Result<PrinterId, Refusal>> {
    if on_hold {
        return vec![Err(Refusal::OrganisationOnHold); waiting.len()];
    }
    let mut seats = Seats::new(waiting, printers);
    for turn in 0..waiting.len() {
        if seats.left == 0 {
            break;
        }
        let mut asked = vec![false; printers.len()];
        if seats.seat(turn, &mut asked) {
            seats.left -= 1;
        }
    }
    let answer = |(turn, needs)| match seats.printer_of(turn) {
        Some(printer) => Ok(printer),
        None => Err(choose(needs, printers)
            .err()
            .unwrap_or(Refusal::EarlierFirst)),
    };
    waiting.iter().enumerate().map(answer).collect()
}

/// Which printer is whose: the matching grows by one copy at a time along a chain of copies that
/// each move on to another printer (Kuhn's algorithm), so that nobody who has one loses it.
struct Seats<'a> {
    waiting: &'a [Needs],
    printers: &'a [Candidate],
    /// Of each printer, the turn of the copy that has it.
    taken_by: Vec<Option<usize>>,
    /// Printers that nobody has and that could take something.
    left: usize,
}

impl<'a> Seats<'a> {
    fn new(waiting: &'a [Needs], printers: &'a [Candidate]) -> Self {
        Self {
            waiting,
            printers,
            taken_by: vec![None; printers.len()],
            left: printers.iter().filter(|printer| printer.is_free()).count(),
        }
    }

    /// Finds a printer for this turn: one that nobody has, else one whose copy can move on to
    /// another. Each printer is asked for at most once.
    fn seat(&mut self, turn: usize, asked: &mut [bool]) -> bool {
        let Some(needs) = self.waiting.get(turn) else {
            return false;
        };
        let fits = |(_, printer): &(usize, &Candidate)| {
            printer.is_free() && needs.may_use(printer) && takes(needs, printer).is_ok()
        };
        let fitting = self.printers.iter().enumerate().filter(fits);
        let fitting: Vec<usize> = fitting.map(|(place, _)| place).collect();
        let unheld = fitting.iter().find(|place| self.holder(**place).is_none());
        if let Some(place) = unheld {
            return self.take(*place, turn);
        }
        for place in fitting {
            let first_time = asked
                .get_mut(place)
                .is_some_and(|asked| !std::mem::replace(asked, true));
            let holder = self.holder(place).filter(|_| first_time);
            if holder.is_some_and(|holder| self.seat(holder, asked)) {
                return self.take(place, turn);
            }
        }
        false
    }

    fn holder(&self, place: usize) -> Option<usize> {
        self.taken_by.get(place).copied().flatten()
    }

    fn take(&mut self, place: usize, turn: usize) -> bool {
        let seat = self.taken_by.get_mut(place);
        seat.map(|taken_by| *taken_by = Some(turn)).is_some()
    }

    fn printer_of(&self, turn: usize) -> Option<PrinterId> {
        let mut seats = self.taken_by.iter().zip(self.printers);
        let seat = seats.find(|(taken_by, _)| **taken_by == Some(turn));
        seat.map(|(_, printer)| printer.id)
    }
}

#[cfg(test)]
#[path = "hand_out_tests.rs"]
mod tests;
