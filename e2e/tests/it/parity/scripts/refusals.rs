//! Questions, and calls that an idle OctoPrint refuses.

use anyhow::Result;
use reqwest::Method;
use serde_json::{Value, json};

use super::super::player::Player;

pub async fn about(player: &mut Player) -> Result<()> {
    player
        .wait_until("measured", "/api/printer", |printer| {
            printer["temperature"]["bed"]["actual"].is_number()
        })
        .await?;
    for path in [
        "/api/version",
        "/api/server",
        "/api/connection",
        "/api/printerprofiles",
        "/api/printer",
        "/api/printer/error",
        "/api/job",
    ] {
        player.get(path).await?;
    }
    for path in [
        "/api/printer/tool",
        "/api/printer/bed",
        "/api/printer/sd",
        "/api/printer/chamber",
    ] {
        player.get(path).await?;
    }
    player.get("/api/printer?exclude=sd,temperature").await?;
    Ok(())
}

pub async fn nothing_there(player: &mut Player) -> Result<()> {
    player.get("/api/files/local/nope.gcode").await?;
    player.delete("/api/files/local/nope.gcode").await?;
    player
        .post(
            "/api/files/local/nope.gcode",
            json!({"command": "select", "print": true}),
        )
        .await?;
    player.get("/api/nope").await?;
    player.get("/api/files/local/no/such/part.gcode").await?;
    player.delete("/api/files/local/no/such/part.gcode").await?;
    player
        .post(
            "/api/files/local/no/such/part.gcode",
            json!({"command": "select"}),
        )
        .await?;
    player.get("/api/login?passive=true").await?;
    Ok(())
}

pub async fn wrong_key(player: &mut Player) -> Result<()> {
    for path in [
        "/api/version",
        "/api/job",
        "/api/printer",
        "/api/settings",
        "/api/files",
    ] {
        player.with_key(Method::GET, path, "NOT-THE-KEY").await?;
    }
    player
        .with_key(Method::POST, "/api/job", "NOT-THE-KEY")
        .await?;
    player
        .with_key(Method::POST, "/api/files/local/nope.gcode", "NOT-THE-KEY")
        .await?;
    player
        .with_key(Method::DELETE, "/api/files/local/nope.gcode", "NOT-THE-KEY")
        .await?;
    Ok(())
}

pub async fn idle_printer(player: &mut Player) -> Result<()> {
    for body in [
        json!({"command": "cancel"}),
        json!({"command": "pause", "action": "pause"}),
        json!({"command": "pause", "action": "resume"}),
        json!({"command": "restart"}),
        json!({"command": "frobnicate"}),
        json!({"command": "start"}),
    ] {
        player.post("/api/job", body).await?;
    }
    player
        .post(
            "/api/connection",
            json!({"command": "connect", "port": "NOPE"}),
        )
        .await?;
    player
        .post(
            "/api/connection",
            json!({"command": "connect", "printerProfile": "nope"}),
        )
        .await?;
    player
        .post("/api/connection", json!({"command": "connect"}))
        .await?;
    player
        .post("/api/printer/command", json!({"foo": 1}))
        .await?;
    player
        .post(
            "/api/printer/command",
            json!({"commands": ["M117 hello", "M114"]}),
        )
        .await?;
    player
        .post(
            "/api/printer/printhead",
            json!({"command": "home", "axes": ["x", "y", "z"]}),
        )
        .await?;
    player
        .post(
            "/api/printer/printhead",
            json!({"command": "home", "axes": ["q"]}),
        )
        .await?;
    player
        .post(
            "/api/printer/printhead",
            json!({"command": "jog", "x": 5, "z": 0.1}),
        )
        .await?;
    player.get("/api/job").await?;
    Ok(())
}

pub async fn temperature_targets(player: &mut Player) -> Result<()> {
    let tool = |target: Value| json!({"command": "target", "targets": {"tool0": target}});
    player.post("/api/printer/tool", tool(json!(60))).await?;
    player
        .post(
            "/api/printer/bed",
            json!({"command": "target", "target": 40}),
        )
        .await?;
    let both = |nozzle: f64, bed: f64| {
        move |printer: &Value| {
            let target = |heater: &str| printer["temperature"][heater]["target"].as_f64();
            (target("tool0"), target("bed")) == (Some(nozzle), Some(bed))
        }
    };
    player
        .wait_until("warm targets", "/api/printer", both(60.0, 40.0))
        .await?;
    player.post("/api/printer/tool", tool(json!("hot"))).await?;
    player
        .post(
            "/api/printer/tool",
            json!({"command": "target", "targets": {"nozzle": 5}}),
        )
        .await?;
    player
        .post(
            "/api/printer/tool",
            json!({"command": "target", "targets": {"tool9": 100}}),
        )
        .await?;
    player
        .post(
            "/api/printer/bed",
            json!({"command": "target", "target": "hot"}),
        )
        .await?;
    player.post("/api/printer/tool", tool(json!(0))).await?;
    player
        .post(
            "/api/printer/bed",
            json!({"command": "target", "target": 0}),
        )
        .await?;
    player
        .wait_until("cold targets", "/api/printer", both(0.0, 0.0))
        .await
}

/// A session that is unknown opens nothing: the socket asks for another one and stays.
pub async fn stale_session(player: &mut Player) -> Result<()> {
    let asked = player.authenticate_with(&"0".repeat(64)).await?;
    player.note("a stale session", asked);
    Ok(())
}
