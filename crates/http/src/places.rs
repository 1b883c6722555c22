//! Whose connections are counted: those of strangers, by what one caller owns of an address.

use crate::address::shortened;
use crate::lanes::Full;
use crate::limits::CONNECTIONS_OF_ONE_MAX;
use crate::shares::{Share, Shares};
use std::net::IpAddr;
use std::sync::Arc;

/// The connections of everybody who has one.
#[derive(Debug)]
pub(crate) struct Places {
    proxies: Vec<IpAddr>,
    of_one: Arc<Shares<IpAddr>>,
}

impl Places {
    /// Nobody has one yet; `proxies` bring the calls of many.
    pub fn behind(proxies: &[IpAddr]) -> Self {
        Self {
            proxies: proxies.iter().map(IpAddr::to_canonical).collect(),
            of_one: Shares::of(CONNECTIONS_OF_ONE_MAX),
        }
    }

    /// A place for a connection from `peer`, held until it ends. `None` for our own machine and our
    /// proxies: they may have all there are.
    ///
    /// # Errors
    /// [`Full`] when the caller has as many as one may have.
    pub fn take(&self, peer: IpAddr) -> Result<Option<Share<IpAddr>>, Full> {
        let peer = peer.to_canonical();
        if peer.is_loopback() || self.proxies.contains(&peer) {
            return Ok(None);
        }
        self.of_one.take(shortened(peer)).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(with: &str) -> (Places, Vec<Option<Share<IpAddr>>>) {
        let places = Places::behind(&["10.0.0.1".parse().unwrap()]);
        let with = with.parse().unwrap();
        let held = (0..CONNECTIONS_OF_ONE_MAX).map(|_| places.take(with).unwrap());
        let held = held.collect();
        (places, held)
    }

    #[test]
    fn an_address_that_holds_its_share_gets_no_more_connections_and_others_do() {
        let (places, _held) = filled("203.0.113.9");
        assert!(places.take("::ffff:203.0.113.9".parse().unwrap()).is_err());
        assert!(places.take("203.0.113.10".parse().unwrap()).is_ok());
        let (places, _held) = filled("2001:db8:1:2::1");
        assert!(places.take("2001:db8:1:2::2".parse().unwrap()).is_err());
        assert!(places.take("2001:db8:1:3::1".parse().unwrap()).is_ok());
    }

    #[test]
    fn our_own_machine_and_our_proxies_may_have_all_connections() {
        for ours in ["127.0.0.1", "::1", "10.0.0.1", "::ffff:10.0.0.1"] {
            let (places, _held) = filled(ours);
            assert!(places.take(ours.parse().unwrap()).is_ok(), "{ours}");
        }
    }
}
