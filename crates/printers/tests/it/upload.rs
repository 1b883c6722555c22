//! What is stored is what was sent, or it is deleted again.

use crate::bench::{file, nowhere, octoprint, path};
use crate::peer::{Asked, Peer, Reply, healthy};
use fluxprint_printers::{Printer, PrinterError};
use serde_json::{Value, json};

const GCODE: &str = "G28\nG1 X10 Y10 F6000\nM104 S0\n";
/// SHA-1 of [`GCODE`], by `sha1sum`.
const SHA1: &str = "68ec404cc01f1e589da19bbfc3ec9eb1df33e8cf";

fn created(path: &str) -> Value {
    json!({"done": true, "effectivePrint": false, "effectiveSelect": false,
        "files": {"local": {"name": "x", "path": path}}})
}

fn stored(size: usize, hash: &str) -> Value {
    json!({"path": path(1).to_string(), "size": size, "hash": hash})
}

/// An OctoPrint that answers an upload with `post` and then tells of the file as `get`.
async fn storing(post: (u16, Value), get: Value) -> Peer {
    let own = path(1).to_string();
    Peer::answering(move |asked: &Asked| match asked.line.as_str() {
        "POST /api/files/local" => Reply::Json(post.0, post.1.clone()),
        line if line == format!("GET /api/files/local/{own}") => Reply::Json(200, get.clone()),
        _ => healthy(asked),
    })
    .await
}

async fn uploaded(peer: &Peer) -> Result<fluxprint_printers::StoredFile, PrinterError> {
    let local = file(GCODE);
    octoprint(&peer.address, "k")
        .upload(&path(1), local.path(), GCODE.len() as u64, "tag-7")
        .await
}

#[tokio::test]
async fn a_file_is_stored_under_its_own_path_without_printing_it() {
    let peer = storing(
        (201, created(&path(1).to_string())),
        stored(GCODE.len(), SHA1),
    )
    .await;
    let kept = uploaded(&peer).await.unwrap();
    assert_eq!((kept.path, kept.size_bytes), (path(1), GCODE.len() as u64));
    assert_eq!(kept.sha1.as_deref(), Some(SHA1));

    let own = path(1);
    let wanted = [
        "GET /api/files".to_owned(),
        "POST /api/files/local".to_owned(),
        format!("GET /api/files/local/{own}"),
    ];
    assert_eq!(peer.lines(), wanted, "and nothing is deleted");
    let form = peer.asked()[1].text();
    for field in [
        "name=\"path\"\r\n\r\nfluxprint\r\n",
        "name=\"print\"\r\n\r\nfalse\r\n",
        "name=\"select\"\r\n\r\nfalse\r\n",
        "name=\"userdata\"\r\n\r\n{\"fluxprint\":\"tag-7\"}\r\n",
        &format!("filename=\"{}\"", own.file_name()),
        &format!("\r\n\r\n{GCODE}\r\n"),
    ] {
        assert!(form.contains(field), "{field} is missing in {form}");
    }
}

#[tokio::test]
async fn whatever_differs_from_what_was_sent_is_deleted() {
    let own = path(1).to_string();
    let good = stored(GCODE.len(), SHA1);
    let mut prints = created(&own);
    prints["effectivePrint"] = json!(true);
    let mut selects = created(&own);
    selects["effectiveSelect"] = json!(true);
    for (what, post, get) in [
        ("size", created(&own), stored(GCODE.len() - 1, SHA1)),
        (
            "content",
            created(&own),
            stored(GCODE.len(), &SHA1.replace('a', "b")),
        ),
        (
            "no hash",
            created(&own),
            json!({"path": own, "size": GCODE.len()}),
        ),
        ("name", created("fluxprint/other.gcode"), good.clone()),
        ("printing", prints, good.clone()),
        ("selecting", selects, good),
    ] {
        let peer = storing((201, post), get).await;
        let error = uploaded(&peer).await.unwrap_err();
        assert_eq!(error.code(), "UPLOAD_DAMAGED", "{what}");
        let lines = peer.lines();
        let deleted: Vec<_> = lines.iter().filter(|l| l.starts_with("DELETE")).collect();
        assert_eq!(
            deleted,
            [&format!("DELETE /api/files/local/{own}")],
            "{what}"
        );
    }
}

#[tokio::test]
async fn what_a_full_disk_leaves_behind_is_deleted() {
    let full = json!({"error": "[Errno 28] No space left on device"});
    let peer = storing((500, full), stored(5, SHA1)).await;
    assert_eq!(
        uploaded(&peer).await,
        Err(PrinterError::Failed { status: 500 })
    );
    assert!(
        peer.lines()
            .contains(&format!("DELETE /api/files/local/{}", path(1)))
    );
}

#[tokio::test]
async fn a_disk_without_room_for_two_copies_gets_nothing_sent() {
    let free = GCODE.len() as u64 * 2 - 1;
    let peer = Peer::answering(move |asked| match asked.line.as_str() {
        "GET /api/files" => Reply::Json(200, json!({"files": [], "free": free})),
        _ => healthy(asked),
    })
    .await;
    let needed_bytes = free + 1;
    assert_eq!(
        uploaded(&peer).await,
        Err(PrinterError::NoSpace {
            free_bytes: free,
            needed_bytes
        })
    );
    assert_eq!(peer.lines(), ["GET /api/files"]);
}

#[tokio::test]
async fn a_local_file_of_another_length_is_not_sent() {
    let peer = Peer::answering(healthy).await;
    let local = file(GCODE);
    let printer = octoprint(&peer.address, "k");
    let wrong = GCODE.len() as u64 + 1;
    for done in [
        printer.upload(&path(1), local.path(), wrong, "t").await,
        printer
            .upload(&path(1), "/nowhere/at/all".as_ref(), 5, "t")
            .await,
    ] {
        assert_eq!(done, Err(PrinterError::LocalFile));
    }
    assert_eq!(peer.lines().len(), 0);
}

#[tokio::test]
async fn an_upload_to_nobody_is_unreachable() {
    let local = file(GCODE);
    let done = octoprint(&nowhere().await, "k")
        .upload(&path(1), local.path(), GCODE.len() as u64, "t")
        .await;
    assert_eq!(done, Err(PrinterError::Unreachable));
}

#[tokio::test]
async fn a_file_that_is_not_there_is_none_and_deleting_it_is_fine() {
    let peer = Peer::answering(|_| Reply::Json(404, json!({"error": "x"}))).await;
    let printer = octoprint(&peer.address, "k");
    assert_eq!(printer.stored(&path(1)).await, Ok(None));
    assert_eq!(printer.delete(&path(1)).await, Ok(()));
}
