//! What of the settings each room needs.

use super::Settings;
use super::addresses::{Rules, Visitors, spellings};
use crate::problem::Problem;
use std::net::{IpAddr, SocketAddr};
use url::Url;

/// The settings as people know them.
const STUDIO_URL: &str = "FLUXSTUDIO_URL";
const SERVICE_URL: &str = "FLUXPRINT_SERVICE_URL";
const ORIGINS: &str = "ALLOWED_ORIGINS";
const PROXIES: &str = "FLUXPRINT_TRUSTED_PROXIES";
const CONTACT: &str = "FLUXPRINT_SECURITY_CONTACT";

impl Settings {
    /// What of it the service needs, whose people open the studio at its address or at `addr`.
    ///
    /// # Errors
    /// A [`Problem`] that names the setting and never its value.
    pub fn of_service(&self, addr: SocketAddr) -> Result<fluxprint_service::Settings, Problem> {
        let pages = self.public_url(addr).ok();
        let page = pages.and_then(|url| url.join("pair").ok());
        Ok(fluxprint_service::Settings {
            pairing_page: page.map(String::from),
            trusted_proxies: self.proxies()?,
            limits: fluxprint_service::Limits {
                jobs_per_hour: self.limits.jobs_per_hour,
                open_jobs: self.limits.open_jobs,
                model_bytes: self.limits.model_bytes,
                gcode_bytes: self.limits.gcode_bytes,
                calls_at_once: self.limits.calls_at_once,
                ..fluxprint_service::Limits::default()
            },
            ..fluxprint_service::Settings::default()
        })
    }

    /// What of it the studio needs, which is served at `addr`.
    ///
    /// # Errors
    /// A [`Problem`] that names the setting and never its value.
    pub fn of_studio(&self, addr: SocketAddr) -> Result<fluxprint_studio::Settings, Problem> {
        let public_url = self.public_url(addr)?;
        let mut own_origins = spellings(&public_url);
        if let Some(more) = &self.allowed_origins {
            own_origins.extend(self.rules().origins(ORIGINS, more)?);
        }
        Ok(fluxprint_studio::Settings {
            own_origins,
            trusted_proxies: self.proxies()?,
            tls_only: public_url.scheme() == "https",
            security_contact: self.contact()?,
            limits: fluxprint_studio::Limits {
                model_bytes: self.limits.model_bytes,
                gcode_bytes: self.limits.gcode_bytes,
                other_bytes: self.limits.other_bytes,
                quota_bytes: self.limits.quota_bytes,
                calls_at_once: self.limits.calls_at_once,
                ..fluxprint_studio::Limits::default()
            },
            ..fluxprint_studio::Settings::at(public_url)
        })
    }

    /// Where people open the pages of the studio that is served at `addr`: as it was set, else this
    /// machine.
    ///
    /// # Errors
    /// A [`Problem`] that names the setting and never its value.
    pub fn public_url(&self, addr: SocketAddr) -> Result<Url, Problem> {
        let here = format!("http://localhost:{}", addr.port());
        let text = self.studio_url.as_deref().unwrap_or(&here);
        self.rules().address(STUDIO_URL, text, Visitors::Browsers)
    }

    /// Where the studio publishes its keys.
    ///
    /// # Errors
    /// A [`Problem`] that names the setting and never its value.
    pub fn keys_url(&self) -> Result<Url, Problem> {
        let mut url = self.other_program(STUDIO_URL, self.studio_url.as_deref())?;
        url.set_path("/.well-known/jwks.json");
        Ok(url)
    }

    /// Where the service is.
    ///
    /// # Errors
    /// A [`Problem`] that names the setting and never its value.
    pub fn service_url(&self) -> Result<Url, Problem> {
        self.other_program(SERVICE_URL, self.service_url.as_deref())
    }

    /// Says which settings are known and not needed.
    pub fn notices(&self, has_service: bool) {
        if self.ws_url.is_some() {
            tracing::info!("FLUXPRINT_WS_URL is not needed: it follows from FLUXPRINT_SERVICE_URL");
        }
        if has_service && self.service_url.is_some() {
            tracing::info!("FLUXPRINT_SERVICE_URL is not needed: the service runs in this program");
        }
    }

    fn other_program(&self, name: &'static str, text: Option<&str>) -> Result<Url, Problem> {
        let missing = Problem::Setting {
            name,
            why: "is missing. This program has to know where the other one answers.",
        };
        let text = text.ok_or(missing)?;
        self.rules().address(name, text, Visitors::Programs)
    }

    /// RFC 9116 takes a mail address with `mailto:`, a telephone number with `tel:`, or a page.
    fn contact(&self) -> Result<Option<Url>, Problem> {
        let wrong = Problem::Setting {
            name: CONTACT,
            why: "is no way to reach somebody. Write a mail address or a page, for example \
                  mailto:security@example.org or https://example.org/security.",
        };
        let Some(text) = self.security_contact.as_deref().map(str::trim) else {
            return Ok(None);
        };
        match Url::parse(text) {
            Ok(url) if url.scheme() == "https" => Ok(Some(url)),
            Ok(url) if url.scheme() == "mailto" && url.path().contains('@') => Ok(Some(url)),
            Ok(url) if url.scheme() == "tel" && !url.path().is_empty() => Ok(Some(url)),
            _ => Err(wrong),
        }
    }

    fn rules(&self) -> Rules {
        Rules {
            stage: self.environment,
            allow_http: self.allow_http,
        }
    }

    fn proxies(&self) -> Result<Vec<IpAddr>, Problem> {
        let text = self.trusted_proxies.as_deref().unwrap_or_default();
        let words = text
            .split(',')
            .map(str::trim)
            .filter(|word| !word.is_empty());
        let wrong = |_| Problem::Setting {
            name: PROXIES,
            why: "names something that is no IP address. Write one or more, with commas between them.",
        };
        words.map(|word| word.parse().map_err(wrong)).collect()
    }
}
