//! Alerts: what somebody should know at once. Whatever can be looked up is looked up now and then and
//! stands for as long as it is true; a bridge's alarms stand as it reports them; the rest is raised
//! where it happens and is over when somebody has seen it.

use crate::limits::ALERTS_LOOK;
use crate::service::Service;
use fluxprint_domain::Timestamp;
use fluxprint_domain::alert::{Alarm, AlertKind};
use fluxprint_domain::id::{AlertId, OrganisationId, PrinterId};
use fluxprint_domain::job::State;
use fluxprint_domain::limits::OFFLINE_HOLD_S;
use fluxprint_domain::printer::PrinterState;
use fluxprint_store::service::alert::{Alert, Cause};
use fluxprint_store::service::bridge::Bridge;
use fluxprint_store::service::job::JobPage;
use fluxprint_store::service::printer::Printer;
use fluxprint_store::{AuditVerdict, StoreError};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Jobs that need attention and are looked at, at most.
const JOBS_MAX: u32 = 100;

/// Looks now and then, until the service stops.
pub async fn run(service: Arc<Service>) {
    loop {
        tokio::select! {
            () = service.stopping.cancelled() => return,
            () = tokio::time::sleep(ALERTS_LOOK) => {}
        }
        if let Err(error) = look(&service).await {
            tracing::warn!(%error, "what needs attention could not be looked up; it is tried again");
        }
    }
}

/// Raises an alert, unless one like it is open. What raises it is not undone when this fails.
pub async fn raise(service: &Service, organisation: OrganisationId, cause: &Cause) {
    let alerts = service.store.alerts(organisation);
    let (id, now) = (AlertId::fresh(&*service.clock), service.clock.now());
    match alerts.raise(id, cause, now).await {
        Ok(true) => service.events.poke(),
        Ok(false) => {}
        Err(error) => tracing::error!(%error, ?cause, "an alert could not be written down"),
    }
}

/// A bridge says what is wrong with one of its printers now.
///
/// # Errors
/// Those of the store.
pub async fn alarms(
    service: &Service,
    organisation: OrganisationId,
    printer: PrinterId,
    alarms: &BTreeSet<Alarm>,
    message: Option<&str>,
) -> Result<(), StoreError> {
    let of_this = |alert: &Alert| {
        matches!(alert.cause.kind, AlertKind::Alarm(_)) && alert.cause.printer == Some(printer)
    };
    let detail = message.map(str::to_owned);
    let cause = |alarm: &Alarm| Cause::printer(AlertKind::Alarm(*alarm), printer, detail.clone());
    let causes: Vec<_> = alarms.iter().map(cause).collect();
    stand(service, organisation, of_this, &causes).await
}

/// Looks at everything that can be looked up, in every organisation.
///
/// # Errors
/// Those of the store.
pub async fn look(service: &Service) -> Result<(), StoreError> {
    for organisation in service.store.organisations().list().await? {
        look_at(service, organisation.id).await?;
    }
    Ok(())
}

/// Whether every organisation's record still fits together.
///
/// # Errors
/// Those of the store.
pub async fn look_at_audit(
    service: &Service,
    organisation: OrganisationId,
) -> Result<(), StoreError> {
    let verdict = service.store.audit(organisation).verify(None).await?;
    if let AuditVerdict::BrokenAt(seq) = verdict {
        let cause = Cause {
            detail: Some(format!("The first row that does not fit is number {seq}.")),
            ..Cause::about(AlertKind::AuditBroken, "")
        };
        raise(service, organisation, &cause).await;
    }
    Ok(())
}

async fn look_at(service: &Service, organisation: OrganisationId) -> Result<(), StoreError> {
    let store = &service.store;
    let (bridges, printers) = (
        store.bridges(organisation).list().await?,
        store.printers(organisation).list().await?,
    );
    let page = JobPage {
        state: Some(State::NeedsAttention),
        limit: JOBS_MAX,
        ..JobPage::default()
    };
    let jobs = store.jobs(organisation).list(page).await?;
    let copies = jobs.iter().flat_map(|job| {
        let lost = job.copies.iter();
        lost.filter(|copy| copy.state == State::NeedsAttention)
            .map(|copy| Cause {
                job: Some(job.id),
                ..Cause::about(AlertKind::NeedsAttention, copy.id)
            })
    });
    let mut causes: Vec<_> = copies.collect();
    let now = service.clock.now();
    let connected = |bridge: &Bridge| service.hub.is_connected(organisation, bridge.id);
    causes.extend(silent(&bridges, &printers, connected, now));
    let looked_up = |alert: &Alert| {
        matches!(
            alert.cause.kind,
            AlertKind::NeedsAttention | AlertKind::BridgeSilent | AlertKind::PrinterSilent
        )
    };
    stand(service, organisation, looked_up, &causes).await
}

/// Bridges that were not heard of for long, and printers of the others that do not answer. Another
/// process may hold the connection: then the store has heard of it.
fn silent(
    bridges: &[Bridge],
    printers: &[Printer],
    connected: impl Fn(&Bridge) -> bool,
    now: Timestamp,
) -> Vec<Cause> {
    let long_ago = |at: Timestamp| now.seconds_since(at) > OFFLINE_HOLD_S;
    let mut causes = Vec::new();
    for bridge in bridges.iter().filter(|bridge| bridge.revoked_at.is_none()) {
        let own = printers
            .iter()
            .filter(|printer| printer.bridge == bridge.id);
        let contacts = own.clone().filter_map(|printer| printer.last_contact_at);
        let heard_at = contacts.chain(bridge.last_seen_at).max();
        if heard_at.is_some_and(long_ago) && !connected(bridge) {
            causes.push(Cause::bridge(AlertKind::BridgeSilent, bridge.id));
            continue;
        }
        let gone = own.filter(|p| p.state == PrinterState::Offline && long_ago(p.state_at));
        causes.extend(gone.map(|printer| {
            Cause::printer(
                AlertKind::PrinterSilent,
                printer.id,
                printer.message.clone(),
            )
        }));
    }
    causes
}

async fn stand(
    service: &Service,
    organisation: OrganisationId,
    ours: impl Fn(&Alert) -> bool,
    causes: &[Cause],
) -> Result<(), StoreError> {
    let alerts = service.store.alerts(organisation);
    let ids = || AlertId::fresh(&*service.clock);
    if alerts.stand(ours, causes, ids, service.clock.now()).await? {
        service.events.poke();
    }
    Ok(())
}
