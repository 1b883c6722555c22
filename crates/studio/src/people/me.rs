//! `GET` and `PUT /api/me`: who is signed in, and what their pages need to know.

use crate::gateway::Reach;
use crate::http::Failure;
use crate::http::door::Caller;
use crate::http::shown::{Moment, RoleWord};
use crate::studio::Studio;
use axum::Json;
use axum::extract::State;
use fluxprint_domain::id::{OrganisationId, PersonId};
use fluxprint_domain::limits::{COPIES_MAX, NAME_CHARS_MAX, NOTE_CHARS_MAX};
use fluxprint_domain::role::Act;
use fluxprint_http::{Json as Body, names};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// Who is signed in, and what there is to know.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Me {
    person: PersonShown,
    /// The organisation that the session looks at.
    organisation: OrganisationShown,
    /// All organisations of the person.
    organisations: Vec<OrganisationShown>,
    /// To be sent with every change, in the header `x-csrf`.
    csrf: String,
    printing: PrintingShown,
    /// What the person may do in the organisation.
    #[schema(value_type = Vec<String>)]
    allowed: Vec<&'static str>,
    limits: LimitsShown,
    service: ServiceShown,
    /// The program's version.
    version: &'static str,
}

/// Oneself.
#[derive(Debug, Serialize, ToSchema)]
struct PersonShown {
    #[schema(value_type = String)]
    id: PersonId,
    name: String,
    email: String,
}

/// An organisation, and one's role in it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Organisation)]
pub(crate) struct OrganisationShown {
    #[schema(value_type = String)]
    pub id: OrganisationId,
    pub name: String,
    pub role: RoleWord,
}

/// Whether people print.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Printing)]
struct PrintingShown {
    on: bool,
    since: Moment,
    /// The name of whoever switched it.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<String>,
    /// Whether one may switch it oneself.
    can_switch: bool,
}

/// What there is a limit to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Limits)]
struct LimitsShown {
    model_bytes: u64,
    gcode_bytes: u64,
    other_bytes: u64,
    quota_bytes: u64,
    used_bytes: u64,
    name_chars: usize,
    notes_chars: usize,
    copies: u32,
}

/// The print service.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Service)]
struct ServiceShown {
    up: bool,
    since: Moment,
    /// The address that a bridge dials.
    bridges_dial: String,
}

/// What a page may be told of that concerns the whole organisation.
const ACTS: [Act; 9] = [
    Act::MakeProject,
    Act::ManageMembers,
    Act::ReadAudit,
    Act::SwitchPrinting,
    Act::Equip,
    Act::Operate,
    Act::ClearBed,
    Act::EmergencyStop,
    Act::Settle,
];

/// Everything about the caller.
pub(crate) async fn me(studio: &Studio, caller: &Caller) -> Result<Me, Failure> {
    let store = &studio.store;
    let organisation = store.particulars(caller.org).await?;
    let printing = store.flag(caller.org).get().await?;
    let memberships = store.people().memberships(caller.person).await?;
    let Reach { up, since } = studio.gateway.reach();
    let limits = &studio.settings.limits;
    let allowed = ACTS.iter().filter(|act| caller.may(**act).is_ok());
    Ok(Me {
        person: PersonShown {
            id: caller.person,
            name: caller.name.to_string(),
            email: caller.email.to_string(),
        },
        organisation: OrganisationShown {
            id: caller.org,
            name: organisation.name,
            role: RoleWord(caller.role),
        },
        organisations: memberships
            .into_iter()
            .map(|place| OrganisationShown {
                id: place.org,
                name: place.name,
                role: RoleWord(place.role),
            })
            .collect(),
        csrf: caller.csrf(),
        printing: PrintingShown {
            on: printing.on,
            since: Moment(printing.since),
            by: printing.by,
            can_switch: caller.may(Act::SwitchPrinting).is_ok(),
        },
        allowed: allowed.map(|act| act.word()).collect(),
        limits: LimitsShown {
            model_bytes: limits.model_bytes,
            gcode_bytes: limits.gcode_bytes,
            other_bytes: limits.other_bytes,
            quota_bytes: limits.quota_bytes,
            used_bytes: organisation.stored_bytes,
            name_chars: NAME_CHARS_MAX,
            notes_chars: NOTE_CHARS_MAX,
            copies: COPIES_MAX,
        },
        service: ServiceShown {
            up,
            since: Moment(since),
            bridges_dial: bridges_dial(studio),
        },
        version: env!("CARGO_PKG_VERSION"),
    })
}

/// The service is served beside the studio, or is a program of its own.
fn bridges_dial(studio: &Studio) -> String {
    let base = studio.gateway.base();
    let base = base.unwrap_or(&studio.settings.public_url);
    base.as_str().trim_end_matches('/').to_owned()
}

/// Who is signed in.
#[utoipa::path(get, path = "/api/me", tag = "people", responses((status = 200, body = Me)))]
pub(crate) async fn show(
    State(studio): State<Arc<Studio>>,
    caller: Caller,
) -> Result<Json<Me>, Failure> {
    Ok(Json(me(&studio, &caller).await?))
}

/// What one may change about oneself.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MeWanted {
    /// 1 to 200 characters.
    name: String,
}

/// Another name.
#[utoipa::path(put, path = "/api/me", tag = "people", request_body = MeWanted,
    responses((status = 200, body = Me)))]
pub(crate) async fn change(
    State(studio): State<Arc<Studio>>,
    caller: Caller,
    Body(wanted): Body<MeWanted>,
) -> Result<Json<Me>, Failure> {
    let name = names::name(&wanted.name, "name")?;
    let people = studio.store.people();
    people
        .rename(caller.org, caller.person, name, studio.clock.now())
        .await?;
    let caller = caller.again(&studio).await?;
    Ok(Json(me(&studio, &caller).await?))
}
