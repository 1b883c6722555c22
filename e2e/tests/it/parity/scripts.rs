//! The scripts. Each leaves the printer connected and idle.

mod ends;
mod faults;
mod files;
mod jobs;
mod refusals;

use std::future::Future;
use std::pin::Pin;

use anyhow::Result;

use super::player::Player;

/// A script: what it does to a player.
pub type Script =
    for<'a> fn(&'a mut Player) -> Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>>;

/// Every script, in the order in which they are played.
pub const ALL: [(&str, Script); 32] = [
    ("about", |player| Box::pin(refusals::about(player))),
    ("nothing_there", |player| {
        Box::pin(refusals::nothing_there(player))
    }),
    ("wrong_key", |player| Box::pin(refusals::wrong_key(player))),
    ("idle_printer", |player| {
        Box::pin(refusals::idle_printer(player))
    }),
    ("upload", |player| Box::pin(files::upload(player))),
    ("upload_twice", |player| {
        Box::pin(files::upload_twice(player))
    }),
    ("bad_uploads", |player| Box::pin(files::bad_uploads(player))),
    ("temperature_targets", |player| {
        Box::pin(refusals::temperature_targets(player))
    }),
    ("print_to_the_end", |player| {
        Box::pin(jobs::print_to_the_end(player))
    }),
    ("select_then_start", |player| {
        Box::pin(jobs::select_then_start(player))
    }),
    ("upload_and_print", |player| {
        Box::pin(jobs::upload_and_print(player))
    }),
    ("pause_and_resume", |player| {
        Box::pin(jobs::pause_and_resume(player))
    }),
    ("restart_when_paused", |player| {
        Box::pin(jobs::restart_when_paused(player))
    }),
    ("start_while_printing", |player| {
        Box::pin(jobs::start_while_printing(player))
    }),
    ("cancel_while_printing", |player| {
        Box::pin(ends::cancel_while_printing(player))
    }),
    ("delete_while_printing", |player| {
        Box::pin(ends::delete_while_printing(player))
    }),
    ("disconnect_and_reconnect", |player| {
        Box::pin(ends::disconnect_and_reconnect(player))
    }),
    ("server_killed", |player| {
        Box::pin(ends::server_killed(player))
    }),
    ("odd_files", |player| Box::pin(jobs::odd_files(player))),
    ("pause_in_the_file", |player| {
        Box::pin(jobs::pause_in_the_file(player))
    }),
    ("paused_by_the_printer", |player| {
        Box::pin(faults::paused_by_the_printer(player))
    }),
    ("cancelled_by_the_printer", |player| {
        Box::pin(faults::cancelled_by_the_printer(player))
    }),
    ("printer_reset", |player| {
        Box::pin(faults::printer_reset(player))
    }),
    ("stale_session", |player| {
        Box::pin(refusals::stale_session(player))
    }),
    ("emergency_stop", |player| {
        Box::pin(faults::emergency_stop(player))
    }),
    ("thermal_runaway", |player| {
        Box::pin(faults::thermal_runaway(player))
    }),
    ("port_lost", |player| Box::pin(faults::port_lost(player))),
    ("too_cold_to_go_on", |player| {
        Box::pin(faults::too_cold_to_go_on(player))
    }),
    ("sensor_error", |player| {
        Box::pin(faults::sensor_error(player))
    }),
    ("klipper_lost", |player| {
        Box::pin(faults::klipper_lost(player))
    }),
    ("resend_loop", |player| {
        Box::pin(faults::resend_loop(player))
    }),
    ("hung_up_by_the_printer", |player| {
        Box::pin(faults::hung_up_by_the_printer(player))
    }),
];

/// Tenths of a second: longer than a script takes on a busy machine, so that no print ends by itself.
const LONG: usize = 1_200;

/// A print paced by dwells: exact and cheap. `tenths` is its length in tenths of a second.
fn dwelling(tenths: usize) -> String {
    let mut gcode = "; paced by dwells\nG28\nG1 Z0.3 F6000\n".to_owned();
    gcode.push_str(&"G4 P100\n".repeat(tenths));
    gcode.push_str("G1 X10 Y10 E1 F6000\nM104 S0\n");
    gcode
}

/// Uploads a long print and starts it; returns when its first lines are out.
async fn begin(player: &mut Player, name: &str) -> Result<()> {
    player.upload(name, &dwelling(LONG), &[]).await?;
    let select = serde_json::json!({"command": "select", "print": true});
    player
        .post(&format!("/api/files/local/{name}"), select)
        .await?;
    player.hear(&["PrintStarted", "PRINTING"]).await?;
    player
        .wait_until("under way", "/api/job", |job| {
            job["progress"]["filepos"].as_u64() > Some(60)
        })
        .await
}

/// Cancels the print and waits until all has been said about it.
async fn cancel(player: &mut Player) -> Result<()> {
    player
        .post("/api/job", serde_json::json!({"command": "cancel"}))
        .await?;
    player
        .hear(&[
            "PrintCancelling",
            "PrintFailed",
            "OPERATIONAL",
            "MetadataStatisticsUpdated",
        ])
        .await
}

/// Connects again after the connection was lost.
async fn reconnect(player: &mut Player) -> Result<()> {
    player
        .post("/api/connection", serde_json::json!({"command": "connect"}))
        .await?;
    player
        .hear(&["Connecting", "OPERATIONAL", "Connected"])
        .await?;
    player
        .wait_until("back", "/api/printer?exclude=temperature", |printer| {
            printer["state"]["flags"]["ready"] == true
        })
        .await
}
