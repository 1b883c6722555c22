//! `status`: what the journal knows, for people and scripts.

use fluxprint_bridge::BridgeError;
use fluxprint_bridge::journal::Journal;
use fluxprint_domain::Clock;
use std::path::Path;
use std::sync::Arc;

/// Prints every try in the journal.
pub async fn show(folder: &Path, clock: Arc<dyn Clock>, json: bool) -> Result<(), BridgeError> {
    let file = folder.join("journal.db");
    let rows = if file.exists() {
        let journal = Journal::open(&file, clock).await?;
        let rows = journal.all_rows().await?;
        journal.close().await;
        rows
    } else {
        Vec::new()
    };
    if json {
        println!("{}", serde_json::json!({ "attempts": rows }));
        return Ok(());
    }
    if rows.is_empty() {
        println!("No prints are known here.");
    }
    for row in rows {
        let settled = if row.settled { ", settled" } else { "" };
        println!(
            "{}  {}  {}{settled}",
            row.printer,
            row.attempt,
            row.phase_word()
        );
        if let Some(because) = row.because {
            println!("    {} {}", because.sentence, because.remedy);
        }
    }
    Ok(())
}
