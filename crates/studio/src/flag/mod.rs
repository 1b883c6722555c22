//! `GET|PUT /api/flag`: whether the organisation prints at all. Flipped live by an owner.

use crate::http::Failure;
use crate::http::door::{Caller, Door, table};
use crate::http::shown::Moment;
use crate::studio::Studio;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use fluxprint_domain::id::{ErrandId, OrganisationId};
use fluxprint_domain::role::Act;
use fluxprint_http::{Json as Body, Problem};
use fluxprint_store::studio::flag::{Printing, Switch};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Who may use the flag.
pub(crate) const DOORS: &[Door] = table! {
    GET "/api/flag" Organisation(Act::Look), Ordinary, Free;
    PUT "/api/flag" Organisation(Act::SwitchPrinting), Safe, Changes;
};

/// The routes of the flag.
pub(crate) fn routes() -> OpenApiRouter<Arc<Studio>> {
    OpenApiRouter::new().routes(routes!(look, switch))
}

/// Whether people print.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Printing)]
pub struct PrintingShown {
    /// Whether they do.
    pub on: bool,
    /// Since when it is so.
    pub since: Moment,
    /// Who has switched it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Whether the caller may switch it.
    pub can_switch: bool,
}

/// How the flag is to stand.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FlagSaid {
    /// Whether people print.
    pub on: bool,
}

impl PrintingShown {
    /// As `caller` is shown it.
    #[must_use]
    pub fn new(printing: Printing, caller: &Caller) -> Self {
        Self {
            on: printing.on,
            since: Moment(printing.since),
            by: printing.by,
            can_switch: caller.may(Act::SwitchPrinting).is_ok(),
        }
    }
}

/// Whether the organisation prints.
#[utoipa::path(get, path = "/api/flag", tag = "flag", responses((status = 200, body = PrintingShown)))]
async fn look(
    State(studio): State<Arc<Studio>>,
    caller: Caller,
) -> Result<Json<PrintingShown>, Failure> {
    let printing = studio.store.flag(caller.org).get().await?;
    Ok(Json(PrintingShown::new(printing, &caller)))
}

/// Switches printing on or off for everybody. What is printing goes on and can be stopped.
#[utoipa::path(put, path = "/api/flag", tag = "flag", request_body = FlagSaid,
    responses((status = 200, body = PrintingShown)))]
async fn switch(
    State(studio): State<Arc<Studio>>,
    caller: Caller,
    Body(said): Body<FlagSaid>,
) -> Result<Json<PrintingShown>, Failure> {
    let clock = studio.clock.as_ref();
    let flag = studio.store.flag(caller.org);
    let switch = Switch {
        on: said.on,
        person: caller.person,
        name: &caller.name,
        errand: ErrandId::fresh(clock),
    };
    if flag.switch(switch, clock.now()).await? {
        studio.handover.ring();
        studio.live.poke();
    }
    Ok(Json(PrintingShown::new(flag.get().await?, &caller)))
}

/// Refuses while printing is switched off.
///
/// # Errors
/// `PRINTING_SERVICE_DISABLED`.
pub(crate) async fn check(studio: &Studio, org: OrganisationId) -> Result<(), Failure> {
    if studio.store.flag(org).get().await?.on {
        return Ok(());
    }
    Err(Failure::Said(Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "PRINTING_SERVICE_DISABLED",
        "Printing is switched off for your organisation at the moment.",
        "Your files are safe. Ask an owner when printing will be switched on again.",
    )))
}
