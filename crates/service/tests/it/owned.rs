//! For every route that names something: a thing of the rig's organisation that is in the very state
//! in which its owner may make the call.

use crate::rig::{Rig, wanted};
use fluxprint_domain::Clock;
use fluxprint_domain::alert::AlertKind;
use fluxprint_domain::attempt::Phase;
use fluxprint_domain::id::AlertId;
use fluxprint_domain::id::JobId;
use fluxprint_domain::role::Role;
use fluxprint_link::SafeAnswer;
use fluxprint_service::http::door::Door;
use fluxprint_store::service::alert::Cause;
use serde_json::{Value, json};
use std::any::Any;

/// A call that succeeds for the organisation's owner.
pub struct Own {
    pub call: String,
    pub body: Option<Value>,
    _kept: Kept,
}

/// What keeps a printer in reach for as long as it is not dropped.
type Kept = Box<dyn Any>;

/// How far a job has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Job {
    Waiting,
    Held,
    Staged,
    Printing,
    Paused,
    Lost,
}

/// A new thing of the organisation, and the call of `door` about it.
///
/// A new route comes here first: say in which state its thing has to be.
pub async fn own(rig: &Rig, door: &Door) -> Own {
    let address = format!("{} {}", door.method, door.path);
    // Nobody is too fast, and what is made here is told from what was made before.
    rig.clock.advance_s(3_600);
    let body = match address.as_str() {
        "PUT /v1/printers/{printer}/loaded" => Some(json!({ "material": "PLA" })),
        "PUT /v1/printers/{printer}/tags" => Some(json!({ "tags": ["large"] })),
        "PUT /v1/jobs/{job}/priority" => Some(json!({ "priority": "raised" })),
        "POST /v1/copies/{copy}/settlement" => Some(json!({ "outcome": "failed" })),
        "PUT /v1/printers/{printer}/temperatures" => Some(json!({ "nozzle_c": 200, "bed_c": 60 })),
        "POST /v1/printers/{printer}/homing" => Some(json!({ "axes": ["x", "y"] })),
        "POST /v1/printers/{printer}/jogs" => Some(json!({ "z_mm": 10 })),
        _ => None,
    };
    let (call, kept) = match address.as_str() {
        "GET /v1/printers/{printer}"
        | "GET /v1/printers/{printer}/temperatures"
        | "PUT /v1/printers/{printer}/bed-clearance"
        | "PUT /v1/printers/{printer}/loaded"
        | "PUT /v1/printers/{printer}/tags" => printer(rig, &address).await,
        "POST /v1/printers/{printer}/emergency-stop"
        | "POST /v1/printers/{printer}/heaters-off"
        | "PUT /v1/printers/{printer}/temperatures"
        | "DELETE /v1/printers/{printer}/temperatures"
        | "POST /v1/printers/{printer}/homing"
        | "POST /v1/printers/{printer}/jogs"
        | "PUT /v1/printers/{printer}/connection"
        | "DELETE /v1/printers/{printer}/connection"
        | "POST /v1/printers/{printer}/refresh"
        | "DELETE /v1/printers/{printer}/files" => {
            let (bridge, printer) = rig.printer(false).await;
            let told = rig.answering(bridge, printer, SafeAnswer::Given);
            let call = address.replace("{printer}", &printer.to_string());
            (call, Box::new(told) as Kept)
        }
        "DELETE /v1/bridges/{bridge}" | "POST /v1/bridges/{bridge}/token-rotation" => {
            let (bridge, _) = rig.bridge().await;
            let call = address.replace("{bridge}", &bridge.to_string());
            (call, Box::new(()) as Kept)
        }
        "PUT /v1/alerts/{alert}/acknowledgement" => {
            let (bridge, _) = rig.bridge().await;
            let cause = Cause::bridge(AlertKind::BridgeTakenOver, bridge);
            let (id, now): (AlertId, _) = (rig.id(), rig.clock.now());
            let alerts = rig.service.store.alerts(rig.org);
            alerts.raise(id, &cause, now).await.unwrap();
            let call = address.replace("{alert}", &id.to_string());
            (call, Box::new(()) as Kept)
        }
        "GET /v1/models/{sha256}" => {
            let model = rig.model(seed(rig)).await;
            let call = address.replace("{sha256}", &model.to_string());
            (call, Box::new(()) as Kept)
        }
        "GET /v1/jobs/{job}"
        | "POST /v1/jobs/{job}/cancellation"
        | "PUT /v1/jobs/{job}/hold"
        | "PUT /v1/jobs/{job}/priority" => job(rig, &address, Job::Waiting).await,
        "DELETE /v1/jobs/{job}/hold" => job(rig, &address, Job::Held).await,
        "POST /v1/jobs/{job}/start" => job(rig, &address, Job::Staged).await,
        "PUT /v1/jobs/{job}/pause" => job(rig, &address, Job::Printing).await,
        "DELETE /v1/jobs/{job}/pause" => job(rig, &address, Job::Paused).await,
        "POST /v1/copies/{copy}/settlement" => job(rig, &address, Job::Lost).await,
        _ => panic!(
            "`{address}` names something, and nothing shows that its owner may and that a stranger \
             may not: add it to `own` in crates/service/tests/it/owned.rs, with a thing for which \
             its owner's call is answered 2xx (and its body, if it takes one)"
        ),
    };
    Own {
        call,
        body,
        _kept: kept,
    }
}

async fn printer(rig: &Rig, address: &str) -> (String, Kept) {
    let (bridge, printer) = rig.printer(false).await;
    let entrance = rig.connect(bridge, printer);
    let call = address.replace("{printer}", &printer.to_string());
    (call, Box::new(entrance))
}

async fn job(rig: &Rig, address: &str, wants: Job) -> (String, Kept) {
    let mut one = wanted(rig.model(seed(rig)).await);
    one["copies"] = json!(1);
    let job: JobId = rig.job(&rig.token(Role::Editor), &one).await;
    let kept = stand(rig, job, wants).await;
    let shown = format!("GET /v1/jobs/{job}");
    let shown = rig.by(Role::Owner, &shown).await.ok();
    let copy = shown["copies"][0]["id"].as_str().unwrap();
    let call = address
        .replace("{job}", &job.to_string())
        .replace("{copy}", copy);
    (call, kept)
}

async fn stand(rig: &Rig, job: JobId, wants: Job) -> Kept {
    if wants == Job::Waiting || wants == Job::Held {
        crate::queue::prepare(rig, job).await;
        if wants == Job::Held {
            let hold = format!("PUT /v1/jobs/{job}/hold");
            rig.by(Role::Owner, &hold).await.ok();
        }
        return Box::new(());
    }
    let at = rig.staged(job).await;
    if wants != Job::Staged {
        rig.start(&at).await;
    }
    match wants {
        Job::Paused => rig.phase(at.attempt, Phase::Paused).await,
        Job::Lost => rig.phase(at.attempt, Phase::Unsure).await,
        _ => {}
    }
    Box::new(at)
}

/// Another model each time.
fn seed(rig: &Rig) -> u8 {
    use fluxprint_domain::Clock;
    (rig.clock.now().0 / 3_600_000_000 % 251) as u8
}
