//! Prints that end before their time.

use anyhow::Result;
use serde_json::json;

use super::super::player::Player;
use super::{begin, cancel, dwelling, reconnect};

pub async fn cancel_while_printing(player: &mut Player) -> Result<()> {
    begin(player, "cancel.gcode").await?;
    cancel(player).await?;
    player.get("/api/job").await?;
    player.get("/api/printer?exclude=temperature").await?;
    player.get("/api/files/local/cancel.gcode").await?;
    player
        .post("/api/job", json!({"command": "cancel"}))
        .await?;
    Ok(())
}

pub async fn delete_while_printing(player: &mut Player) -> Result<()> {
    begin(player, "delete.gcode").await?;
    player.delete("/api/files/local/delete.gcode").await?;
    cancel(player).await?;
    player.delete("/api/files/local/delete.gcode").await?;
    player.hear(&["FileDeselected"]).await?;
    player.get("/api/job").await?;
    player.get("/api/files/local/delete.gcode").await?;
    Ok(())
}

pub async fn disconnect_and_reconnect(player: &mut Player) -> Result<()> {
    begin(player, "unplug.gcode").await?;
    player
        .post("/api/connection", json!({"command": "disconnect"}))
        .await?;
    player
        .hear(&[
            "Disconnected",
            "OFFLINE",
            "PrintFailed",
            "MetadataStatisticsUpdated",
        ])
        .await?;
    player
        .wait_until("offline", "/api/job", |job| job["state"] == "Offline")
        .await?;
    for path in [
        "/api/connection",
        "/api/printer",
        "/api/printer/tool",
        "/api/printer/error",
    ] {
        player.get(path).await?;
    }
    player.post("/api/job", json!({"command": "start"})).await?;
    player
        .post("/api/printer/command", json!({"command": "M115"}))
        .await?;
    player
        .post(
            "/api/files/local/unplug.gcode",
            json!({"command": "select", "print": true}),
        )
        .await?;
    player
        .upload("closed.gcode", &dwelling(3), &[("print", "true")])
        .await?;
    reconnect(player).await?;
    player.get("/api/job").await?;
    player.get("/api/connection").await?;
    player.get("/api/files/local/unplug.gcode").await?;
    Ok(())
}

/// A restart loses a print without a record: nothing selected, counters as before.
pub async fn server_killed(player: &mut Player) -> Result<()> {
    player
        .upload(
            "survivor.gcode",
            &dwelling(3),
            &[("userdata", "{\"job\":\"j-9\"}")],
        )
        .await?;
    begin(player, "killed.gcode").await?;
    player.kill_and_restart().await?;
    player.get("/api/job").await?;
    player.get("/api/files/local/killed.gcode").await?;
    player.get("/api/files/local/survivor.gcode").await?;
    Ok(())
}
