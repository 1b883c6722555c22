//! Every recorded call is made again, in the situation it was recorded in, and the answers are
//! compared.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use fluxprint_sim::octoprint::machine::State;
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use crate::rig::{KEY, Rig, dwelling};
use crate::shape::differences;

/// The state a recorded call needs.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Situation {
    Fresh,
    Files,
    WrongKey,
    NoKey,
    Selected,
    Heating,
    Printing,
    Pausing,
    Paused,
    Cancelled,
    Done,
    Deselected,
    Offline,
    Opening,
    Restarted,
}

use Situation::{
    Cancelled, Deselected, Done, Files, Fresh, Heating, NoKey, Offline, Opening, Paused, Pausing,
    Printing, Restarted, Selected, WrongKey,
};

/// Which recordings belong to which situation; a situation is made afresh for every call.
const REPLAYED: [(Situation, &[&str]); 15] = [
    (
        Fresh,
        &[
            "get-connection-operational",
            "get-files-empty",
            "get-job-nothing-selected",
            "get-login-405",
            "get-printer-bed",
            "get-printer-chamber-409",
            "get-printer-error-none",
            "get-printer-operational",
            "get-printer-sd",
            "get-printer-tool",
            "get-printerprofiles",
            "get-server",
            "get-settings-webcam",
            "get-version",
            "post-login-passive",
            "post-bed-off",
            "post-bed-target",
            "post-bed-target-range",
            "post-command",
            "post-command-bad-400",
            "post-commands",
            "post-connect",
            "post-connect-bad-port-400",
            "post-connect-bad-profile-400",
            "post-fake_ack",
            "post-printhead-home",
            "post-printhead-jog",
            "post-tool-off",
            "post-tool-target",
            "post-tool-target-bad-400",
            "post-tool-target-tool9",
            "post-upload",
            "post-upload-bad-userdata-400",
            "post-upload-ext-415",
            "post-upload-folder-userdata",
            "post-upload-nothing-400",
            "post-upload-select-print",
            "post-upload-unicode",
            "post-upload-weird",
        ],
    ),
    (
        Files,
        &[
            "delete-404",
            "delete-file-204",
            "get-file-404",
            "get-files-local-file",
            "get-files-recursive",
            "post-file-select-print",
            "post-job-cancel-not-printing-409",
            "post-job-pause-not-printing-409",
            "post-job-restart-409",
            "post-select",
            "post-select-404",
            "post-select-unknown-command",
            "post-upload-duplicate-201",
            "post-upload-noOverwrite-409",
        ],
    ),
    (WrongKey, &["get-version-badkey", "post-badkey-400-csrf"]),
    (NoKey, &["post-nokey-400-csrf"]),
    (
        Selected,
        &["get-job-selected", "post-job-start", "delete-selected-file"],
    ),
    (Heating, &["get-printer-heating"]),
    (
        Printing,
        &[
            "delete-while-printing-409",
            "get-job-just-started",
            "get-job-printing",
            "get-job-resumed",
            "get-printer-printing",
            "post-disconnect-while-printing",
            "post-job-cancel",
            "post-job-pause",
            "post-job-pause-toggle",
            "post-job-start-while-printing-409",
            "post-select-while-printing-409",
            "post-upload-print-while-printing",
            "post-upload-same-file-while-printing-409",
        ],
    ),
    (Pausing, &["get-job-pausing", "post-job-pause-twice"]),
    (
        Paused,
        &[
            "get-job-paused",
            "get-printer-paused",
            "post-job-restart",
            "post-job-resume",
            "post-tool-while-paused",
        ],
    ),
    (
        Cancelled,
        &["get-job-after-cancel", "get-job-right-after-cancel"],
    ),
    (Done, &["get-file-after-print", "get-job-done"]),
    (Deselected, &["get-job-after-delete-selected"]),
    (
        Offline,
        &[
            "get-connection-closed",
            "get-job-closed",
            "get-printer-409",
            "get-printer-tool-409",
            "post-command-409",
            "post-job-start-409",
            "post-upload-print-while-closed",
        ],
    ),
    (Opening, &["get-connection-connecting"]),
    (
        Restarted,
        &[
            "get-file-after-restart-mid-print",
            "get-job-after-restart-mid-print",
        ],
    ),
];

