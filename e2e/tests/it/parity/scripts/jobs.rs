//! Prints and what can be asked of them.

use anyhow::Result;
use serde_json::{Value, json};

use super::super::player::Player;
use super::{begin, cancel, dwelling};

/// What OctoPrint says once a print came to its end.
const AT_THE_END: [&str; 4] = [
    "FINISHING",
    "PrintDone",
    "OPERATIONAL",
    "MetadataStatisticsUpdated",
];

pub async fn print_to_the_end(player: &mut Player) -> Result<()> {
    player
        .upload(
            "end.gcode",
            &dwelling(12),
            &[("userdata", "{\"job\":\"j-2\"}")],
        )
        .await?;
    player
        .post(
            "/api/files/local/end.gcode",
            json!({"command": "select", "print": true}),
        )
        .await?;
    player
        .hear(&["FileSelected", "STARTING", "PrintStarted", "PRINTING"])
        .await?;
    player
        .wait_until("under way", "/api/job", |job| {
            job["progress"]["filepos"].as_u64() > Some(40)
        })
        .await?;
    player.get("/api/printer?exclude=temperature").await?;
    player.get("/api/connection").await?;
    player.hear(&AT_THE_END).await?;
    player.get("/api/job").await?;
    player.get("/api/printer?exclude=temperature").await?;
    player.get("/api/files/local/end.gcode").await?;
    Ok(())
}

pub async fn select_then_start(player: &mut Player) -> Result<()> {
    player.upload("start.gcode", &dwelling(5), &[]).await?;
    player
        .post("/api/files/local/start.gcode", json!({"command": "select"}))
        .await?;
    player.hear(&["FileSelected"]).await?;
    player.get("/api/job").await?;
    for _ in 0..2 {
        player.post("/api/job", json!({"command": "start"})).await?;
        player.hear(&AT_THE_END).await?;
    }
    player.get("/api/files/local/start.gcode").await?;
    player.upload("start.gcode", &dwelling(6), &[]).await?;
    player.hear(&["FileSelected"]).await?;
    player.get("/api/job").await?;
    player.get("/api/files/local/start.gcode").await?;
    Ok(())
}

pub async fn upload_and_print(player: &mut Player) -> Result<()> {
    player
        .upload(
            "direct.gcode",
            &dwelling(5),
            &[("print", "true"), ("select", "true")],
        )
        .await?;
    player.hear(&["PrintStarted"]).await?;
    player.hear(&AT_THE_END).await?;
    player.get("/api/job").await?;
    Ok(())
}

pub async fn pause_and_resume(player: &mut Player) -> Result<()> {
    begin(player, "pause.gcode").await?;
    let pause = |action: &str| json!({"command": "pause", "action": action});
    player.post("/api/job", pause("pause")).await?;
    player.hear(&["PAUSING", "PrintPaused", "PAUSED"]).await?;
    player.get("/api/job").await?;
    player.get("/api/printer?exclude=temperature").await?;
    player.post("/api/job", pause("pause")).await?;
    player.post("/api/job", pause("sideways")).await?;
    player.post("/api/job", pause("resume")).await?;
    player
        .hear(&["RESUMING", "PrintResumed", "PRINTING"])
        .await?;
    player.get("/api/job").await?;
    player.post("/api/job", json!({"command": "pause"})).await?;
    player.hear(&["PAUSED"]).await?;
    cancel(player).await
}

pub async fn restart_when_paused(player: &mut Player) -> Result<()> {
    begin(player, "restart.gcode").await?;
    player
        .post("/api/job", json!({"command": "restart"}))
        .await?;
    player
        .post("/api/job", json!({"command": "pause", "action": "pause"}))
        .await?;
    player.hear(&["PAUSED"]).await?;
    player
        .post("/api/job", json!({"command": "restart"}))
        .await?;
    player
        .hear(&["STARTING", "PrintStarted", "PRINTING"])
        .await?;
    cancel(player).await?;
    player.get("/api/files/local/restart.gcode").await?;
    Ok(())
}

pub async fn start_while_printing(player: &mut Player) -> Result<()> {
    player.upload("other.gcode", &dwelling(3), &[]).await?;
    begin(player, "busy.gcode").await?;
    player.post("/api/job", json!({"command": "start"})).await?;
    player
        .post(
            "/api/files/local/other.gcode",
            json!({"command": "select", "print": true}),
        )
        .await?;
    player.upload("busy.gcode", &dwelling(3), &[]).await?;
    player
        .upload(
            "late.gcode",
            &dwelling(3),
            &[("print", "true"), ("select", "true")],
        )
        .await?;
    player
        .post(
            "/api/printer/printhead",
            json!({"command": "home", "axes": ["x"]}),
        )
        .await?;
    player
        .post("/api/connection", json!({"command": "connect"}))
        .await?;
    let printing = |job: &Value| job["state"] != "Operational";
    player
        .wait_until("still printing", "/api/job", printing)
        .await?;
    cancel(player).await
}

/// Nothing is refused: an empty file, comments alone, CR LF, words that are no G-code.
pub async fn odd_files(player: &mut Player) -> Result<()> {
    for (name, gcode) in [
        ("empty.gcode", ""),
        ("comments.gcode", "; nothing\n; at all"),
        ("windows.gcode", "G28\r\nG4 P100\r\n"),
        ("prose.gcode", "once upon a time\nG4 P100\n"),
    ] {
        player.upload(name, gcode, &[]).await?;
        player
            .post(
                &format!("/api/files/local/{name}"),
                json!({"command": "select", "print": true}),
            )
            .await?;
        player.hear(&AT_THE_END).await?;
        player.get("/api/job").await?;
    }
    Ok(())
}

/// `M0` is not sent: OctoPrint itself pauses.
pub async fn pause_in_the_file(player: &mut Player) -> Result<()> {
    let gcode = format!("{}M0\n{}", dwelling(3), dwelling(3));
    player.upload("halt.gcode", &gcode, &[]).await?;
    player
        .post(
            "/api/files/local/halt.gcode",
            json!({"command": "select", "print": true}),
        )
        .await?;
    player.hear(&["PAUSED"]).await?;
    player.get("/api/job").await?;
    player
        .post("/api/job", json!({"command": "pause", "action": "resume"}))
        .await?;
    player.hear(&AT_THE_END).await?;
    player.get("/api/files/local/halt.gcode").await?;
    Ok(())
}
