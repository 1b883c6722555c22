//! One connection of a load.

use std::sync::Arc;

use anyhow::{Context, Result};
use bytes::Bytes;
use fluxprint_domain::{Clock, Monotonic};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, Request, Uri};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use super::limits::{ANSWER_TIMEOUT, DIAL_AGAIN};
use super::tally::Tally;
use super::{Load, host};

type Sender = SendRequest<Full<Bytes>>;

/// What every connection of a load shares.
pub(super) struct Plan {
    host: String,
    method: Method,
    path: Uri,
    headers: HeaderMap,
    body: Option<Bytes>,
    clock: Arc<dyn Clock>,
    until: Monotonic,
}

impl Plan {
    pub fn new(load: &Load, clock: Arc<dyn Clock>, until: Monotonic) -> Result<Self> {
        let url: Uri = load.url.parse().context("the address is not understood")?;
        let host = host(&url)?;
        let mut headers = HeaderMap::new();
        headers.insert(HOST, HeaderValue::from_str(&host)?);
        if let Some(token) = &load.token {
            let mut bearer = HeaderValue::from_str(&format!("Bearer {token}"))?;
            bearer.set_sensitive(true);
            headers.insert(AUTHORIZATION, bearer);
        }
        if load.body.is_some() {
            let json = HeaderValue::from_static("application/json");
            headers.insert(CONTENT_TYPE, json);
        }
        let method = match load.body {
            Some(_) => Method::POST,
            None => Method::GET,
        };
        let path = load.path.parse().context("the path is not understood")?;
        Ok(Self {
            host,
            method,
            path,
            headers,
            body: load.body.clone(),
            clock,
            until,
        })
    }

    fn request(&self) -> Result<Request<Full<Bytes>>> {
        let mut request = Request::new(Full::new(self.body.clone().unwrap_or_default()));
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = self.path.clone();
        *request.headers_mut() = self.headers.clone();
        if self.body.is_some() {
            let key = HeaderValue::from_str(&format!("load-{:032x}", self.clock.random()))?;
            let name = HeaderName::from_static("idempotency-key");
            request.headers_mut().insert(name, key);
        }
        Ok(request)
    }
}

/// Asks again and again until the time is over. A connection that breaks is dialled again.
pub(super) async fn keep_asking(plan: Arc<Plan>) -> Tally {
    let mut tally = Tally::default();
    let mut open: Option<Sender> = None;
    while plan.clock.monotonic() < plan.until {
        let Some(mut sender) = usable(&plan, open.take(), &mut tally).await else {
            sleep(DIAL_AGAIN).await;
            continue;
        };
        let began = plan.clock.monotonic();
        match timeout(ANSWER_TIMEOUT, ask(&plan, &mut sender)).await {
            Ok(Ok((status, body))) => {
                let took_us = plan.clock.monotonic().0.saturating_sub(began.0);
                tally.answered(status, took_us, &body);
                open = Some(sender);
            }
            Ok(Err(error)) => tally.unanswered(&format!("{error:#}")),
            Err(_) => tally.unanswered("no answer in time"),
        }
    }
    tally
}

/// The open connection, or a new one when there is none or the other side has closed it.
async fn usable(plan: &Plan, open: Option<Sender>, tally: &mut Tally) -> Option<Sender> {
    if let Some(mut sender) = open
        && sender.ready().await.is_ok()
    {
        return Some(sender);
    }
    match timeout(ANSWER_TIMEOUT, dial(&plan.host)).await {
        Ok(Ok(sender)) => return Some(sender),
        Ok(Err(error)) => tally.unanswered(&format!("{error:#}")),
        Err(_) => tally.unanswered("no connection in time"),
    }
    None
}

async fn dial(host: &str) -> Result<Sender> {
    let stream = TcpStream::connect(host).await.context("cannot connect")?;
    stream.set_nodelay(true)?;
    let (sender, connection) = handshake(TokioIo::new(stream)).await?;
    tokio::spawn(async move {
        // Whatever ends it is seen by the next request, too.
        let _ = connection.await;
    });
    Ok(sender)
}

async fn ask(plan: &Plan, sender: &mut Sender) -> Result<(u16, Bytes)> {
    let answer = sender.send_request(plan.request()?).await?;
    let status = answer.status().as_u16();
    let body = answer.into_body().collect().await?.to_bytes();
    Ok((status, body))
}
