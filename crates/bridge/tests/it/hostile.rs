//! A service that is wrong, hostile or does not want us.

use crate::played_service::Say;
use crate::rig::{Rig, gcode};
use fluxprint_domain::attempt::Phase;
use fluxprint_link::{Refused, Turned};

#[tokio::test]
async fn hostile_messages_end_the_session_and_nothing_else() {
    let mut rig = Rig::new().await;
    let of = rig.staged(&gcode(60)).await;
    rig.start(&of);
    rig.service.until_running(of.attempt).await;
    let long = "x".repeat(fluxprint_link::limits::FRAME_BYTES_MAX + 1);
    for hostile in [
        "",
        "{",
        "null",
        r#"{"seq":1,"ack":0,"body":{"type":"ping"}}"#,
        r#"{"seq":99,"ack":99999,"body":{"type":"ack"}}"#,
        r#"{"seq":3,"ack":0,"body":{"type":"command","with":{"do":"http","url":"http://10.0.0.1/"}}}"#,
        r#"{"seq":3,"ack":0,"body":{"type":"command","with":{"do":"refresh","gcode":"M112"}}}"#,
        &long,
    ] {
        let reports = rig.service.full_reports();
        rig.service.say(Say::Raw(hostile.to_owned()));
        rig.service
            .until("a new session", |told| told.full_reports() > reports)
            .await;
    }
    rig.service.until_phase(of.attempt, Phase::Completed).await;
    assert_eq!(rig.proxy.starts().len(), 1);
    let allowed = |path: &str| path.starts_with("/api/") || path.starts_with("/sockjs/");
    assert!(
        rig.proxy
            .requests()
            .iter()
            .all(|request| allowed(&request.path))
    );
}

#[tokio::test]
async fn a_bridge_that_is_turned_away_or_unknown_keeps_trying() {
    let mut rig = Rig::without_bridge().await;
    let because = Refused {
        code: "BRIDGE_REVOKED".into(),
        sentence: "This bridge was removed.".into(),
        remedy: "Pair it again.".into(),
    };
    rig.service
        .mood(|mood| mood.turn_away = Some(Turned { because }));
    rig.start_bridge_alone().await;
    rig.service
        .until("two tries", |told| told.sessions >= 2)
        .await;
    rig.service.mood(|mood| {
        mood.turn_away = None;
        mood.upgrade_status = Some(401);
    });
    rig.service.refused_upgrades(2).await;
    rig.service.mood(|mood| mood.upgrade_status = None);
    rig.service
        .until("a full report", |told| told.full_reports() == 1)
        .await;
}
