//! An address that brings the calls of many and is no trusted proxy: whoever runs the program is told
//! once, since all who come through it share one caller's connections and limits (S-33).

use crate::limits::{BEHIND_ONE_MANY, CROWDS_MAX};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::HeaderMap;
use axum::middleware::Next;
use axum::response::Response;
use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

/// Headers with which proxies say for whom they call.
const FORWARDED_FOR: [&str; 3] = ["x-forwarded-for", "forwarded", "x-real-ip"];

/// Who has come through whom.
#[derive(Debug)]
pub(crate) struct Crowds {
    proxies: Vec<IpAddr>,
    /// Hashes of what was said, so that little is kept of anybody; none once it was told.
    behind: Mutex<HashMap<IpAddr, Option<HashSet<u64>>>>,
}

impl Crowds {
    /// Nobody has come yet; of `proxies` it is known.
    pub fn behind(proxies: &[IpAddr]) -> Arc<Self> {
        Arc::new(Self {
            proxies: proxies.iter().map(IpAddr::to_canonical).collect(),
            behind: Mutex::default(),
        })
    }

    /// Whether this call shows for the first time that `peer` brings the calls of many.
    fn shows(&self, peer: IpAddr, headers: &HeaderMap) -> bool {
        let peer = peer.to_canonical();
        let mut said = FORWARDED_FOR.iter().filter_map(|name| headers.get(*name));
        let Some(caller) = said.next().filter(|_| !self.proxies.contains(&peer)) else {
            return false;
        };
        let mut hash = DefaultHasher::new();
        caller.as_bytes().hash(&mut hash);
        let mut behind = self.behind.lock().unwrap_or_else(PoisonError::into_inner);
        if !behind.contains_key(&peer) && behind.len() >= CROWDS_MAX {
            return false;
        }
        let callers = behind.entry(peer).or_insert_with(|| Some(HashSet::new()));
        let many = callers.as_mut().is_some_and(|callers| {
            callers.insert(hash.finish());
            callers.len() >= BEHIND_ONE_MANY
        });
        if many {
            *callers = None;
        }
        many
    }
}

/// Middleware: tells once of each such address, and lets every call through.
pub(crate) async fn notice(
    State(crowds): State<Arc<Crowds>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
    next: Next,
) -> Response {
    if crowds.shows(peer.ip(), request.headers()) {
        tracing::warn!(
            address = %peer.ip(),
            "many callers come through one address that is no trusted proxy, and share one caller's \
             connections and limits; if it is a proxy of yours, name it in FLUXPRINT_TRUSTED_PROXIES"
        );
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(header: &'static str, caller: usize) -> HeaderMap {
        let caller = format!("198.51.100.{caller}").parse().unwrap();
        [(header.parse().unwrap(), caller)].into_iter().collect()
    }

    #[test]
    fn s_33_an_untrusted_address_that_brings_many_is_told_of_once() {
        let crowds = Crowds::behind(&["10.0.0.1".parse().unwrap()]);
        let peer = "203.0.113.9".parse().unwrap();
        for header in FORWARDED_FOR {
            for _ in 0..100 {
                assert!(
                    !crowds.shows(peer, &HeaderMap::new()),
                    "nobody else is named"
                );
                assert!(!crowds.shows(peer, &said(header, 1)), "always the same one");
            }
        }
        let told = (0..50).filter(|caller| crowds.shows(peer, &said("x-forwarded-for", *caller)));
        assert_eq!(told.count(), 1);
        let other = "::ffff:203.0.113.10".parse().unwrap();
        let told = (0..50).filter(|caller| crowds.shows(other, &said("forwarded", *caller)));
        assert_eq!(told.count(), 1);
    }

    #[test]
    fn s_33_a_trusted_proxy_may_bring_as_many_as_there_are() {
        let crowds = Crowds::behind(&["10.0.0.1".parse().unwrap()]);
        for proxy in ["10.0.0.1", "::ffff:10.0.0.1"] {
            let proxy = proxy.parse().unwrap();
            assert!((0..50).all(|caller| !crowds.shows(proxy, &said("x-forwarded-for", caller))));
        }
        assert!(crowds.behind.lock().unwrap().is_empty());
    }

    #[test]
    fn whoever_makes_addresses_up_fills_no_memory() {
        let crowds = Crowds::behind(&[]);
        for n in 0..10_000_u32 {
            crowds.shows(IpAddr::from(n.to_be_bytes()), &said("x-real-ip", 1));
        }
        assert_eq!(crowds.behind.lock().unwrap().len(), CROWDS_MAX);
    }
}
