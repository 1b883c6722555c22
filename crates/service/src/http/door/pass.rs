//! The layer around every route.

use super::{Access, BridgeCaller, Budget, Caller, DOORS, Door, find};
use crate::http::failure::{Failure, Thing};
use crate::service::Service;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{ALLOW, AUTHORIZATION};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use fluxprint_http::{Full, Left, Pace, in_time};
use fluxprint_store::service::counter::{Hit, Limit};
use fluxprint_tokens::{TokenError, bearer};
use std::sync::Arc;
use tokio::sync::SemaphorePermit;

/// Lets a call pass to its handler, or answers it.
pub async fn pass(
    State(service): State<Arc<Service>>,
    mut request: Request,
    next: Next,
) -> Response {
    let path = request.extensions().get::<MatchedPath>().cloned();
    let path = path.as_ref().map_or("", MatchedPath::as_str);
    let Some(door) = find(request.method(), path) else {
        return closed(path);
    };
    let began = service.clock.monotonic();
    let response = match through(&service, door, &mut request).await {
        Ok((left, place)) => {
            let answer = in_time(door.lane, request, next).await;
            let mut response = answer.unwrap_or_else(|_| Failure::TookTooLong.into_response());
            drop(place);
            if let Some(left) = left {
                left.tell(response.headers_mut());
            }
            response
        }
        Err(failure) => failure.into_response(),
    };
    let took_ms = service.clock.monotonic().ms_since(began);
    service
        .metrics
        .called(door.method, door.path, response.status().as_u16(), took_ms);
    response
}

async fn through<'a>(
    service: &'a Service,
    door: &Door,
    request: &mut Request,
) -> Result<(Option<Left>, Option<SemaphorePermit<'a>>), Failure> {
    let place = service
        .gate
        .lanes
        .enter(door.lane)
        .inspect_err(|Full| service.metrics.turned_away())?;
    let left = admit(service, door, request).await?;
    Ok((left, place))
}

/// The address is known, the method is not; or the route is not declared at all.
fn closed(path: &str) -> Response {
    let methods: Vec<_> = DOORS
        .iter()
        .filter(|d| d.path == path)
        .map(|d| d.method)
        .collect();
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
async fn admit(
    service: &Service,
    door: &Door,
    request: &mut Request,
) -> Result<Option<Left>, Failure> {
    match door.access {
        Access::Anyone => Ok(None),
        Access::Bridge => {
            let bridge = bridge(service, request.headers()).await?;
            request.extensions_mut().insert(bridge);
            Ok(None)
        }
        Access::Organisation(act) => {
            let caller = caller(service, request.headers()).await?;
            caller.may(act)?;
            enter(service, door, caller, request).await
        }
        Access::Project(act) => {
            let caller = caller(service, request.headers()).await?;
            caller.may_somewhere(act)?;
            enter(service, door, caller, request).await
        }
    }
}

async fn enter(
    service: &Service,
    door: &Door,
    caller: Caller,
    request: &mut Request,
) -> Result<Option<Left>, Failure> {
    let left = count(service, door, &caller).await?;
    request.extensions_mut().insert(caller);
    Ok(left)
}

fn presented(headers: &HeaderMap) -> Option<&str> {
    let mut said = headers.get_all(AUTHORIZATION).iter();
    let (Some(only), None) = (said.next(), said.next()) else {
        return None;
    };
    let (scheme, token) = only.to_str().ok()?.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then_some(token.trim())
}

async fn caller(service: &Service, headers: &HeaderMap) -> Result<Caller, Failure> {
    let token = presented(headers).ok_or(Failure::NotSignedIn)?;
    let (hash, now) = (bearer::hash(token), service.clock.now());
    if let Some(claims) = service.gate.remembered.get(hash, now) {
        return Ok(Caller::new(claims));
    }
    let claims = service.trust.verify(token, service.clock.as_ref()).await;
    let claims = claims.map(Arc::new).map_err(|error| {
        tracing::debug!(%error, "a token was refused");
        match error {
            TokenError::Expired => Failure::SignedOut,
            _ => Failure::NotSignedIn,
        }
    })?;
    service.gate.remembered.put(hash, claims.clone(), now);
    let caller = Caller::new(claims);
    service
        .gate
        .introduce(&service.store, caller.org(), now)
        .await?;
    Ok(caller)
}

async fn bridge(service: &Service, headers: &HeaderMap) -> Result<BridgeCaller, Failure> {
    let token = presented(headers).ok_or(Failure::NotSignedIn)?;
    if !bearer::Bearer::has_shape(bearer::BRIDGE, token) {
        return Err(Failure::NotSignedIn);
    }
    let (hash, now) = (bearer::hash(token), service.clock.now());
    let known = service.store.bridge_by_token(hash, now).await?;
    let known = known.filter(|bridge| bridge.revoked_at.is_none());
    let known = known.ok_or(Failure::NotSignedIn)?;
    Ok(BridgeCaller {
        org: known.org,
        bridge: known.id,
    })
}

/// Counts a call of `caller` where architecture section 8 says so.
async fn count(service: &Service, door: &Door, caller: &Caller) -> Result<Option<Left>, Failure> {
    if door.budget == Budget::Free {
        return Ok(None);
    }
    if !caller.is_person() {
        let hour = (
            "calls of an hour",
            3_600,
            service.settings.limits.other_calls_per_hour,
        );
        let day = (
            "calls of a day",
            86_400,
            service.settings.limits.other_calls_per_day,
        );
        let left_of_hour = stored(service, caller, hour).await?;
        let left_of_day = stored(service, caller, day).await?;
        return Ok(Some(Left {
            budget: "calls",
            calls: left_of_hour.min(left_of_day),
        }));
    }
    let limits = &service.settings.limits;
    let (budget, calls) = match door.budget {
        Budget::Free | Budget::Jobs | Budget::Other => return Ok(None),
        Budget::Starts => {
            let starts = ("starts by hand", 60, limits.starts_per_minute);
            ("starts", stored(service, caller, starts).await?)
        }
        Budget::Uploads => (
            "uploads",
            paced(service, caller, "u", limits.uploads_per_minute)?,
        ),
        Budget::Queue => (
            "queue",
            paced(service, caller, "q", limits.queue_changes_per_minute)?,
        ),
    };
    Ok(Some(Left { budget, calls }))
}

async fn stored(
    service: &Service,
    caller: &Caller,
    (what, window_s, max): (&str, i64, u32),
) -> Result<u32, Failure> {
    let limit = Limit {
        subject: caller.who(),
        what,
        window_s,
        max,
    };
    let counters = service.store.counters(caller.org());
    match counters.hit(limit, service.clock.now()).await? {
        Hit::Allowed { left } => Ok(left),
        Hit::Refused { retry_after_s } => Err(Failure::TooOften { retry_after_s }),
    }
}

fn paced(
    service: &Service,
    caller: &Caller,
    what: &'static str,
    (count, burst): (u32, u32),
) -> Result<u32, Failure> {
    let who = (caller.org(), caller.who().to_owned(), what);
    let pace = Pace {
        count,
        window_s: 60,
        burst,
    };
    let left = service
        .gate
        .callers
        .hit(who, pace, service.clock.monotonic());
    left.map_err(|retry_after_s| Failure::TooOften { retry_after_s })
}
