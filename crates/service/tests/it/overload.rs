//! Too much to do: ordinary calls are turned away, what makes things safer never is.

use crate::rig::{Engine, Rig};
use fluxprint_domain::role::Role;
use fluxprint_http::Lane;
use fluxprint_service::http::door::DOORS;
use fluxprint_service::{Limits, Settings};

#[tokio::test]
async fn without_room_only_what_makes_things_safer_gets_through() {
    let limits = Limits {
        calls_at_once: 0,
        ..Limits::default()
    };
    let settings = Settings {
        limits,
        ..Settings::default()
    };
    let rig = Rig::with(Engine::Sqlite, settings, None).await;
    let owner = rig.token(Role::Owner);
    let zero = "0".repeat(32);
    for door in DOORS {
        let path = door
            .path
            .replace("{printer}", &format!("prn_{zero}"))
            .replace("{job}", &format!("job_{zero}"));
        let answer = rig.call(&format!("{} {path}", door.method), &owner).await;
        let shed = answer.status.as_u16() == 503;
        assert_eq!(
            shed,
            door.lane == Lane::Ordinary,
            "{} {}",
            door.method,
            door.path
        );
        if shed {
            assert_eq!(answer.code(), "PRINTING_SERVICE_UNAVAILABLE");
            assert_eq!(answer.headers["retry-after"], "2");
        }
    }
    let safe: Vec<_> = DOORS
        .iter()
        .filter(|door| door.lane == Lane::Safe)
        .map(|door| format!("{} {}", door.method, door.path))
        .collect();
    assert_eq!(
        safe,
        [
            "PUT /v1/printers/{printer}/bed-clearance",
            "POST /v1/printers/{printer}/emergency-stop",
            "POST /v1/printers/{printer}/heaters-off",
            "DELETE /v1/printers/{printer}/temperatures",
            "POST /v1/jobs/{job}/cancellation",
            "PUT /v1/jobs/{job}/pause",
            "PUT /v1/hold",
        ]
    );
}
