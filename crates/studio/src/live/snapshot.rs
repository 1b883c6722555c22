//! Everything that an open page shows live, as it is now.

use super::picture::Picture;
use super::redact::{redacted, sees};
use crate::http::shown::Moment;
use crate::print::Badge;
use crate::studio::Studio;
use fluxprint_store::StoreError;
use fluxprint_tokens::Grant;
use serde_json::{Map, Value, json};

/// The message for whoever has this `grant`, still without its number.
pub(super) async fn snapshot(
    studio: &Studio,
    grant: &Grant,
    picture: Option<&Picture>,
) -> Result<Value, StoreError> {
    let (store, org) = (&studio.store, grant.org);
    let printing = store.flag(org).get().await?;
    let newest = store.prints(org).newest().await?;
    let badges: Map<String, Value> = newest
        .iter()
        .filter(|print| sees(grant, print.project))
        .map(|print| (print.file.to_string(), json!(Badge::of(Some(print)))))
        .collect();
    let service = studio.gateway.reach();
    let old = picture.filter(|_| !service.up);
    Ok(json!({
        "type": "snapshot",
        "at": Moment(studio.clock.now()),
        "printing": { "on": printing.on, "since": Moment(printing.since), "by": printing.by },
        "service": { "up": service.up, "since": Moment(service.since) },
        "printers": picture.map(|picture| redacted(&picture.printers, grant)),
        "queue": picture.map(|picture| redacted(&picture.queue, grant)),
        "seen_at": old.map(|picture| Moment(picture.at)),
        "badges": badges,
    }))
}
