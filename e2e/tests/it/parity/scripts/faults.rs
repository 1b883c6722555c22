//! Printers that break in the middle of a print.

use anyhow::Result;
use serde_json::json;

use super::super::player::Player;
use super::{begin, cancel, reconnect};

/// What is always said when a print ends with the connection.
const LOST: [&str; 4] = [
    "Disconnected",
    "OFFLINE",
    "PrintFailed",
    "MetadataStatisticsUpdated",
];

pub async fn emergency_stop(player: &mut Player) -> Result<()> {
    break_with(player, "estop.gcode", "M112", &["EStop"]).await
}

pub async fn thermal_runaway(player: &mut Player) -> Result<()> {
    break_with(
        player,
        "runaway.gcode",
        "!!DEBUG:trigger_fatal_error_marlin",
        &["Error", "EStop"],
    )
    .await
}

pub async fn port_lost(player: &mut Player) -> Result<()> {
    break_with(player, "lost.gcode", "!!DEBUG:drop_connection", &[]).await
}

pub async fn too_cold_to_go_on(player: &mut Player) -> Result<()> {
    break_with(player, "cold.gcode", "!!DEBUG:mintemp_error", &FATAL).await
}

pub async fn sensor_error(player: &mut Player) -> Result<()> {
    let line = "!!DEBUG:trigger_fatal_error_repetier";
    break_with(player, "sensor.gcode", line, &FATAL).await
}

pub async fn klipper_lost(player: &mut Player) -> Result<()> {
    let line = "!!DEBUG:toggle_klipper_connection";
    break_with(player, "klipper.gcode", line, &FATAL).await
}

pub async fn resend_loop(player: &mut Player) -> Result<()> {
    break_with(
        player,
        "resends.gcode",
        "!!DEBUG:rerequest_last",
        &["Error"],
    )
    .await
}

/// The printer says goodbye: offline, and no error.
pub async fn hung_up_by_the_printer(player: &mut Player) -> Result<()> {
    begin(player, "goodbye.gcode").await?;
    player
        .post(
            "/api/printer/command",
            json!({"command": "!!DEBUG:action_disconnect"}),
        )
        .await?;
    player.hear(&LOST).await?;
    player
        .wait_until("offline", "/api/job", |job| job["state"] == "Offline")
        .await?;
    player.get("/api/printer").await?;
    player.get("/api/connection").await?;
    player.get("/api/files/local/goodbye.gcode").await?;
    reconnect(player).await
}

/// What is said besides when the firmware gives up.
const FATAL: [&str; 2] = ["Error", "EStop"];

async fn break_with(player: &mut Player, name: &str, line: &str, besides: &[&str]) -> Result<()> {
    begin(player, name).await?;
    player
        .post("/api/printer/command", json!({"command": line}))
        .await?;
    let wanted: Vec<&str> = LOST.iter().chain(besides).copied().collect();
    player.hear(&wanted).await?;
    player
        .wait_until("offline", "/api/job", |job| {
            job["state"] == "Offline after error"
        })
        .await?;
    player.get("/api/printer").await?;
    player.get("/api/connection").await?;
    player.get(&format!("/api/files/local/{name}")).await?;
    reconnect(player).await?;
    player.get("/api/printer/error").await?;
    Ok(())
}

pub async fn paused_by_the_printer(player: &mut Player) -> Result<()> {
    begin(player, "runout.gcode").await?;
    player
        .post(
            "/api/printer/command",
            json!({"command": "!!DEBUG:action_pause"}),
        )
        .await?;
    player.hear(&["PAUSED"]).await?;
    player.get("/api/job").await?;
    player
        .post(
            "/api/printer/command",
            json!({"command": "!!DEBUG:action_resume"}),
        )
        .await?;
    player.hear(&["PRINTING"]).await?;
    cancel(player).await
}

pub async fn cancelled_by_the_printer(player: &mut Player) -> Result<()> {
    end_with(player, "given-up.gcode", "!!DEBUG:action_custom cancel").await
}

/// Looks like somebody's cancel.
pub async fn printer_reset(player: &mut Player) -> Result<()> {
    end_with(player, "reset.gcode", "!!DEBUG:reset").await
}

async fn end_with(player: &mut Player, name: &str, line: &str) -> Result<()> {
    begin(player, name).await?;
    player
        .post("/api/printer/command", json!({"command": line}))
        .await?;
    player
        .hear(&[
            "PrintCancelling",
            "PrintFailed",
            "OPERATIONAL",
            "MetadataStatisticsUpdated",
        ])
        .await?;
    player.get("/api/job").await?;
    player.get(&format!("/api/files/local/{name}")).await?;
    Ok(())
}
