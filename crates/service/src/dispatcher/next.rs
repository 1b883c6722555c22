//! What an open attempt needs next. Pure: the dispatcher's loop gathers the facts and acts.

use crate::hub::Reach;
use fluxprint_domain::attempt::State;
use fluxprint_domain::bed::{BedGeneration, BedToken};
use fluxprint_domain::id::{BedTokenId, SessionId};
use fluxprint_domain::printer::PrinterState;
use fluxprint_domain::{Refusal, Timestamp};

/// Seconds after a start's deadline in which the bridge must have answered it. Longer than the
/// bridge may watch for the print to begin.
pub const START_ANSWER_S: i64 = 30;

/// The facts about one open attempt and its printer.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    /// How far it is.
    pub state: State,
    /// Deadline of its start, when one was issued.
    pub not_after: Option<Timestamp>,
    /// The session that was last told to stage it.
    pub staged_in: Option<SessionId>,
    /// The session that reaches the printer now.
    pub reach: Option<Reach>,
    /// What the printer was last seen doing.
    pub printer: PrinterState,
    /// The newest word about the bed.
    pub bed: Option<&'a BedToken>,
    /// The bed's generation.
    pub generation: BedGeneration,
    /// Whether printing is held for the organisation.
    pub on_hold: bool,
    /// Now.
    pub now: Timestamp,
}

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Tell this session to stage it.
    Stage(SessionId),
    /// Issue the start in this session, using up this word about the bed.
    Start(SessionId, BedTokenId),
    /// The start was not answered in time: close the session, so that the bridge comes back and
    /// tells what is true.
    Reconcile,
    /// Wait; the obstacle is what people are shown.
    Wait(Refusal),
    /// It is under way; its phases will be reported.
    Watch,
}

/// Decides what an open attempt needs next.
#[must_use]
pub fn next(facts: &Facts<'_>) -> Next {
    match facts.state {
        State::Pending | State::Staging => stage(facts),
        State::Staged => {
            startable(facts).map_or_else(Next::Wait, |(session, bed)| Next::Start(session, bed))
        }
        State::StartSent if overdue(facts) => Next::Reconcile,
        _ => Next::Watch,
    }
}

fn stage(facts: &Facts<'_>) -> Next {
    match facts.reach {
        Some(reach) if !reach.reconciled => Next::Wait(Refusal::NotReconciled),
        Some(reach) if facts.staged_in == Some(reach.session) => Next::Watch,
        Some(reach) => Next::Stage(reach.session),
        None => Next::Wait(Refusal::PrinterOffline),
    }
}

/// What a start would need, or the obstacle in front of it. The same answer decides and is shown.
///
/// # Errors
/// The first obstacle.
pub fn startable(facts: &Facts<'_>) -> Result<(SessionId, BedTokenId), Refusal> {
    let reach = facts.reach.ok_or(Refusal::PrinterOffline)?;
    if !reach.reconciled {
        return Err(Refusal::NotReconciled);
    }
    if facts.on_hold {
        return Err(Refusal::OrganisationOnHold);
    }
    match facts.printer {
        PrinterState::Ready => {}
        PrinterState::Offline => return Err(Refusal::PrinterOffline),
        PrinterState::Unknown => return Err(Refusal::NotReconciled),
        PrinterState::Error => return Err(Refusal::PrinterInError),
        PrinterState::Busy | PrinterState::Paused => return Err(Refusal::PrinterBusy),
    }
    let bed = facts.bed.ok_or(Refusal::BedNotClear)?;
    bed.check(facts.generation, facts.now)?;
    Ok((reach.session, bed.id))
}

fn overdue(facts: &Facts<'_>) -> bool {
    let late = |at: Timestamp| facts.now.seconds_since(at) >= START_ANSWER_S;
    facts.reach.is_some() && facts.not_after.is_some_and(late)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id<K: fluxprint_domain::id::Kind>(n: u128) -> fluxprint_domain::id::Id<K> {
        fluxprint_domain::id::Id::new(Timestamp(0), n)
    }

    fn reach(reconciled: bool) -> Option<Reach> {
        Some(Reach {
            bridge: id(1),
            session: id(2),
            reconciled,
        })
    }

    fn word() -> BedToken {
        BedToken {
            id: id(3),
            generation: BedGeneration(1),
            given_at: Timestamp(0),
            spent: false,
        }
    }

    fn facts(state: State, bed: Option<&BedToken>) -> Facts<'_> {
        Facts {
            state,
            not_after: None,
            staged_in: None,
            reach: reach(true),
            printer: PrinterState::Ready,
            bed,
            generation: BedGeneration(1),
            on_hold: false,
            now: Timestamp(0).plus_s(10),
        }
    }

    #[test]
    fn a_start_is_issued_only_when_nothing_at_all_stands_in_the_way() {
        let word = word();
        let fine = facts(State::Staged, Some(&word));
        assert_eq!(next(&fine), Next::Start(id(2), word.id));
        let obstacles = [
            Facts {
                bed: None,
                ..fine.clone()
            },
            Facts {
                generation: BedGeneration(2),
                ..fine.clone()
            },
            Facts {
                reach: None,
                ..fine.clone()
            },
            Facts {
                reach: reach(false),
                ..fine.clone()
            },
            Facts {
                on_hold: true,
                ..fine.clone()
            },
            Facts {
                printer: PrinterState::Busy,
                ..fine.clone()
            },
            Facts {
                printer: PrinterState::Unknown,
                ..fine.clone()
            },
            Facts {
                printer: PrinterState::Offline,
                ..fine.clone()
            },
            Facts {
                printer: PrinterState::Error,
                ..fine.clone()
            },
            Facts {
                printer: PrinterState::Paused,
                ..fine.clone()
            },
            Facts {
                now: Timestamp(0).plus_s(13 * 3_600),
                ..fine.clone()
            },
        ];
        for obstacle in obstacles {
            assert!(matches!(next(&obstacle), Next::Wait(_)), "{obstacle:?}");
        }
    }

    #[test]
    fn no_state_but_staged_ever_starts() {
        let word = word();
        for state in State::ALL.into_iter().filter(|s| *s != State::Staged) {
            assert!(
                !matches!(next(&facts(state, Some(&word))), Next::Start(..)),
                "{state:?}"
            );
        }
    }

    #[test]
    fn staging_is_ordered_once_in_each_session() {
        let order = facts(State::Pending, None);
        assert_eq!(next(&order), Next::Stage(id(2)));
        assert_eq!(
            next(&Facts {
                staged_in: Some(id(2)),
                ..order.clone()
            }),
            Next::Watch
        );
        assert_eq!(
            next(&Facts {
                staged_in: Some(id(9)),
                ..order
            }),
            Next::Stage(id(2))
        );
    }

    #[test]
    fn silence_after_a_start_makes_the_bridge_come_back_and_tell() {
        let sent = Facts {
            not_after: Some(Timestamp(0)),
            ..facts(State::StartSent, None)
        };
        assert_eq!(next(&sent), Next::Watch);
        let late = Facts {
            now: Timestamp(0).plus_s(START_ANSWER_S),
            ..sent
        };
        assert_eq!(next(&late), Next::Reconcile);
    }
}
