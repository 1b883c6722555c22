//! From where a call comes (S-33). Used to slow down strangers and for nothing else: no right and
//! no discovery ever depends on it.

use axum::extract::ConnectInfo;
use axum::http::request::Parts;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// The address of the nearest party that is not one of our proxies, shortened to what one caller
/// owns: all of an IPv4 address, the first 64 bits of an IPv6 one. `None` where nobody can say.
#[must_use]
pub fn client_address(parts: &Parts, trusted_proxies: &[IpAddr]) -> Option<IpAddr> {
    let peer = parts
        .extensions
        .get::<ConnectInfo<SocketAddr>>()?
        .0
        .ip()
        .to_canonical();
    let trusted = |address: &IpAddr| trusted_proxies.iter().any(|proxy| proxy == address);
    if !trusted(&peer) {
        return Some(shortened(peer));
    }
    let said = parts.headers.get_all("x-forwarded-for");
    let hops = said.iter().filter_map(|value| value.to_str().ok());
    let hops: Vec<&str> = hops.flat_map(|value| value.split(',')).collect();
    for hop in hops.iter().rev() {
        let address: IpAddr = hop.trim().parse().ok()?;
        let address = address.to_canonical();
        if !trusted(&address) {
            return Some(shortened(address));
        }
    }
    None
}

/// The part of an address that one caller owns.
pub(crate) fn shortened(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(long) => Ipv6Addr::from_bits(long.to_bits() >> 64 << 64).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(peer: &str, forwarded: Option<&str>) -> Option<String> {
        let mut request = axum::http::Request::builder();
        if let Some(forwarded) = forwarded {
            request = request.header("x-forwarded-for", forwarded);
        }
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        let peer: IpAddr = peer.parse().unwrap();
        parts
            .extensions
            .insert(ConnectInfo(SocketAddr::new(peer, 1)));
        let proxies = ["10.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap()];
        client_address(&parts, &proxies).map(|address| address.to_string())
    }

    #[test]
    fn only_our_proxies_are_asked_who_calls_and_only_their_last_stranger_counts() {
        let is = |address: &str| Some(address.to_owned());
        assert_eq!(from("203.0.113.9", Some("1.2.3.4")), is("203.0.113.9"));
        assert_eq!(
            from("10.0.0.1", Some("1.2.3.4, 203.0.113.9")),
            is("203.0.113.9")
        );
        assert_eq!(from("10.0.0.1", Some("1.2.3.4, 10.0.0.2")), is("1.2.3.4"));
        assert_eq!(from("10.0.0.1", None), None);
        assert_eq!(from("10.0.0.1", Some("unknown")), None);
    }

    #[test]
    fn a_caller_cannot_change_the_half_of_an_address_that_is_theirs() {
        let is = |address: &str| Some(address.to_owned());
        assert_eq!(from("2001:db8:1:2:3:4:5:6", None), is("2001:db8:1:2::"));
        assert_eq!(from("::ffff:203.0.113.9", None), is("203.0.113.9"));
    }
}
