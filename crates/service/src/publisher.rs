//! Reads the outbox and tells whoever listens.

use crate::events::Event;
use crate::http::printers;
use crate::rest::rest;
use crate::service::Service;
use crate::telling;
use fluxprint_domain::id::OrganisationId;
use fluxprint_store::StoreError;
use fluxprint_store::service::event::{Event as Row, PRINTER_BED, PRINTER_STATUS};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

/// How often the outbox is read when nobody pokes.
const LOOK: Duration = Duration::from_secs(2);
/// Rows read at a time.
const ROWS: u32 = 500;

/// The number of the newest row that was read, of each organisation.
type ReadTo = HashMap<OrganisationId, i64>;

/// Publishes until the service stops. What was written before it began is history, not news.
pub async fn run(service: Arc<Service>) {
    let mut read_to = None;
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

async fn turn(service: &Service, read_to: &mut Option<ReadTo>) -> Result<(), StoreError> {
    let read_to = match read_to {
        Some(read_to) => read_to,
        None => read_to.insert(history(service).await?),
    };
    let mut news = false;
    for organisation in service.store.organisations().list().await? {
        let events = service.store.events(organisation.id);
        // One that was not there when we began has no history: all of it is news.
        let seq = read_to.entry(organisation.id).or_default();
        loop {
            let rows = events.since(*seq, ROWS).await?;
            let Some(last) = rows.last() else { break };
            *seq = last.seq;
            news = true;
            if service.events.heard(organisation.id) {
                tell(service, organisation.id, rows).await?;
            }
        }
    }
    if news {
        service.hub.wake();
        service.work.notify_one();
    }
    Ok(())
}

/// Where the outboxes stand when we begin.
async fn history(service: &Service) -> Result<ReadTo, StoreError> {
    let mut read_to = ReadTo::new();
    for organisation in service.store.organisations().list().await? {
        let seq = service.store.events(organisation.id).latest_seq().await?;
        read_to.insert(organisation.id, seq);
    }
    Ok(read_to)
}

/// Hands rows to those who listen. A row about a printer, or about a job that it was given, only says
/// which one: the listeners get the whole printer as it is now.
async fn tell(
    service: &Service,
    organisation: OrganisationId,
    rows: Vec<Row>,
) -> Result<(), StoreError> {
    let mut touched = BTreeMap::new();
    for row in rows {
        let payload: Value = serde_json::from_str(&row.payload).unwrap_or_default();
        let printer = match row.name.as_str() {
            PRINTER_STATUS | PRINTER_BED => payload.get("printer_id"),
            _ => payload.pointer("/copy/printer"),
        };
        let printer = printer
            .and_then(Value::as_str)
            .and_then(|id| id.parse().ok());
        if let Some(printer) = printer {
            touched.insert(printer, (row.seq, row.at));
        }
        if row.name != PRINTER_STATUS && row.name != PRINTER_BED {
            let event = Event {
                seq: Some(row.seq),
                at: row.at,
                name: row.name,
                payload,
            };
            service.events.publish(organisation, event);
        }
    }
    for (id, (seq, at)) in touched {
        let printer = match printers::now(service, organisation, id).await {
            Ok(printer) => printer,
            Err(StoreError::NotFound) => continue,
            Err(error) => return Err(error),
        };
        let event = Event {
            seq: Some(seq),
            at,
            name: PRINTER_STATUS.to_owned(),
            payload: serde_json::to_value(printer).unwrap_or_default(),
        };
        service.events.publish(organisation, event);
        telling::waits_changed(service, organisation, at);
    }
    Ok(())
}
