//! Tells the print service what it is to know: the bytes of models, and whether an organisation's
//! printing is held back. What is to be told was written down in the transaction that made it true;
//! here it is delivered, as often as it takes.
//!
//! Two processes may deliver the same errand at the same time: each is the same when it comes twice,
//! and an errand that was replaced meanwhile is not marked as done.

mod bell;
mod deliver;
mod now;
mod pace;

pub use bell::Bell;
pub(crate) use now::{again, ready};

use crate::limits::DELIVERIES_AT_ONCE;
use crate::studio::Studio;
use fluxprint_domain::id::OrganisationId;
use fluxprint_store::StoreError;
use fluxprint_store::studio::errand::{Errand, Lane};
use futures_util::StreamExt;
use std::sync::Arc;
use std::time::Duration;

/// How often is looked when nobody rings.
const LOOK: Duration = Duration::from_secs(2);

/// Delivers until the studio stops.
pub async fn run(studio: Arc<Studio>) {
    // A hold does not wait behind a large model.
    tokio::join!(lane(&studio, Lane::Holds), lane(&studio, Lane::Models));
}

async fn lane(studio: &Studio, lane: Lane) {
    loop {
        let rang = studio.handover.rang();
        if let Err(error) = turn(studio, lane).await {
            tracing::warn!(%error, "the print service could not be told everything");
        }
        tokio::select! {
            () = studio.stopping.cancelled() => return,
            () = rang => {}
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

/// Delivers what is due in a lane, of every organisation.
///
/// # Errors
/// Those of the database; what was delivered stays delivered.
pub async fn turn(studio: &Studio, lane: Lane) -> Result<(), StoreError> {
    let mut due: Vec<(OrganisationId, Errand)> = Vec::new();
    for organisation in studio.store.organisations().await? {
        let errands = studio.store.errands(organisation.id);
        let of_it = errands.due(lane, studio.clock.now()).await?;
        due.extend(of_it.into_iter().map(|errand| (organisation.id, errand)));
    }
    let at_once = match lane {
        // One after the other: the newest word about an organisation has to come last.
        Lane::Holds => 1,
        Lane::Models => DELIVERIES_AT_ONCE,
    };
    let delivered = futures_util::stream::iter(due)
        .map(|(org, errand)| one(studio, org, errand))
        .buffer_unordered(at_once);
    let all: Vec<Result<(), StoreError>> = delivered.collect().await;
    all.into_iter().collect()
}

async fn one(studio: &Studio, org: OrganisationId, errand: Errand) -> Result<(), StoreError> {
    // How it went is noted with the errand.
    deliver::deliver(studio, org, &errand).await.map(drop)
}
