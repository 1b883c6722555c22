//! Staging: the approved bytes, all of them, and nothing that breaks the local limits.

use crate::rig::{Rig, gcode};
use fluxprint_domain::Sha256;
use fluxprint_domain::attempt::Phase;
use fluxprint_domain::id::AttemptId;
use fluxprint_link::{Command, Stage};
use fluxprint_sim::octoprint::knobs::NextUpload;

/// Orders a staging of `bytes` and gives the try.
fn order(rig: &Rig, bytes: &str) -> AttemptId {
    let sha256 = rig.service.offer(bytes.as_bytes());
    order_hash(rig, sha256, bytes.len() as u64)
}

fn order_hash(rig: &Rig, sha256: Sha256, size_bytes: u64) -> AttemptId {
    let attempt = AttemptId::fresh(rig.clock.as_ref());
    let printer = rig.printer();
    rig.service.command(Command::Stage(Stage {
        attempt,
        printer,
        sha256,
        size_bytes,
    }));
    attempt
}

async fn refused(rig: &Rig, attempt: AttemptId, code: &str) {
    rig.service.until_phase(attempt, Phase::NothingTried).await;
    assert_eq!(rig.service.because(attempt).as_deref(), Some(code));
}

fn uploads(rig: &Rig) -> usize {
    let requests = rig.proxy.requests();
    let uploads = requests
        .iter()
        .filter(|r| r.method == "POST" && r.path == "/api/files/local");
    uploads.count()
}

#[tokio::test]
async fn a_fetch_that_broke_off_goes_on_where_it_was() {
    let mut rig = Rig::new().await;
    rig.service
        .mood(|mood| mood.cut_next_file_after = Some(1_000));
    rig.staged(&gcode(400)).await;
    let requests = rig.service.told(|told| told.requests.clone());
    assert_eq!(requests.len(), 2);
    assert!(!requests[0].to_lowercase().contains("range:"));
    assert!(
        requests[1].to_lowercase().contains("range: bytes=1000-"),
        "{}",
        requests[1]
    );
    assert!(requests[0].contains("Bearer fxb_good") || requests[0].contains("bearer fxb_good"));
}

#[tokio::test]
async fn a_staging_survives_the_death_of_the_bridge() {
    let mut rig = Rig::new().await;
    rig.service.mood(|mood| mood.file_status = Some(503));
    let bytes = gcode(5);
    let attempt = order(&rig, &bytes);
    rig.service.until_phase(attempt, Phase::Staging).await;
    rig.kill_bridge().await;
    rig.service.mood(|mood| mood.file_status = None);
    rig.start_bridge().await;
    rig.service.until_phase(attempt, Phase::Staged).await;
}

#[tokio::test]
async fn other_bytes_than_the_approved_ones_are_refused_and_never_reach_octoprint() {
    let rig = Rig::new().await;
    rig.service.mood(|mood| mood.lie_about_files = true);
    let attempt = order(&rig, &gcode(5));
    refused(&rig, attempt, "OTHER_BYTES").await;
    assert_eq!(uploads(&rig), 0);
}

#[tokio::test]
async fn a_file_of_another_length_than_promised_is_refused() {
    let rig = Rig::new().await;
    let bytes = gcode(5);
    let sha256 = rig.service.offer(bytes.as_bytes());
    let shorter = order_hash(&rig, sha256, bytes.len() as u64 - 10);
    refused(&rig, shorter, "OTHER_BYTES").await;
    assert_eq!(uploads(&rig), 0);
}

#[tokio::test]
async fn a_file_too_large_for_any_printer_is_not_even_asked_for() {
    let rig = Rig::new().await;
    let attempt = order_hash(&rig, Sha256([1; 32]), u64::MAX);
    refused(&rig, attempt, "PRINT_FILE_TOO_LARGE").await;
    assert!(rig.service.told(|told| told.requests.is_empty()));
}

#[tokio::test]
async fn a_file_that_breaks_the_local_policy_is_refused() {
    let rig = Rig::new().await;
    for bad in ["M104 S999\n", "M112\n", "@pause\n"] {
        let attempt = order(&rig, &format!("G28\n{bad}M104 S0\nM140 S0\n"));
        rig.service.until_phase(attempt, Phase::NothingTried).await;
        assert!(rig.service.because(attempt).is_some(), "{bad}");
    }
    assert_eq!(uploads(&rig), 0);
}

#[tokio::test]
async fn a_file_the_service_no_longer_has_is_told_as_such() {
    let rig = Rig::new().await;
    let attempt = order_hash(&rig, Sha256([2; 32]), 10);
    refused(&rig, attempt, "PRINT_FILE_NOT_THERE").await;
}

#[tokio::test]
async fn a_service_that_never_gives_the_file_is_given_up_after_a_while() {
    let rig = Rig::new().await;
    rig.service.mood(|mood| mood.file_status = Some(500));
    let attempt = order(&rig, &gcode(5));
    refused(&rig, attempt, "PRINT_FILE_NOT_FETCHED").await;
}

#[tokio::test]
async fn an_upload_that_octoprint_damaged_is_sent_again() {
    let mut rig = Rig::new().await;
    rig.octoprint()
        .turn(|knobs| knobs.next_upload = Some(NextUpload::Truncate(10)));
    rig.staged(&gcode(5)).await;
    assert_eq!(uploads(&rig), 2);
}

#[tokio::test]
async fn a_full_disk_at_octoprint_is_told_with_what_to_do() {
    let rig = Rig::new().await;
    rig.octoprint().turn(|knobs| knobs.free_bytes = Some(100));
    let attempt = order(&rig, &gcode(50));
    refused(&rig, attempt, "OCTOPRINT_DISK_FULL").await;
}

#[tokio::test]
async fn the_same_staging_said_again_changes_nothing_and_the_same_bytes_are_fetched_once() {
    let mut rig = Rig::new().await;
    let of = rig.staged(&gcode(5)).await;
    rig.service.command(Command::Stage(of.stage.clone()));
    let again = rig.staged(&gcode(5)).await;
    assert_ne!(again.attempt, of.attempt);
    assert_eq!(rig.service.told(|told| told.requests.len()), 1);
    assert_eq!(uploads(&rig), 2);
}

#[tokio::test]
async fn the_file_of_a_settled_try_leaves_octoprint_once_another_is_selected() {
    let mut rig = Rig::new().await;
    let mut done = Vec::new();
    for layers in [2, 3] {
        let of = rig.staged(&gcode(layers)).await;
        assert_eq!(rig.deleted(), [""; 0], "it is still selected");
        rig.start(&of);
        rig.service.until_phase(of.attempt, Phase::Completed).await;
        rig.service.command(Command::Settled {
            attempt: of.attempt,
        });
        done.push(format!("/api/files/local/fluxprint/{}.gcode", of.attempt));
    }
    rig.staged(&gcode(4)).await;
    assert_eq!(rig.deleted(), done[..1]);
}

#[tokio::test]
async fn a_damaged_beginning_on_the_disk_is_fetched_anew() {
    let mut rig = Rig::new().await;
    let bytes = gcode(5);
    let sha256 = rig.service.offer(bytes.as_bytes());
    let part = rig
        .folder
        .path()
        .join(format!("bridge/cache/{sha256}.part"));
    std::fs::write(part, vec![0; 20]).unwrap();
    rig.staged(&bytes).await;
    assert_eq!(rig.service.told(|told| told.requests.len()), 2);
}
