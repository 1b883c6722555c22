//! The addresses of the service that are passed on as they are: each by its name, nothing else.

use super::token;
use crate::gateway::Call;
use crate::http::Failure;
use crate::http::door::{Caller, Door, table};
use crate::studio::Studio;
use axum::body::Bytes;
use axum::extract::{FromRequestParts, MatchedPath, RawPathParams, Request, State};
use axum::http::request::Parts;
use axum::response::Response;
use fluxprint_domain::role::Act;
use fluxprint_http::limits::JSON_BYTES_MAX;
use fluxprint_http::{Fault, Lane, Problem};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Characters of a name in an address, and of a query.
const NAME_CHARS_MAX: usize = 64;
const QUERY_CHARS_MAX: usize = 1_024;

/// Where they are here, and there.
const HERE: &str = "/api/print/";
const THERE: &str = "/v1/";

/// Declares them: the rows of the door, and a described handler for each.
macro_rules! passed_on {
    ($($(#[doc = $doc:literal])+ $verb:ident $method:ident $name:ident $path:literal $access:expr,
        $lane:ident, $budget:ident;)*) => {
        /// Who may use them. Roles are checked by the service as well, for each job and project.
        pub(crate) const DOORS: &[Door] = table! {
            $($method $path $access, $lane, $budget;)*
        };

        /// The routes.
        pub(super) fn routes() -> OpenApiRouter<Arc<Studio>> {
            OpenApiRouter::new()$(.routes(routes!($name)))*
        }

        $(
            $(#[doc = $doc])+
            #[utoipa::path($verb, path = $path, tag = "printing", responses((status = 200, body = Object,
                description = "As the print service answers; see its description")))]
            async fn $name(
                State(studio): State<Arc<Studio>>,
                caller: Caller,
                request: Request,
            ) -> Result<Response, Failure> {
                pass_on(&studio, &caller, request, Lane::$lane).await
            }
        )*
    };
}

passed_on! {
    /// What can be chosen for a print.
    get GET choices "/api/print/choices" Somewhere(Act::Look), Ordinary, Free;
    /// The printers.
    get GET printers "/api/print/printers" Somewhere(Act::Look), Ordinary, Free;
    /// One printer.
    get GET printer "/api/print/printers/{printer}" Somewhere(Act::Look), Ordinary, Free;
    /// Says that a bed is clear.
    put PUT clear_bed "/api/print/printers/{printer}/bed-clearance" Organisation(Act::ClearBed), Safe, Free;
    /// Says what is loaded.
    put PUT load "/api/print/printers/{printer}/loaded" Organisation(Act::Equip), Ordinary, Changes;
    /// Says what a printer is kept for.
    put PUT tag "/api/print/printers/{printer}/tags" Organisation(Act::Equip), Ordinary, Changes;
    /// Stops a machine at once.
    post POST emergency_stop "/api/print/printers/{printer}/emergency-stop" Organisation(Act::EmergencyStop), Safe, Free;
    /// Switches a machine's heaters off.
    post POST heaters_off "/api/print/printers/{printer}/heaters-off" Organisation(Act::Operate), Safe, Free;
    /// The course of a printer's temperatures.
    get GET temperatures "/api/print/printers/{printer}/temperatures" Somewhere(Act::Look), Ordinary, Free;
    /// Heats a printer by hand.
    put PUT heat "/api/print/printers/{printer}/temperatures" Organisation(Act::Operate), Ordinary, Free;
    /// Cools a printer down.
    delete DELETE cool_down "/api/print/printers/{printer}/temperatures" Organisation(Act::Operate), Safe, Free;
    /// Finds the ends of a printer's axes.
    post POST home "/api/print/printers/{printer}/homing" Organisation(Act::Operate), Ordinary, Free;
    /// Moves a printer's head a step.
    post POST jog "/api/print/printers/{printer}/jogs" Organisation(Act::Operate), Ordinary, Free;
    /// Connects a printer's program to its machine.
    put PUT connect "/api/print/printers/{printer}/connection" Organisation(Act::Operate), Ordinary, Free;
    /// Lets a printer's program let go of its machine.
    delete DELETE disconnect "/api/print/printers/{printer}/connection" Organisation(Act::Operate), Ordinary, Free;
    /// Looks at a printer anew.
    post POST refresh "/api/print/printers/{printer}/refresh" Organisation(Act::Operate), Ordinary, Free;
    /// Deletes what ended prints have left in a printer's program.
    delete DELETE tidy "/api/print/printers/{printer}/files" Organisation(Act::Operate), Ordinary, Free;
    /// The queue.
    get GET queue "/api/print/queue" Somewhere(Act::Look), Ordinary, Free;
    /// Cancels everything that waits.
    delete DELETE clear_queue "/api/print/queue" Organisation(Act::Operate), Ordinary, Free;
    /// Lets everything go on that is held because its printer was out of sight.
    delete DELETE release_queue "/api/print/queue/hold" Organisation(Act::Operate), Ordinary, Free;
    /// Moves a job in the queue.
    put PUT reorder "/api/print/queue/order" Organisation(Act::Operate), Ordinary, Free;
    /// The jobs that the caller may see, newest first.
    get GET jobs "/api/print/jobs" Somewhere(Act::Look), Ordinary, Free;
    /// One job with its tries.
    get GET job "/api/print/jobs/{job}" Somewhere(Act::Look), Ordinary, Free;
    /// Cancels a job.
    post POST cancel "/api/print/jobs/{job}/cancellation" Somewhere(Act::ControlOwnJob), Safe, Free;
    /// Pauses a job.
    put PUT pause "/api/print/jobs/{job}/pause" Somewhere(Act::ControlOwnJob), Safe, Free;
    /// Lets a paused job go on.
    delete DELETE resume "/api/print/jobs/{job}/pause" Somewhere(Act::ControlOwnJob), Ordinary, Free;
    /// Holds a job back.
    put PUT hold "/api/print/jobs/{job}/hold" Somewhere(Act::ControlOwnJob), Ordinary, Free;
    /// Lets a job go on that was held back.
    delete DELETE release "/api/print/jobs/{job}/hold" Somewhere(Act::ControlOwnJob), Ordinary, Free;
    /// Makes a job more or less urgent.
    put PUT prioritise "/api/print/jobs/{job}/priority" Organisation(Act::Operate), Ordinary, Free;
    /// Starts a job by hand.
    post POST start "/api/print/jobs/{job}/start" Organisation(Act::Operate), Ordinary, Free;
    /// Says how a copy ended that needs attention.
    post POST settle "/api/print/copies/{copy}/settlement" Organisation(Act::Settle), Ordinary, Changes;
    /// What somebody should know at once.
    get GET alerts "/api/print/alerts" Organisation(Act::Look), Ordinary, Free;
    /// Says that an alert was seen.
    put PUT acknowledge "/api/print/alerts/{alert}/acknowledgement" Organisation(Act::ClearBed), Ordinary, Free;
    /// The bridges.
    get GET bridges "/api/print/bridges" Organisation(Act::Look), Ordinary, Free;
    /// Adds a bridge; answers with its pairing code.
    post POST add_bridge "/api/print/bridges" Fresh(Act::Equip), Ordinary, Changes;
    /// Gives a bridge another token.
    post POST rotate_token "/api/print/bridges/{bridge}/token-rotation" Fresh(Act::Equip), Ordinary, Changes;
    /// The bridge that waits under a code.
    get GET pairing "/api/print/pairing/codes/{code}" Organisation(Act::Equip), Ordinary, Free;
    /// Takes in the bridge that waits under a code.
    put PUT confirm_pairing "/api/print/pairing/codes/{code}/confirmation" Fresh(Act::Equip), Ordinary, Changes;
    /// Refuses the bridge that waits under a code.
    delete DELETE refuse_pairing "/api/print/pairing/codes/{code}" Organisation(Act::Equip), Ordinary, Changes;
    /// Removes a bridge.
    delete DELETE remove_bridge "/api/print/bridges/{bridge}" Organisation(Act::Equip), Ordinary, Changes;
}

