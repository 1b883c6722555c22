//! Where OctoPrint says that its camera is: the classic webcam settings.
//!
//! The addresses there are anybody's who may change OctoPrint's settings. One that is followed has
//! to share OctoPrint's host (B-05): otherwise OctoPrint could point the bridge at any machine of
//! the network. A camera elsewhere is named in the bridge's own configuration.

use crate::limits::ADDRESS_CHARS_MAX;
use crate::port::Webcam;
use reqwest::Url;
use serde::Deserialize;

/// `GET /api/settings`, of which only the webcam is read.
#[derive(Deserialize)]
pub struct Settings {
    #[serde(default)]
    pub webcam: Told,
}

/// The classic webcam, as OctoPrint 1.11 tells it.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Told {
    webcam_enabled: Option<bool>,
    stream_url: Option<String>,
    snapshot_url: Option<String>,
}

impl Told {
    /// The addresses that may be used, beside the OctoPrint at `octoprint`.
    pub fn usable(&self, octoprint: &Url) -> Webcam {
        if self.webcam_enabled == Some(false) {
            return Webcam::default();
        }
        let usable = |said: &Option<String>| beside(octoprint, said.as_deref()?);
        Webcam {
            stream: usable(&self.stream_url),
            still: usable(&self.snapshot_url),
        }
    }
}

/// What is said, as an address at OctoPrint's host; relative ones begin at OctoPrint.
fn beside(octoprint: &Url, said: &str) -> Option<Url> {
    let said = said.trim();
    if said.is_empty() || said.chars().count() > ADDRESS_CHARS_MAX {
        return None;
    }
    let url = octoprint.join(said).ok()?;
    let http = matches!(url.scheme(), "http" | "https");
    (http && same_host(octoprint, &url)).then_some(url)
}

/// The same name or number, whatever the port; the machine's names for itself are one.
fn same_host(one: &Url, other: &Url) -> bool {
    let is_own = |url: &Url| matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    one.host_str()
        .is_some_and(|host| other.host_str() == Some(host))
        || (is_own(one) && is_own(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usable(octoprint: &str, stream: &str) -> Option<String> {
        let told: Settings = serde_json::from_value(serde_json::json!({
            "webcam": { "webcamEnabled": true, "streamUrl": stream, "snapshotUrl": "", "more": 1 },
        }))
        .unwrap();
        let webcam = told.webcam.usable(&octoprint.parse().unwrap());
        assert_eq!(webcam.still, None);
        webcam.stream.map(String::from)
    }

    #[test]
    fn an_address_at_octoprints_host_is_followed_relative_or_whole() {
        for (said, wanted) in [
            (
                "/webcam/?action=stream",
                "http://octopi.local/webcam/?action=stream",
            ),
            (
                "http://octopi.local:8080/?action=stream",
                "http://octopi.local:8080/?action=stream",
            ),
            (" //octopi.local/cam ", "http://octopi.local/cam"),
            ("https://OCTOPI.local/cam", "https://octopi.local/cam"),
        ] {
            assert_eq!(
                usable("http://octopi.local/", said).as_deref(),
                Some(wanted)
            );
        }
        let own = usable(
            "http://localhost:5000",
            "http://127.0.0.1:8080/?action=stream",
        );
        assert!(own.is_some());
    }

    #[test]
    fn an_address_anywhere_else_is_not() {
        for said in [
            "http://127.0.0.1:8080/?action=stream",
            "http://elsewhere.example/cam",
            "http://octopi.local.example/cam",
            "http://octopi.local@elsewhere.example/cam",
            "//elsewhere.example/cam",
            "rtsp://octopi.local/cam",
            "file:///etc/passwd",
            "webrtc://octopi.local",
            "javascript:alert(1)",
            "http://",
            "",
        ] {
            assert_eq!(usable("http://octopi.local/", said), None, "{said}");
        }
        let long = format!("/{}", "a".repeat(ADDRESS_CHARS_MAX));
        assert_eq!(usable("http://octopi.local/", &long), None);
    }

    #[test]
    fn a_camera_that_is_switched_off_or_not_told_is_none() {
        let octoprint: Url = "http://octopi.local".parse().unwrap();
        for told in [
            serde_json::json!({}),
            serde_json::json!({ "webcam": {} }),
            serde_json::json!({ "webcam": { "webcamEnabled": false, "streamUrl": "/webcam" } }),
        ] {
            let told: Settings = serde_json::from_value(told).unwrap();
            assert_eq!(told.webcam.usable(&octoprint), Webcam::default());
        }
    }
}