#[tokio::test]
async fn every_recorded_call_gets_the_recorded_answer() {
    let mut wrong = Vec::new();
    for (situation, names) in REPLAYED {
        for name in names {
            let sample = read(name);
            let rig = prepare(situation).await;
            let (status, body) = replay(&rig, situation, &sample["request"]).await;
            let recorded = &sample["response"];
            if recorded["status"] != status {
                wrong.push(format!(
                    "{name}: status {status} and not {}",
                    recorded["status"]
                ));
            }
            let found = differences(&recorded["body"], &body);
            wrong.extend(
                found
                    .into_iter()
                    .map(|difference| format!("{name}: {difference}")),
            );
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_recording_is_left_out() {
    let there: BTreeSet<String> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| {
            entry
                .unwrap()
                .path()
                .file_stem()
                .unwrap()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    let replayed = REPLAYED
        .iter()
        .flat_map(|(_, names)| names.iter().map(|name| (*name).to_owned()));
    assert_eq!(there, replayed.collect());
}

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/http")
}

fn read(name: &str) -> Value {
    let text = fs::read_to_string(folder().join(format!("{name}.json"))).unwrap();
    serde_json::from_str(&text).unwrap()
}

async fn prepare(situation: Situation) -> Rig {
    let rig = Rig::start();
    if matches!(situation, Fresh | WrongKey | NoKey) {
        return rig;
    }
    for path in ["cube.gcode", "moved.gcode", "short.gcode", "long.gcode"] {
        let fields = if path == "short.gcode" {
            vec![("userdata", "{\"bridge_job\":\"j-2\"}")]
        } else {
            vec![]
        };
        rig.upload(path, &dwelling(100), &fields).await;
    }
    rig.upload(
        "jobs/2026/part.gcode",
        &dwelling(100),
        &[("userdata", "{\"bridge_job\":\"j-1\",\"n\":1}")],
    )
    .await;
    let started = json!({"command": "select", "print": true});
    match situation {
        Selected => {
            rig.post("/api/files/local/cube.gcode", json!({"command": "select"}))
                .await
                .unwrap();
            rig.post("/api/files/local/short.gcode", json!({"command": "select"}))
                .await
                .unwrap();
        }
        Heating => {
            let hot = json!({"command": "target", "targets": {"tool0": 205}});
            rig.post("/api/printer/tool", hot).await.unwrap();
            rig.post(
                "/api/printer/bed",
                json!({"command": "target", "target": 60}),
            )
            .await
            .unwrap();
        }
        Printing | Pausing | Paused | Cancelled | Offline | Opening => {
            rig.post("/api/files/local/cube.gcode", started)
                .await
                .unwrap();
            rig.clock.advance_ms(3_000);
            assert_eq!(rig.state(), State::Printing);
            interrupt(&rig, situation).await;
        }
        Done => {
            rig.post("/api/files/local/short.gcode", started)
                .await
                .unwrap();
            rig.clock.advance_s(60);
            assert_eq!(rig.state(), State::Operational);
        }
        Deselected => {
            rig.post("/api/files/local/cube.gcode", json!({"command": "select"}))
                .await
                .unwrap();
            rig.request(Method::DELETE, "/api/files/local/cube.gcode")
                .send()
                .await
                .unwrap();
        }
        Restarted => return restarted(rig).await,
        _ => {}
    }
    rig
}

/// What is done to a running print.
async fn interrupt(rig: &Rig, situation: Situation) {
    match situation {
        Pausing | Paused => {
            rig.post("/api/job", json!({"command": "pause", "action": "pause"}))
                .await
                .unwrap();
        }
        Cancelled => {
            rig.post("/api/job", json!({"command": "cancel"}))
                .await
                .unwrap();
        }
        Offline | Opening => {
            rig.post("/api/connection", json!({"command": "disconnect"}))
                .await
                .unwrap();
        }
        _ => {}
    }
    if matches!(situation, Paused | Cancelled | Offline) {
        rig.clock.advance_s(2);
    }
    if situation == Opening {
        rig.post("/api/connection", json!({"command": "connect"}))
            .await
            .unwrap();
    }
}

/// One success and one failure, then killed in the middle of a third print.
async fn restarted(rig: Rig) -> Rig {
    let started = json!({"command": "select", "print": true});
    for _ in 0..2 {
        rig.post("/api/files/local/long.gcode", started.clone())
            .await
            .unwrap();
        rig.clock.advance_s(60);
    }
    rig.post("/api/job", json!({"command": "start"}))
        .await
        .unwrap();
    rig.clock.advance_s(2);
    rig.post("/api/job", json!({"command": "cancel"}))
        .await
        .unwrap();
    rig.clock.advance_s(2);
    rig.post("/api/job", json!({"command": "start"}))
        .await
        .unwrap();
    rig.clock.advance_s(2);
    assert_eq!(rig.state(), State::Printing);
    rig.restart()
}

async fn replay(rig: &Rig, situation: Situation, recorded: &Value) -> (u16, Value) {
    let method: Method = recorded["method"].as_str().unwrap().parse().unwrap();
    let url = format!(
        "{}{}",
        rig.octoprint.url(),
        recorded["path"].as_str().unwrap()
    );
    let mut request = rig.client.request(method, url);
    match situation {
        NoKey => {}
        WrongKey => request = request.header("X-Api-Key", "00000000000000000000000000000000"),
        _ => request = request.header("X-Api-Key", KEY),
    }
    if let Some(json) = recorded.get("json") {
        request = request.json(json);
    }
    if recorded.get("multipart_files").is_some() {
        request = request.multipart(form(recorded));
    }
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    let text = answer.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::Null))
}

fn form(recorded: &Value) -> Form {
    let mut form = Form::new();
    for (name, value) in recorded["multipart_fields"]
        .as_object()
        .into_iter()
        .flatten()
    {
        form = form.text(name.clone(), value.as_str().unwrap().to_owned());
    }
    for (name, file) in recorded["multipart_files"].as_object().unwrap() {
        form = match file["filename"].as_str() {
            Some(filename) => form.part(
                name.clone(),
                Part::text(dwelling(20)).file_name(filename.to_owned()),
            ),
            None => form.text(name.clone(), "x"),
        };
    }
    form
}
