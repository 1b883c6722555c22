//! The layer around every route.

use super::same_origin::{changes, from_our_page, knows_the_token};
use super::{Access, Budget, Caller, Door, Here, Operator, doors, find, open_session};
use crate::http::cookie::SESSION;
use crate::http::failure::{Failure, Thing};
use crate::http::names::named;
use crate::studio::Studio;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::ALLOW;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use fluxprint_domain::Timestamp;
use fluxprint_domain::id::{OrganisationId, ProjectId};
use fluxprint_http::{Left, client_address, in_time};
use std::sync::Arc;

/// Lets a call pass to its handler, or answers it.
pub(crate) async fn pass(
    State(studio): State<Arc<Studio>>,
    request: Request,
    next: Next,
) -> Response {
    let path = request.extensions().get::<MatchedPath>().cloned();
    let path = path.as_ref().map_or("", MatchedPath::as_str);
    let Some(door) = find(request.method(), path) else {
        return closed(path);
    };
    let passed = through(&studio, door, request, next).await;
    passed.unwrap_or_else(Failure::into_response)
}

async fn through(
    studio: &Studio,
    door: &Door,
    request: Request,
    next: Next,
) -> Result<Response, Failure> {
    let _place = studio.gate.lanes.enter(door.lane)?;
    let (mut parts, body) = request.into_parts();
    let left = admit(studio, door, &mut parts).await?;
    let caller = parts.extensions.get::<Caller>();
    let share = caller.map(|caller| studio.gate.share(door.lane, caller.person));
    let _share = share.transpose()?;
    let request = Request::from_parts(parts, body);
    let mut response = in_time(door.lane, request, next).await?;
    if let Some(left) = left {
        left.tell(response.headers_mut());
    }
    Ok(response)
}

/// The address is known, the method is not; or the route is not declared at all.
fn closed(path: &str) -> Response {
    let methods = doors().filter(|d| d.path == path).map(|d| d.method);
    let methods: Vec<_> = methods.collect();
    if methods.is_empty() {
        return Failure::NotThere(Thing::Page).into_response();
    }
    let mut response = Failure::OtherMethod.into_response();
    if let Ok(allow) = HeaderValue::from_str(&methods.join(", ")) {
        response.headers_mut().insert(ALLOW, allow);
    }
    response
}

/// Finds out who calls, whether they may, and whether not too often.
async fn admit(studio: &Studio, door: &Door, parts: &mut Parts) -> Result<Option<Left>, Failure> {
    match door.access {
        Access::Anyone => Ok(None),
        Access::Operator => {
            let operator = Operator::of(studio, &parts.headers)?;
            parts.extensions.insert(operator);
            Ok(None)
        }
        Access::Stranger => {
            if changes(&parts.method) {
                from_our_page(&studio.settings, &parts.headers)?;
                let address = client_address(parts, &studio.settings.trusted_proxies);
                studio.gate.stranger(address, studio.clock.monotonic())?;
            }
            Ok(None)
        }
        Access::Session => {
            let change = changes(&parts.method);
            if change {
                from_our_page(&studio.settings, &parts.headers)?;
            }
            let secret = SESSION.read(&parts.headers);
            let secret = secret.ok_or(Failure::NotSignedIn)?;
            let session = open_session(studio, &secret).await?;
            if change {
                knows_the_token(&secret, &parts.headers)?;
            }
            parts.extensions.insert(session);
            Ok(None)
        }
        Access::Person
        | Access::Organisation(_)
        | Access::Fresh(_)
        | Access::Project(_)
        | Access::Somewhere(_) => {
            let caller = signed_in(studio, parts).await?;
            let now = studio.clock.now();
            if let Some(here) = check(door, &caller, (parts, now)).await? {
                parts.extensions.insert(here);
            }
            let left = count(studio, door, &parts.method, &caller)?;
            parts.extensions.insert(caller);
            Ok(left)
        }
    }
}

/// A page of ours in which somebody is signed in.
async fn signed_in(studio: &Studio, parts: &mut Parts) -> Result<Caller, Failure> {
    let change = changes(&parts.method);
    if change {
        from_our_page(&studio.settings, &parts.headers)?;
    }
    let wanted: Option<OrganisationId> = named(parts, &()).await?;
    let caller = Caller::of(studio, &parts.headers, wanted).await?;
    if change {
        knows_the_token(caller.secret(), &parts.headers)?;
    }
    Ok(caller)
}

async fn check(
    door: &Door,
    caller: &Caller,
    (parts, now): (&mut Parts, Timestamp),
) -> Result<Option<Here>, Failure> {
    match door.access {
        Access::Organisation(act) => caller.may(act).map(|()| None),
        Access::Fresh(act) => {
            caller.may(act)?;
            caller.has_proved(now).map(|()| None)
        }
        Access::Somewhere(act) => caller.may_somewhere(act).map(|()| None),
        Access::Project(act) => {
            let project: Option<ProjectId> = named(parts, &()).await?;
            let project = project.ok_or(Failure::NotThere(Thing::Project))?;
            let role = caller.may_in(act, project)?;
            Ok(Some(Here { project, role }))
        }
        Access::Session | Access::Person | Access::Anyone | Access::Stranger | Access::Operator => {
            Ok(None)
        }
    }
}

fn count(
    studio: &Studio,
    door: &Door,
    method: &Method,
    caller: &Caller,
) -> Result<Option<Left>, Failure> {
    let now = studio.clock.monotonic();
    match door.budget {
        Budget::Changes if changes(method) => studio.gate.change(caller.person, now).map(Some),
        Budget::Free | Budget::Changes => Ok(None),
        Budget::Uploads => {
            let pace = studio.settings.limits.uploads_per_minute;
            studio
                .gate
                .person(caller.person, "uploads", pace, now)
                .map(Some)
        }
    }
}
