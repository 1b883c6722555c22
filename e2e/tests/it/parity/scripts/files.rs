//! Uploads.

use anyhow::Result;
use serde_json::json;

use super::super::player::Player;
use super::dwelling;

pub async fn upload(player: &mut Player) -> Result<()> {
    let gcode = dwelling(3);
    let fields = [
        ("path", "fluxprint"),
        ("userdata", r#"{"job":"j-1","copy":1}"#),
    ];
    player.upload("one.gcode", &gcode, &fields).await?;
    player.get("/api/files/local/fluxprint/one.gcode").await?;
    player.get("/api/files?recursive=true").await?;
    player.get("/api/files").await?;
    player.get("/api/job").await?;
    let bytes = player.download("fluxprint/one.gcode").await?;
    player.note("the stored bytes are the sent ones", json!(bytes == gcode));
    player.upload("Würfel größe 3.gcode", &gcode, &[]).await?;
    player
        .get("/api/files/local/W%C3%BCrfel%20gr%C3%B6%C3%9Fe%203.gcode")
        .await?;
    player
        .delete("/api/files/local/fluxprint/one.gcode")
        .await?;
    player.get("/api/files/local/fluxprint/one.gcode").await?;
    player
        .upload("two.gcode", &gcode, &[("path", "folder/below")])
        .await?;
    player.delete("/api/files/local/folder").await?;
    player
        .get("/api/files/local/folder/below/two.gcode")
        .await?;
    player.get("/api/files").await?;
    Ok(())
}

pub async fn upload_twice(player: &mut Player) -> Result<()> {
    player.upload("twice.gcode", &dwelling(3), &[]).await?;
    player
        .upload(
            "twice.gcode",
            &dwelling(4),
            &[("userdata", "{\"second\":true}")],
        )
        .await?;
    player.get("/api/files/local/twice.gcode").await?;
    player
        .upload("twice.gcode", &dwelling(5), &[("noOverwrite", "true")])
        .await?;
    player.get("/api/files/local/twice.gcode").await?;
    Ok(())
}

pub async fn bad_uploads(player: &mut Player) -> Result<()> {
    for name in ["readme.txt", "part.stl", "noending", "part.bgcode"] {
        player.upload(name, "G28\n", &[]).await?;
    }
    player
        .upload("bad.gcode", "G28\n", &[("userdata", "{not json")])
        .await?;
    player.upload("../../up.gcode", "G28\n", &[]).await?;
    for name in ["UPPER.GCODE", "short.g", "a*b:c.gcode"] {
        player.upload(name, "G28\n", &[]).await?;
    }
    Ok(())
}
