//! What a caller may do with a job: the same answer for the check and for what is shown.

use crate::http::door::Caller;
use crate::http::dto::job::Allowed;
use crate::http::failure::Failure;
use fluxprint_domain::job::State;
use fluxprint_domain::role::Act;
use fluxprint_store::service::job::Job;

/// Allows the caller to change how a job goes on.
///
/// # Errors
/// [`fluxprint_domain::Refusal::RoleTooLow`].
pub fn control(caller: &Caller, job: &Job) -> Result<(), Failure> {
    let own = job.person == caller.who();
    let act = if own {
        Act::ControlOwnJob
    } else {
        Act::ControlAnyJob
    };
    caller.may_in(act, job.project)
}

/// What the caller may do with it now.
pub fn allowed(caller: &Caller, job: &Job) -> Vec<Allowed> {
    let is = |wanted: &[State]| job.copies.iter().any(|copy| wanted.contains(&copy.state));
    let cancels = [
        State::Preparing,
        State::Held,
        State::Queued,
        State::Assigned,
    ];
    let mut allowed = Vec::new();
    let mut add = |what, when: bool| {
        if when {
            allowed.push(what);
        }
    };
    if control(caller, job).is_ok() {
        add(
            Allowed::Cancel,
            is(&cancels) || is(&[State::Printing, State::Paused]),
        );
        add(Allowed::Pause, is(&[State::Printing]));
        add(Allowed::Resume, is(&[State::Paused]));
        add(Allowed::Hold, is(&[State::Queued]));
        add(Allowed::Release, is(&[State::Held]));
    }
    let operates = caller.may(Act::Operate).is_ok();
    let waits = is(&[State::Preparing, State::Held, State::Queued]);
    add(Allowed::Move, operates && waits);
    add(Allowed::Prioritise, operates && waits);
    add(
        Allowed::Start,
        operates && is(&[State::Queued, State::Assigned]),
    );
    add(
        Allowed::Settle,
        caller.may(Act::Settle).is_ok() && is(&[State::NeedsAttention]),
    );
    allowed
}
