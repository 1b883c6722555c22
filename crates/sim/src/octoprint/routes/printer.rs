//! `/api/printer` and what hangs below it.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::answer::{Answer, Refusal, command, no_content, ok, parse};
use super::super::instance::{Inside, Instance};
use super::super::knobs::Lie;
use super::super::machine::Heater;
use super::super::view;
use super::Shared;

pub fn routes() -> Router<Arc<Instance>> {
    Router::new()
        .route("/api/printer", get(show))
        .route("/api/printer/error", get(error))
        .route("/api/printer/{part}", get(show_part))
        .route("/api/printer/tool", get(show_tool).post(heat_tool))
        .route("/api/printer/bed", get(show_bed).post(heat_bed))
        .route("/api/printer/printhead", post(move_head))
        .route("/api/printer/command", post(type_in))
}

#[derive(Deserialize)]
struct Wanted {
    #[serde(default)]
    exclude: String,
}

fn operational<T>(
    instance: &Instance,
    work: impl FnOnce(&mut Inside) -> Result<T, Refusal>,
) -> Result<T, Refusal> {
    instance.with(|inside| {
        let operational = inside.machine.state().is_operational();
        if operational {
            work(inside)
        } else {
            Err(Refusal::not_operational())
        }
    })
}

async fn show(State(instance): Shared, Query(wanted): Query<Wanted>) -> Answer {
    let excluded = |part: &str| wanted.exclude.split(',').any(|name| name == part);
    let body = operational(&instance, |inside| {
        let heaters = inside.machine.heaters;
        let mut body = serde_json::Map::new();
        if !excluded("temperature") {
            let temperature = json!({
                "tool0": view::heater(heaters.nozzle), "bed": view::heater(heaters.bed),
            });
            body.insert("temperature".to_owned(), temperature);
        }
        if !excluded("sd") {
            body.insert("sd".to_owned(), json!({"ready": true}));
        }
        if !excluded("state") {
            body.insert("state".to_owned(), view::state(inside));
        }
        Ok(Value::Object(body))
    })?;
    ok(&body)
}

async fn error(State(instance): Shared) -> Answer {
    ok(&instance.with(|inside| inside.machine.error_report()))
}

async fn show_part(State(instance): Shared, Path(part): Path<String>) -> Answer {
    operational(&instance, |_| match part.as_str() {
        "sd" => ok(&json!({"ready": true})),
        "chamber" => Err(Refusal::conflict("Printer does not have a heated chamber")),
        _ => Err(Refusal::not_found()),
    })
}

async fn show_tool(State(instance): Shared) -> Answer {
    operational(&instance, |inside| {
        ok(&json!({"tool0": view::heater(inside.machine.heaters.nozzle)}))
    })
}

async fn show_bed(State(instance): Shared) -> Answer {
    operational(&instance, |inside| {
        ok(&json!({"bed": view::heater(inside.machine.heaters.bed)}))
    })
}

/// No range is checked: OctoPrint takes 99999 and tools that are not there.
async fn heat_tool(State(instance): Shared, body: Bytes) -> Answer {
    operational(&instance, |inside| {
        let body = parse(&body)?;
        if command(
            &body,
            &["select", "target", "offset", "extrude", "flowrate"],
        )? == "target"
        {
            let targets = body.get("targets").and_then(Value::as_object);
            let targets = targets.ok_or_else(|| Refusal::bad_request("command is invalid"))?;
            for (tool, target) in targets {
                let number = tool
                    .strip_prefix("tool")
                    .and_then(|number| number.parse::<u8>().ok());
                let number =
                    number.ok_or_else(|| Refusal::bad_request("targets contains invalid tool"))?;
                let target_c = target
                    .as_f64()
                    .ok_or_else(|| Refusal::bad_request("targets contains invalid value"))?;
                if number == 0 && !inside.knobs.deaf_heaters {
                    inside.machine.heaters.set_target(Heater::Nozzle, target_c);
                }
            }
        }
        Ok(no_content(inside.lies(Lie::OkForNoContent)))
    })
}

async fn heat_bed(State(instance): Shared, body: Bytes) -> Answer {
    operational(&instance, |inside| {
        let body = parse(&body)?;
        if command(&body, &["target", "offset"])? == "target" {
            let target_c = body.get("target").and_then(Value::as_f64);
            let target_c = target_c.ok_or_else(|| Refusal::bad_request("target is invalid"))?;
            if !inside.knobs.deaf_heaters {
                inside.machine.heaters.set_target(Heater::Bed, target_c);
            }
        }
        Ok(no_content(inside.lies(Lie::OkForNoContent)))
    })
}

async fn move_head(State(instance): Shared, body: Bytes) -> Answer {
    instance.with(|inside| {
        let body = parse(&body)?;
        let command = command(&body, &["jog", "home", "feedrate"])?;
        let state = inside.machine.state();
        if !state.is_operational() || (state.is_printing() && command != "feedrate") {
            return Err(Refusal::conflict(
                "Printer is not operational or currently printing",
            ));
        }
        match command {
            "home" => inside.machine.type_in(&home_line(&body)?),
            "jog" => {
                inside.machine.type_in("G91");
                inside.machine.type_in(&jog_line(&body)?);
                inside.machine.type_in("G90");
            }
            _ => {}
        }
        Ok(no_content(inside.lies(Lie::OkForNoContent)))
    })
}

fn home_line(body: &Value) -> Result<String, Refusal> {
    let axes = body.get("axes").and_then(Value::as_array);
    let axes = axes.ok_or_else(|| Refusal::bad_request("command is invalid"))?;
    let mut line = "G28".to_owned();
    for axis in axes {
        match axis.as_str() {
            Some(axis @ ("x" | "y" | "z")) => line.push_str(&format!(" {}0", axis.to_uppercase())),
            _ => return Err(Refusal::bad_request("axis is invalid")),
        }
    }
    Ok(line)
}

fn jog_line(body: &Value) -> Result<String, Refusal> {
    let mut line = "G1".to_owned();
    for axis in ["x", "y", "z"] {
        if let Some(way) = body.get(axis) {
            let way_mm = way
                .as_f64()
                .ok_or_else(|| Refusal::bad_request("axis value is invalid"))?;
            line.push_str(&format!(" {}{way_mm}", axis.to_uppercase()));
        }
    }
    Ok(line)
}

/// 204 means "queued", never "done".
async fn type_in(State(instance): Shared, body: Bytes) -> Answer {
    operational(&instance, |inside| {
        let body = parse(&body)?;
        let one = body.get("command").and_then(Value::as_str);
        let many = body.get("commands").and_then(Value::as_array);
        if one.is_none() && many.is_none() && body.get("script").is_none() {
            return Err(Refusal::bad_request(
                "Need one of 'command', 'commands' or 'script'",
            ));
        }
        let many = many.into_iter().flatten().filter_map(Value::as_str);
        for line in one.into_iter().chain(many) {
            inside.machine.type_in(line);
        }
        Ok(no_content(inside.lies(Lie::OkForNoContent)))
    })
}
