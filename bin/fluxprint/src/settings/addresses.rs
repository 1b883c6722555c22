//! Addresses under which the programs are reached: checked before anything starts (S-31). What is
//! said about one names the setting, never its value.

#[cfg(test)]
mod tests;

use crate::problem::Problem;
use std::net::IpAddr;
use url::{Host, Url};

/// Where the programs run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// On the machine of somebody who tries or builds them.
    Development,
    /// For other people.
    Production,
}

/// Who goes to an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visitors {
    /// Browsers: without TLS they keep nobody signed in, but on this machine.
    Browsers,
    /// Programs of ours, perhaps in a network of their own.
    Programs,
}

/// What is allowed of addresses.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// In production this machine is no address.
    pub stage: Stage,
    /// Plain http is allowed everywhere.
    pub allow_http: bool,
}

const NO_ADDRESS: &str =
    "is no address. Write scheme and host, for example https://prints.example.org.";
const OTHER_SCHEME: &str = "begins with neither http:// nor https://. Write one of them.";
const WITH_PASSWORD: &str =
    "holds a name or a password. Leave both away: the programs know each other by their keys.";
const WITH_PATH: &str =
    "goes on after the host. Leave path, query and fragment away: FluxPrint has a host of its own.";
const THIS_MACHINE: &str = "names this machine, where nobody else gets to. Write the address that \
     others reach it at, or set FLUXPRINT_ENVIRONMENT=development.";
const PLAIN_HTTP: &str = "is plain http, which others on the way can read and change. Write https://, \
     or set FLUXPRINT_ALLOW_HTTP=true when everybody on the way is trusted.";
const NO_ORIGIN: &str = "names something that is no origin. Write scheme, host and port of each, with \
     commas between them.";
const EVERYBODY: &str =
    "holds a star. Name every origin: a star lets any page act for whoever is signed in.";

impl Rules {
    /// The address that a setting holds.
    ///
    /// # Errors
    /// [`Problem::Setting`] with what is wrong.
    pub fn address(
        self,
        name: &'static str,
        text: &str,
        visitors: Visitors,
    ) -> Result<Url, Problem> {
        let wrong = |why| Err(Problem::Setting { name, why });
        let Ok(url) = Url::parse(text.trim()) else {
            return wrong(NO_ADDRESS);
        };
        let Some(host) = url.host() else {
            return wrong(NO_ADDRESS);
        };
        let goes_on = url.path() != "/" || url.query().is_some() || url.fragment().is_some();
        if !matches!(url.scheme(), "http" | "https") {
            wrong(OTHER_SCHEME)
        } else if !url.username().is_empty() || url.password().is_some() {
            wrong(WITH_PASSWORD)
        } else if goes_on {
            wrong(WITH_PATH)
        } else if is_nowhere(&host) {
            wrong(NO_ADDRESS)
        } else if self.stage == Stage::Production && is_this_machine(&host) {
            wrong(THIS_MACHINE)
        } else if url.scheme() == "http" && !self.may_be_plain(&host, visitors) {
            wrong(PLAIN_HTTP)
        } else {
            Ok(url)
        }
    }

    /// The origins that a setting lists with commas.
    ///
    /// # Errors
    /// [`Problem::Setting`] with what is wrong.
    pub fn origins(self, name: &'static str, text: &str) -> Result<Vec<String>, Problem> {
        let wrong = |why| Problem::Setting { name, why };
        let words = text
            .split(',')
            .map(str::trim)
            .filter(|word| !word.is_empty());
        let origin = |word: &str| {
            if word.contains('*') {
                return Err(wrong(EVERYBODY));
            }
            let url = self.address(name, word, Visitors::Browsers)?;
            let origin = url.origin().ascii_serialization();
            // Anything that is left out or written otherwise would never match what a browser says.
            if word.trim_end_matches('/') == origin {
                Ok(origin)
            } else {
                Err(wrong(NO_ORIGIN))
            }
        };
        words.map(origin).collect()
    }

    fn may_be_plain(self, host: &Host<&str>, visitors: Visitors) -> bool {
        self.allow_http
            || is_this_machine(host)
            || (visitors == Visitors::Programs && is_in_a_network_of_our_own(host))
    }
}

/// The other spellings of an address on this machine: a browser takes each for an origin of its own.
pub fn spellings(url: &Url) -> Vec<String> {
    if !url.host().is_some_and(|host| is_this_machine(&host)) {
        return Vec::new();
    }
    let port = url
        .port()
        .map(|port| format!(":{port}"))
        .unwrap_or_default();
    ["localhost", "127.0.0.1", "[::1]"]
        .map(|host| format!("{}://{host}{port}", url.scheme()))
        .into()
}

fn is_this_machine(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => {
            let name = name.trim_end_matches('.');
            name == "localhost" || name.ends_with(".localhost")
        }
        Host::Ipv4(ip) => ip.is_loopback(),
        Host::Ipv6(ip) => ip.to_canonical().is_loopback(),
    }
}

/// An address to listen at, which is none to go to.
fn is_nowhere(host: &Host<&str>) -> bool {
    ip(host).is_some_and(|ip| ip.is_unspecified())
}

/// A name without a dot, one of the endings for networks at home and in clouds, or a private address.
fn is_in_a_network_of_our_own(host: &Host<&str>) -> bool {
    const ENDINGS: [&str; 4] = [".internal", ".local", ".lan", ".home.arpa"];
    match host {
        Host::Domain(name) => !name.contains('.') || ENDINGS.iter().any(|end| name.ends_with(end)),
        _ => match ip(host) {
            Some(IpAddr::V4(ip)) => ip.is_private() || ip.is_link_local(),
            Some(IpAddr::V6(ip)) => ip.is_unique_local() || ip.is_unicast_link_local(),
            None => false,
        },
    }
}

fn ip(host: &Host<&str>) -> Option<IpAddr> {
    match host {
        Host::Domain(_) => None,
        Host::Ipv4(ip) => Some((*ip).into()),
        Host::Ipv6(ip) => Some(ip.to_canonical()),
    }
}
