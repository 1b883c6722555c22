//! Reads the studio's outbox and tells whoever listens, as the service does with its own: so that
//! every process of the studio hears what any of them has written.

use super::limits::{LOOK, ROWS};
use super::news::{Audience, Event, News};
use crate::http::shown::Moment;
use crate::print::Badge;
use crate::studio::Studio;
use fluxprint_domain::job::State;
use fluxprint_store::studio::flag::FLAG_CHANGED;
use fluxprint_store::studio::print::{FILE_BADGE, Print};
use fluxprint_store::{Event as Row, StoreError};
use serde::Deserialize;
use serde_json::{Value, json};

/// A file came, or went.
const FILES: [&str; 2] = ["file:uploaded", "file:deleted"];

/// Publishes until the studio stops.
pub(super) async fn run(studio: &Studio) {
    loop {
        if let Err(error) = turn(studio).await {
            tracing::warn!(%error, "the outbox could not be read");
        }
        tokio::select! {
            () = studio.stopping.cancelled() => return,
            () = studio.live.poked() => {}
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

async fn turn(studio: &Studio) -> Result<(), StoreError> {
    for (org, mut told_to) in studio.live.heard() {
        loop {
            let rows = studio.store.events_since(org, told_to, ROWS).await?;
            let Some(last) = rows.last() else { break };
            told_to = last.seq;
            for news in rows.into_iter().filter_map(news) {
                studio.live.tell(org, news);
            }
            studio.live.told(org, told_to);
        }
    }
    Ok(())
}

/// What a row of the outbox means to open pages.
fn news(row: Row) -> Option<News> {
    let payload: Value = serde_json::from_str(&row.payload).ok()?;
    let (payload, audience) = match row.name.as_str() {
        FLAG_CHANGED => (switched(&payload, &row), Audience::Members),
        FILE_BADGE => badge(payload, &row)?,
        name if FILES.contains(&name) => {
            let project = payload.get("project")?.as_str()?.parse().ok()?;
            (payload, Audience::Project(project))
        }
        _ => return None,
    };
    Some(News::Event(Event {
        at: row.at,
        name: row.name.into(),
        payload,
        audience,
    }))
}

fn switched(payload: &Value, row: &Row) -> Value {
    json!({ "on": payload.get("on"), "since": Moment(row.at), "by": payload.get("by") })
}

/// A print as its row in the outbox tells of it.
#[derive(Deserialize)]
struct Told {
    project: fluxprint_domain::id::ProjectId,
    file: fluxprint_domain::id::FileId,
    job: fluxprint_domain::id::JobId,
    state: State,
    progress_pct: Option<f64>,
    place: Option<u32>,
}

fn badge(payload: Value, row: &Row) -> Option<(Value, Audience)> {
    let told: Told = serde_json::from_value(payload).ok()?;
    let print = Print {
        job: told.job,
        project: told.project,
        file: told.file,
        state: told.state,
        progress_pct: told.progress_pct,
        place: told.place,
        made_at: row.at,
        heard_at: row.at,
        seq: row.seq,
    };
    let shown = json!({
        "project": told.project,
        "file": told.file,
        "badge": Badge::of(Some(&print)),
    });
    Some((shown, Audience::Project(told.project)))
}
