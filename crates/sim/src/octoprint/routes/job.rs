//! `/api/job`.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use serde_json::Value;

use super::super::answer::{Answer, Refusal, command, no_content, ok, parse};
use super::super::door::cut_answer;
use super::super::instance::{Inside, Instance};
use super::super::knobs::{Lie, NextStart};
use super::super::machine::{Asker, State as MachineState};
use super::super::view;
use super::Shared;

pub fn routes() -> Router<Arc<Instance>> {
    Router::new().route("/api/job", get(show).post(act))
}

async fn show(State(instance): Shared) -> Answer {
    ok(&instance.with(|inside| view::job_answer(inside)))
}

async fn act(State(instance): Shared, body: Bytes) -> Answer {
    instance.with(|inside| {
        let state = inside.machine.state();
        if !state.is_operational() {
            return Err(Refusal::not_operational());
        }
        let body = parse(&body)?;
        match command(&body, &["start", "restart", "pause", "cancel"])? {
            "start" if state.holds_a_print() => Err(Refusal::conflict(
                "Printer already has an active print job, did you mean 'restart'?",
            )),
            "restart" if state != MachineState::Paused => Err(Refusal::conflict(
                "Printer does not have an active print job or is not paused",
            )),
            "start" | "restart" => start_selected(inside),
            other if !state.holds_a_print() => Err(Refusal::conflict(&format!(
                "Printer is neither printing nor paused, '{other}' command cannot be performed"
            ))),
            "cancel" => {
                inside.kept_progress = inside.machine.progress();
                inside.machine.cancel(Asker::User);
                Ok(no_content(inside.lies(Lie::OkForNoContent)))
            }
            _ => pause(inside, &body),
        }
    })
}

fn pause(inside: &mut Inside, body: &Value) -> Answer {
    let paused = inside.machine.state() == MachineState::Paused;
    match body
        .get("action")
        .and_then(Value::as_str)
        .unwrap_or("toggle")
    {
        "pause" => inside.machine.pause(Asker::User),
        "resume" => inside.machine.resume(Asker::User),
        "toggle" if paused => inside.machine.resume(Asker::User),
        "toggle" => inside.machine.pause(Asker::User),
        _ => return Err(Refusal::bad_request("Unknown action")),
    }
    Ok(no_content(inside.lies(Lie::OkForNoContent)))
}

/// Starts what is selected, under the knob for the next start. With nothing selected it answers
/// 204 and does nothing.
pub(super) fn start_selected(inside: &mut Inside) -> Answer {
    let knob = inside.take_next_start();
    match knob {
        Some(NextStart::Refuse) => {
            return Err(Refusal::conflict(
                "Printer already has an active print job, did you mean 'restart'?",
            ));
        }
        Some(NextStart::AcceptAndForget) => return Ok(no_content(false)),
        Some(NextStart::LoseAnswer) | None => {}
    }
    if let Some(path) = inside.machine.selected().map(|file| file.path.clone()) {
        let bytes = inside
            .files
            .bytes(&path)
            .map_err(|error| Refusal::disk(&error))?;
        inside.machine.start(bytes.into());
    }
    let lie = inside.lies(Lie::OkForNoContent);
    let answer: Response = if knob.is_some() {
        cut_answer()
    } else {
        no_content(lie)
    };
    Ok(answer)
}
