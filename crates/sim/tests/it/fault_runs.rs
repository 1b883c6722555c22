//! Every recorded fault is played again, 1.5 s into a print, and what follows is compared: the
//! events about print, state and connection, and the answers at the end.

use std::fs;
use std::path::{Path, PathBuf};

use fluxprint_sim::octoprint::Event;
use serde_json::{Value, json};
use tokio::sync::broadcast::Receiver;

use crate::rig::{Rig, dwelling};
use crate::shape::differences;

/// Events that a driver acts on. The rest (charts, lists, positions) is compared elsewhere.
const COMPARED: [&str; 13] = [
    "PrintCancelling",
    "PrintCancelled",
    "PrintFailed",
    "PrintPaused",
    "PrintResumed",
    "Error",
    "EStop",
    "PrinterReset",
    "Disconnecting",
    "Disconnected",
    "FileDeselected",
    "MetadataStatisticsUpdated",
    "PrinterStateChanged",
];
/// Asked at the end of every recording.
const ASKED: [&str; 2] = ["GET /api/job", "GET /api/connection .current"];

#[tokio::test]
async fn every_recorded_fault_is_followed_by_what_followed_then() {
    let mut wrong = Vec::new();
    let runs = runs();
    assert!(runs.len() >= 33, "only {} recordings", runs.len());
    for path in runs {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let run: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        let found = play(&name, &run).await;
        wrong.extend(
            found
                .into_iter()
                .map(|difference| format!("{name}: {difference}")),
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn runs() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/faults");
    let mut runs: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    runs.sort();
    runs
}

async fn play(name: &str, run: &Value) -> Vec<String> {
    let rig = Rig::start();
    rig.print("long.gcode", &dwelling(10_000)).await.unwrap();
    rig.clock.advance_ms(1_500);
    rig.octoprint.look(|_| ());
    let mut events = rig.octoprint.events();
    for injected in run["injected_via"].as_array().unwrap() {
        match injected["json"].as_object() {
            Some(command) => {
                let answer = rig
                    .post("/api/printer/command", json!(command))
                    .await
                    .unwrap();
                assert_eq!(answer.status(), 204, "{name}");
            }
            None => rig.clock.advance_s(3),
        }
    }
    rig.clock
        .advance_s(if name.starts_with("go_awol") { 200 } else { 5 });
    let mut found = compare_events(&run["events"], &heard(&rig, &mut events));
    for asked in ASKED {
        let (path, part) = asked
            .trim_start_matches("GET ")
            .split_once(" .")
            .unwrap_or((&asked[4..], ""));
        let ours = rig.get(path).await;
        let ours = if part.is_empty() { &ours } else { &ours[part] };
        let recorded = &run["after"][asked];
        found.extend(
            differences(recorded, ours)
                .into_iter()
                .map(|difference| format!("{path}{difference}")),
        );
    }
    found
}

fn heard(rig: &Rig, events: &mut Receiver<Event>) -> Vec<Event> {
    rig.octoprint.look(|_| ());
    std::iter::from_fn(|| events.try_recv().ok()).collect()
}

/// As multisets: OctoPrint's threads mix the order from run to run.
fn compare_events(recorded: &Value, ours: &[Event]) -> Vec<String> {
    let told = |kind: &str, payload: &Value| {
        let words =
            ["state_id", "reason", "error"].map(|key| payload[key].as_str().unwrap_or_default());
        // The reason of a cancel may slip into `PrintCancelled`, which shares its payload.
        let words = if kind == "PrintCancelled" {
            [""; 3]
        } else {
            words
        };
        format!("{kind} {}", words.join(" "))
    };
    let compared = |kind: &str| COMPARED.contains(&kind);
    let recorded = recorded.as_array().unwrap().iter();
    let recorded = recorded.filter(|event| compared(event["type"].as_str().unwrap()));
    let mut recorded: Vec<String> = recorded
        .map(|event| told(event["type"].as_str().unwrap(), &event["payload"]))
        .collect();
    let ours = ours.iter().filter(|event| compared(event.kind));
    let mut ours: Vec<String> = ours.map(|event| told(event.kind, &event.payload)).collect();
    recorded.sort();
    ours.sort();
    if recorded == ours {
        vec![]
    } else {
        vec![format!("events {recorded:?}\n   and {ours:?}")]
    }
}
