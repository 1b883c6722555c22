//! Which organisations the service is listened to for: those that somebody watches, those whose
//! prints are not over, and those that may have a print that was not heard of.

use super::limits::{PROBE, ROUND};
use super::news::{Audience, Event};
use super::redial;
use crate::http::shown::Moment;
use crate::studio::Studio;
use fluxprint_domain::id::OrganisationId;
use fluxprint_store::StoreError;
use serde_json::json;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Keeps one subscription for each of them until the studio stops.
pub(super) async fn run(studio: &Arc<Studio>) {
    let mut open: HashMap<OrganisationId, CancellationToken> = HashMap::new();
    let tasks = TaskTracker::new();
    loop {
        match wanted(studio).await {
            Ok(wanted) => {
                open.retain(|org, enough| {
                    let stays = wanted.contains(org);
                    if !stays {
                        enough.cancel();
                    }
                    stays
                });
                for org in wanted {
                    open.entry(org).or_insert_with(|| {
                        let enough = studio.stopping.child_token();
                        tasks.spawn(redial::listen(studio.clone(), org, enough.clone()));
                        enough
                    });
                }
            }
            Err(error) => tracing::warn!(%error, "who listens could not be found out"),
        }
        tokio::select! {
            () = studio.stopping.cancelled() => break,
            () = studio.live.wanted() => {}
            () = tokio::time::sleep(ROUND) => {}
        }
    }
    tasks.close();
    tasks.wait().await;
}

async fn wanted(studio: &Studio) -> Result<HashSet<OrganisationId>, StoreError> {
    let heard = studio.live.heard();
    let mut wanted: HashSet<OrganisationId> = heard.into_iter().map(|(org, _)| org).collect();
    wanted.extend(studio.live.doubted(studio.clock.monotonic()));
    for organisation in studio.store.organisations().await? {
        let org = organisation.id;
        if !wanted.contains(&org) && studio.store.prints(org).any_open().await? {
            wanted.insert(org);
        }
    }
    Ok(wanted)
}

/// Tells every page when the service goes and when it is back; while it is away, looks for it.
pub(super) async fn watch(studio: &Studio) {
    let mut reach = studio.gateway.watch();
    loop {
        let seen = *reach.borrow_and_update();
        tokio::select! {
            () = studio.stopping.cancelled() => return,
            changed = reach.changed() => {
                if changed.is_err() {
                    return;
                }
                let now = *reach.borrow_and_update();
                studio.live.tell_all(&Event {
                    at: now.since,
                    name: "service:changed".into(),
                    payload: json!({ "up": now.up, "since": Moment(now.since) }),
                    audience: Audience::Members,
                });
            }
            () = tokio::time::sleep(PROBE), if !seen.up => {
                studio.gateway.probe().await;
            }
        }
    }
}
