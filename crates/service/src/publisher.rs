//! Reads the outbox and tells whoever listens.

use crate::events::Event;
use crate::rest::rest;
use crate::service::Service;
use fluxprint_domain::id::OrganisationId;
use fluxprint_store::StoreError;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// How often the outbox is read when nobody pokes.
const LOOK: Duration = Duration::from_secs(2);
/// Rows read at a time.
const ROWS: u32 = 500;

/// Publishes until the service stops. What was written before it began is history, not news.
pub async fn run(service: Arc<Service>) {
    let mut read_to = HashMap::new();
    loop {
        let began = service.clock.monotonic();
        if let Err(error) = turn(&service, &mut read_to).await {
            tracing::warn!(%error, "the outbox could not be read");
        }
        rest(&service, began).await;
        tokio::select! {
            () = service.stopping.cancelled() => return,
            () = service.events.poked() => {}
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

async fn turn(
    service: &Service,
    read_to: &mut HashMap<OrganisationId, i64>,
) -> Result<(), StoreError> {
    let mut news = false;
    for organisation in service.store.organisations().list().await? {
        let events = service.store.events(organisation.id);
        let Some(seq) = read_to.get_mut(&organisation.id) else {
            read_to.insert(organisation.id, events.latest_seq().await?);
            continue;
        };
        loop {
            let rows = events.since(*seq, ROWS).await?;
            let Some(last) = rows.last() else { break };
            *seq = last.seq;
            news = true;
            for row in rows {
                let payload = serde_json::from_str(&row.payload).unwrap_or_default();
                let event = Event {
                    seq: Some(row.seq),
                    at: row.at,
                    name: row.name,
                    payload,
                };
                service.events.publish(organisation.id, event);
            }
        }
    }
    if news {
        service.hub.wake();
        service.work.notify_one();
    }
    Ok(())
}
