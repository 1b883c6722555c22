//! Alerts as they are shown.

use super::Moment;
use crate::http::door::Caller;
use fluxprint_domain::alert::AlertKind;
use fluxprint_domain::id::{AlertId, BridgeId, JobId, PrinterId};
use fluxprint_domain::role::Act;
use fluxprint_store::service::alert::Alert;
use serde::Serialize;
use utoipa::ToSchema;

/// What somebody should know at once.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Alert)]
pub struct AlertShown {
    /// Which one.
    #[schema(value_type = String, example = "alr_0192f0c1a4b37e0c8d1f2a3b4c5d6e7f")]
    pub id: AlertId,
    /// What it is about.
    #[schema(value_type = String, example = "heater_left_on")]
    pub kind: &'static str,
    /// How soon somebody should look: `critical`, `warning` or `notice`.
    #[schema(value_type = String, example = "critical")]
    pub level: &'static str,
    /// What has happened.
    pub sentence: &'static str,
    /// What to do.
    pub remedy: &'static str,
    /// What else is known, such as the machine's own words.
    pub detail: Option<String>,
    /// The printer to look at.
    #[schema(value_type = Option<String>)]
    pub printer: Option<PrinterId>,
    /// The bridge to look after.
    #[schema(value_type = Option<String>)]
    pub bridge: Option<BridgeId>,
    /// The job that is concerned; only for those who run the printers.
    #[schema(value_type = Option<String>)]
    pub job: Option<JobId>,
    /// Since when.
    pub raised_at: Moment,
    /// When it was over; null while it is not.
    pub closed_at: Option<Moment>,
    /// Who has seen it.
    pub acknowledged_by: Option<String>,
    /// When.
    pub acknowledged_at: Option<Moment>,
    /// Whether it is over by itself; one that is not is over when somebody has seen it.
    pub ends_by_itself: bool,
    /// Whether the caller may say that it was seen.
    pub can_be_acknowledged: bool,
}

/// A page of alerts.
#[derive(Debug, Serialize, ToSchema)]
pub struct AlertsPage {
    /// The alerts, newest first.
    pub alerts: Vec<AlertShown>,
    /// Where the next page begins; null at the end.
    pub next: Option<String>,
}

impl AlertShown {
    /// An alert as this caller may see it.
    #[must_use]
    pub fn new(alert: Alert, caller: &Caller) -> Self {
        let kind: AlertKind = alert.cause.kind;
        let (by, at) = alert.acknowledged.unzip();
        let may = caller.may(Act::ClearBed).is_ok();
        Self {
            id: alert.id,
            kind: kind.word(),
            level: kind.level().word(),
            sentence: kind.sentence(),
            remedy: kind.remedy(),
            detail: alert.cause.detail,
            printer: alert.cause.printer,
            bridge: alert.cause.bridge,
            job: alert.cause.job.filter(|_| caller.may(Act::Operate).is_ok()),
            raised_at: Moment(alert.raised_at),
            closed_at: alert.closed_at.map(Moment),
            can_be_acknowledged: may && by.is_none(),
            acknowledged_by: by,
            acknowledged_at: at.map(Moment),
            ends_by_itself: kind.ends_by_itself(),
        }
    }
}
