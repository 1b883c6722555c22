//! Every route of the service, who may use it and how often: one table. A route that is not here
//! is answered as if it did not exist (S-01).

use axum::http::Method;
use fluxprint_domain::role::Act;
use fluxprint_http::Lane;

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody.
    Anyone,
    /// A bridge with its own token.
    Bridge,
    /// Whoever may do this in the organisation.
    Organisation(Act),
    /// Whoever may do this in at least one project; the handler asks again for the one it is about.
    Project(Act),
}

/// Which limit of architecture section 8 counts a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Budget {
    /// None: it reads, or makes things safer.
    Free,
    /// Jobs made; counted where the job is written.
    Jobs,
    /// Uploads begun.
    Uploads,
    /// Changes of the queue.
    Queue,
    /// Starts by hand.
    Starts,
    /// All other changes; they count for programs only.
    Other,
}

/// One route.
#[derive(Clone, Copy, Debug)]
pub struct Door {
    /// Its method.
    pub method: &'static str,
    /// Its path as the router spells it.
    pub path: &'static str,
    /// Who may use it.
    pub access: Access,
    /// How it is treated when there is much to do.
    pub lane: Lane,
    /// What counts it.
    pub budget: Budget,
}

macro_rules! doors {
    ($($method:ident $path:literal $access:expr, $lane:ident, $budget:ident;)*) => {
        &[$(Door {
            method: stringify!($method),
            path: $path,
            access: $access,
            lane: Lane::$lane,
            budget: Budget::$budget,
        }),*]
    };
}

const fn whole(act: Act) -> Access {
    Access::Organisation(act)
}

const fn part(act: Act) -> Access {
    Access::Project(act)
}

/// Every route.
pub const DOORS: &[Door] = doors! {
    GET "/v1/openapi.json" part(Act::Look), Ordinary, Free;
    GET "/v1/printers" part(Act::Look), Ordinary, Free;
    GET "/v1/printers/{printer}" part(Act::Look), Ordinary, Free;
    GET "/v1/printers/{printer}/camera" part(Act::Look), Stream, Free;
    GET "/v1/printers/{printer}/camera/stream" part(Act::Look), Stream, Free;
    GET "/v1/printers/{printer}/camera/snapshot" part(Act::Look), Stream, Free;
    PUT "/v1/printers/{printer}/bed-clearance" whole(Act::ClearBed), Safe, Free;
    PUT "/v1/printers/{printer}/loaded" whole(Act::Equip), Ordinary, Other;
    PUT "/v1/printers/{printer}/tags" whole(Act::Equip), Ordinary, Other;
    POST "/v1/printers/{printer}/emergency-stop" whole(Act::EmergencyStop), Safe, Free;
    POST "/v1/printers/{printer}/heaters-off" whole(Act::Operate), Safe, Free;
    GET "/v1/printers/{printer}/temperatures" part(Act::Look), Ordinary, Free;
    PUT "/v1/printers/{printer}/temperatures" whole(Act::Operate), Ordinary, Other;
    DELETE "/v1/printers/{printer}/temperatures" whole(Act::Operate), Safe, Free;
    POST "/v1/printers/{printer}/homing" whole(Act::Operate), Ordinary, Other;
    POST "/v1/printers/{printer}/jogs" whole(Act::Operate), Ordinary, Other;
    PUT "/v1/printers/{printer}/connection" whole(Act::Operate), Ordinary, Other;
    DELETE "/v1/printers/{printer}/connection" whole(Act::Operate), Ordinary, Other;
    POST "/v1/printers/{printer}/refresh" whole(Act::Operate), Ordinary, Other;
    DELETE "/v1/printers/{printer}/files" whole(Act::Operate), Ordinary, Other;
    GET "/v1/alerts" whole(Act::Look), Ordinary, Free;
    PUT "/v1/alerts/{alert}/acknowledgement" whole(Act::ClearBed), Ordinary, Other;
    GET "/v1/bridges" whole(Act::Look), Ordinary, Free;
    POST "/v1/bridges" whole(Act::Equip), Ordinary, Other;
    DELETE "/v1/bridges/{bridge}" whole(Act::Equip), Ordinary, Other;
    POST "/v1/bridges/{bridge}/token-rotation" whole(Act::Equip), Ordinary, Other;
    POST "/v1/pairing" Access::Anyone, Ordinary, Free;
    POST "/v1/pairing/codes" Access::Anyone, Ordinary, Free;
    POST "/v1/pairing/tokens" Access::Anyone, Ordinary, Free;
    GET "/v1/pairing/codes/{code}" whole(Act::Equip), Ordinary, Free;
    PUT "/v1/pairing/codes/{code}/confirmation" whole(Act::Equip), Ordinary, Other;
    DELETE "/v1/pairing/codes/{code}" whole(Act::Equip), Ordinary, Other;
    GET "/v1/bridge" Access::Bridge, Stream, Free;
    GET "/v1/bridge/camera" Access::Bridge, Stream, Free;
    GET "/v1/bridge/artifacts/{sha256}" Access::Bridge, Stream, Free;
    GET "/v1/models" part(Act::Look), Ordinary, Free;
    GET "/v1/models/{sha256}" part(Act::Look), Ordinary, Free;
    PUT "/v1/models/{sha256}" part(Act::Print), Upload, Uploads;
    GET "/v1/choices" part(Act::Look), Ordinary, Free;
    POST "/v1/estimates" part(Act::Print), Ordinary, Free;
    GET "/v1/jobs" part(Act::Look), Ordinary, Free;
    POST "/v1/jobs" part(Act::Print), Ordinary, Jobs;
    GET "/v1/jobs/{job}" part(Act::Look), Ordinary, Free;
    POST "/v1/jobs/{job}/cancellation" part(Act::ControlOwnJob), Safe, Free;
    PUT "/v1/jobs/{job}/pause" part(Act::ControlOwnJob), Safe, Free;
    DELETE "/v1/jobs/{job}/pause" part(Act::ControlOwnJob), Ordinary, Free;
    PUT "/v1/jobs/{job}/hold" part(Act::ControlOwnJob), Ordinary, Queue;
    DELETE "/v1/jobs/{job}/hold" part(Act::ControlOwnJob), Ordinary, Queue;
    PUT "/v1/jobs/{job}/priority" whole(Act::Operate), Ordinary, Queue;
    POST "/v1/jobs/{job}/start" whole(Act::Operate), Ordinary, Starts;
    POST "/v1/copies/{copy}/settlement" whole(Act::Settle), Ordinary, Other;
    GET "/v1/events" part(Act::Look), Stream, Free;
    GET "/v1/queue" part(Act::Look), Ordinary, Free;
    DELETE "/v1/queue" whole(Act::Operate), Ordinary, Queue;
    DELETE "/v1/queue/hold" whole(Act::Operate), Ordinary, Free;
    PUT "/v1/queue/order" whole(Act::Operate), Ordinary, Queue;
    GET "/v1/audit" whole(Act::Operate), Ordinary, Free;
    PUT "/v1/hold" whole(Act::Operate), Safe, Free;
    DELETE "/v1/hold" whole(Act::Operate), Ordinary, Free;
};

/// The route of this method and path. HEAD asks as GET does.
#[must_use]
pub fn find(method: &Method, path: &str) -> Option<&'static Door> {
    let method = if method == Method::HEAD {
        Method::GET.as_str()
    } else {
        method.as_str()
    };
    DOORS
        .iter()
        .find(|door| door.path == path && door.method == method)
}
