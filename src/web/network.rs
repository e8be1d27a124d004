//! Where a visitor comes from, as coarse as the limits need it: /24 or /64.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::request::Parts;

use super::state::Web;

/// `192.0.2.0/24`, `2001:db8:0:1::/64`, or `unknown`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Network(pub String);

impl FromRequestParts<Web> for Network {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Infallible> {
        let peer = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map(|ConnectInfo(peer)| peer.ip());
        let client = client(peer, &parts.headers, web.trusted_proxies());
        Ok(Self(client.map_or_else(|| "unknown".to_owned(), cut)))
    }
}

/// The visitor's address: of the list "X-Forwarded-For, then the peer" the last entries are our own
/// proxies, and the one before them is the visitor. What stands further left anyone may have written.
fn client(peer: Option<IpAddr>, headers: &HeaderMap, proxies: usize) -> Option<IpAddr> {
    let forwarded: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .map(|line| line.to_str().unwrap_or_default())
        .flat_map(|line| line.split(','))
        .map(str::trim)
        .collect();
    let hops = proxies.min(forwarded.len());
    if hops == 0 {
        return peer;
    }
    let named = forwarded.get(forwarded.len() - hops)?;
    // A proxy that writes no address: its own is all we know.
    read(named).or(peer)
}

fn read(named: &str) -> Option<IpAddr> {
    let bare = named
        .strip_prefix('[')
        .and_then(|rest| rest.split(']').next());
    bare.unwrap_or(named).parse().ok().or_else(|| {
        named
            .parse::<SocketAddr>()
            .ok()
            .map(|with_port| with_port.ip())
    })
}

fn cut(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        IpAddr::V6(v6) => {
            let prefix = u128::from(v6) >> 64 << 64;
            format!("{}/64", std::net::Ipv6Addr::from(prefix))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(peer: &str, forwarded: &[&'static str], proxies: usize) -> Option<String> {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        client(peer.parse().ok(), &headers, proxies).map(cut)
    }

    #[test]
    fn the_visitor_is_the_last_one_our_own_proxies_saw() {
        for (peer, forwarded, proxies, network) in [
            // no proxy: the header is anybody's word
            ("192.0.2.7", &["203.0.113.9"][..], 0, "192.0.2.0/24"),
            ("10.0.0.1", &["203.0.113.9"], 1, "203.0.113.0/24"),
            ("10.0.0.1", &["6.6.6.6, 203.0.113.9"], 1, "203.0.113.0/24"),
            ("10.0.0.1", &["6.6.6.6", "203.0.113.9"], 1, "203.0.113.0/24"),
            (
                "10.0.0.1",
                &["6.6.6.6, 203.0.113.9, 10.0.0.2"],
                2,
                "203.0.113.0/24",
            ),
            // fewer entries than proxies: the leftmost was written by one of ours
            ("10.0.0.1", &["203.0.113.9"], 2, "203.0.113.0/24"),
            ("10.0.0.1", &[], 1, "10.0.0.0/24"),
            ("10.0.0.1", &["not an address"], 1, "10.0.0.0/24"),
            ("10.0.0.1", &["203.0.113.9:4711"], 1, "203.0.113.0/24"),
            (
                "10.0.0.1",
                &["[2001:db8:0:1:2::3]:4711"],
                1,
                "2001:db8:0:1::/64",
            ),
            ("::ffff:192.0.2.7", &[], 0, "192.0.2.0/24"),
            ("2001:db8:0:1:ffff::1", &[], 0, "2001:db8:0:1::/64"),
        ] {
            let found = ask(peer, forwarded, proxies);
            assert_eq!(
                found.as_deref(),
                Some(network),
                "{peer} {forwarded:?} {proxies}"
            );
        }
    }
}
