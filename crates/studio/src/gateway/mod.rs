//! The print gateway: the one place where the studio meets the print service (architecture,
//! section 2).
//!
//! Whether the service is in the same process or behind HTTP, calls look the same, carry the same
//! short-lived token and fail with the same words. Nothing of a browser goes on but the few headers
//! that a call itself needs, and nothing of the service comes back that was not looked at.

mod answer;
mod call;
mod error;
mod limits;
mod pass;
mod reach;
mod socket;
mod way;

pub use answer::Answer;
pub(crate) use answer::said_in;
pub use call::Call;
pub use error::GatewayError;
pub use reach::Reach;
pub use socket::ServiceSocket;
pub use way::NoWay;

use axum::Router;
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderValue, Request, Uri};
use fluxprint_domain::Clock;
use fluxprint_domain::id::{ProjectId, SignInId};
use fluxprint_tokens::{Grant, Minter};
use limits::{PROBE, UPGRADE};
use pass::Passes;
use reach::{Outcome, Watchman};
use std::sync::Arc;
use tokio::sync::watch;
use tokio::time::{Instant, timeout, timeout_at};
use url::Url;
use way::Way;

/// The way to the print service.
pub struct Gateway {
    way: Way,
    passes: Passes,
    watchman: Watchman,
    clock: Arc<dyn Clock>,
}

impl Gateway {
    /// To the service in this process; `router` answers its public routes.
    #[must_use]
    pub fn inside(router: Router, minter: Minter, clock: Arc<dyn Clock>) -> Self {
        Self::by(Way::Inside(router), minter, clock)
    }

    /// To the service whose addresses begin with `base`.
    ///
    /// # Errors
    /// [`NoWay`] for an address that is none of HTTP.
    pub fn outside(base: Url, minter: Minter, clock: Arc<dyn Clock>) -> Result<Self, NoWay> {
        Ok(Self::by(Way::outside(base)?, minter, clock))
    }

    /// The address of the service, where it is another program.
    #[must_use]
    pub fn base(&self) -> Option<&Url> {
        match &self.way {
            Way::Inside(_) => None,
            Way::Outside { base, .. } => Some(base),
        }
    }

    fn by(way: Way, minter: Minter, clock: Arc<dyn Clock>) -> Self {
        Self {
            way,
            passes: Passes::new(minter, clock.clone()),
            watchman: Watchman::new(clock.now()),
            clock,
        }
    }

    /// A new token that says `grant`.
    ///
    /// # Errors
    /// [`GatewayError::Token`].
    pub fn token(&self, grant: &Grant) -> Result<Arc<str>, GatewayError> {
        Ok(self.passes.fresh(grant, None)?)
    }

    /// A token for a call of a session, as its membership stands now. Where it cannot name all
    /// projects it names `drafts` in any case.
    ///
    /// # Errors
    /// [`GatewayError::Token`].
    pub fn token_of(
        &self,
        session: SignInId,
        grant: Grant,
        drafts: Option<ProjectId>,
    ) -> Result<Arc<str>, GatewayError> {
        Ok(self.passes.of_session(session, grant, drafts)?)
    }

    /// Whether the service is there, as far as calls have shown.
    #[must_use]
    pub fn reach(&self) -> Reach {
        *self.watchman.seen().borrow()
    }

    /// The same, to be waited for.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<Reach> {
        self.watchman.seen()
    }

    /// Sends a call in the name of `token`'s subject.
    ///
    /// # Errors
    /// [`GatewayError`]: what the service said, or that it said nothing of use.
    pub async fn send(&self, call: Call, token: &str) -> Result<Answer, GatewayError> {
        if !call.urgent && !self.watchman.lets_through(self.clock.monotonic()) {
            return Err(GatewayError::Away("it was away a moment ago".to_owned()));
        }
        let until = Instant::now() + call.patience;
        let picture = call.picture;
        let request = request(call, token)?;
        let answer = match timeout_at(until, self.way.exchange(request)).await {
            Ok(Ok(answer)) => {
                let (head, body) = answer.into_parts();
                answer::read(head, body, until, picture).await
            }
            Ok(Err(error)) => Err(error),
            Err(_) => Err(GatewayError::Slow),
        };
        self.note(answer.as_ref().err());
        answer
    }

    /// Opens the live stream of the organisation that `token` speaks for.
    ///
    /// # Errors
    /// [`GatewayError::Away`], [`GatewayError::Slow`].
    pub async fn dial_events(&self, token: &str) -> Result<ServiceSocket, GatewayError> {
        let open = self.dial("/v1/events", token).await?;
        open.ok_or_else(|| GatewayError::Away("it does not open its live stream".to_owned()))
    }

    /// Opens the socket on which the service shows what the camera of a printer sees.
    ///
    /// # Errors
    /// [`GatewayError::Said`] when there is nothing to be seen for `token`'s subject, otherwise as
    /// [`Gateway::dial_events`].
    pub async fn dial_camera(
        &self,
        camera: &str,
        fps: u8,
        token: &str,
    ) -> Result<ServiceSocket, GatewayError> {
        match self.dial(&format!("{camera}?fps={fps}"), token).await? {
            Some(socket) => Ok(socket),
            None => {
                // An upgrade that is refused brings no words with it; an ordinary call does.
                let why = Call::get(format!("{camera}/snapshot")).picture();
                self.send(why, token).await?;
                Err(GatewayError::Away("it does not open a camera".to_owned()))
            }
        }
    }

    async fn dial(&self, path: &str, token: &str) -> Result<Option<ServiceSocket>, GatewayError> {
        let open = timeout(UPGRADE, socket::dial(&self.way, path, token)).await;
        let open = open.unwrap_or(Err(GatewayError::Slow));
        self.note(open.as_ref().err());
        open
    }

    /// Looks whether the service is there and serves, and notes it when it is.
    pub async fn probe(&self) -> bool {
        if matches!(self.way, Way::Inside(_)) {
            return true;
        }
        let ready = Call::get("/readyz").within(PROBE).urgent(true);
        self.send(ready, "").await.is_ok()
    }

    fn note(&self, error: Option<&GatewayError>) {
        let outcome = match error {
            None | Some(GatewayError::Said(_)) => Outcome::Answered,
            Some(GatewayError::Away(_)) => Outcome::Away,
            Some(GatewayError::Slow) => Outcome::Slow,
            // Whoever speaks nonsense has shown neither that the service is there nor that it is not.
            Some(GatewayError::Nonsense(_) | GatewayError::Token(_)) => return,
        };
        self.watchman.note(outcome, self.clock.now());
    }
}

fn request(call: Call, token: &str) -> Result<Request<axum::body::Body>, GatewayError> {
    let nonsense = || GatewayError::Nonsense("no address".to_owned());
    let mut request = Request::new(call.body);
    *request.method_mut() = call.method;
    *request.uri_mut() = call.path.parse::<Uri>().map_err(|_| nonsense())?;
    *request.headers_mut() = call.headers;
    if !token.is_empty() {
        let bearer = HeaderValue::from_str(&format!("Bearer {token}"));
        let mut bearer = bearer.map_err(|_| nonsense())?;
        bearer.set_sensitive(true);
        request.headers_mut().insert(AUTHORIZATION, bearer);
    }
    Ok(request)
}