/// Sends the call on in the caller's name and the answer back.
async fn pass_on(
    studio: &Studio,
    caller: &Caller,
    request: Request,
    lane: Lane,
) -> Result<Response, Failure> {
    let (mut parts, body) = request.into_parts();
    let path = address(&mut parts, studio).await?;
    let body = Limited::new(body, JSON_BYTES_MAX).collect().await;
    let body: Bytes = match body {
        Ok(body) => body.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => {
            return Err(Failure::Request(Fault::BodyTooLarge {
                max_bytes: JSON_BYTES_MAX as u64,
            }));
        }
        Err(_) => return Err(Failure::Request(Fault::TooSlow)),
    };
    let call = Call::new(parts.method, path)
        .with_headers_of(&parts.headers)
        .bytes(body)
        .urgent(lane == Lane::Safe);
    let answer = studio.gateway.send(call, &token(studio, caller)?).await?;
    Ok(answer.pass_back().await?)
}

/// The address there: the route that was matched, with its names, which are letters, digits and hyphens.
pub(super) async fn address(parts: &mut Parts, studio: &Studio) -> Result<String, Failure> {
    let nothing = || Failure::Said(Problem::nothing_here());
    let route = parts.extensions.get::<MatchedPath>().cloned();
    let route = route.ok_or_else(nothing)?;
    let rest = route.as_str().strip_prefix(HERE).ok_or_else(nothing)?;
    let mut path = format!("{THERE}{rest}");
    let names = RawPathParams::from_request_parts(parts, &studio).await;
    for (place, name) in names.map_err(|_| nothing())?.iter() {
        let harmless = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        if name.len() > NAME_CHARS_MAX || !name.chars().all(harmless) {
            return Err(nothing());
        }
        path = path.replace(&format!("{{{place}}}"), name);
    }
    match parts.uri.query() {
        Some(query) if query.len() > QUERY_CHARS_MAX => Err(Failure::Request(Fault::BadQuery)),
        Some(query) => Ok(format!("{path}?{query}")),
        None => Ok(path),
    }
}
