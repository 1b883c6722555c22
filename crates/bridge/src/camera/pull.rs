//! One pull of a camera: a GET without any key, no redirect, no proxy, bounded in bytes and time.

use super::limits::{CONNECT, STILLS_PER_S_MAX};
use super::mjpeg::{Kind, Mjpeg, checked, kind};
use fluxprint_link::camera::{FRAME_BYTES_MAX, Trouble};
use fluxprint_printers::Webcam;
use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, Response, Url};
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout, timeout_at};

/// The client for all cameras. Each pull has a connection of its own.
pub(super) fn client() -> Option<Client> {
    // A second installation is refused, which is fine: there is one provider already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .no_proxy()
        .referer(false)
        .http1_only()
        .pool_max_idle_per_host(0)
        .connect_timeout(CONNECT)
        .user_agent("fluxprint-bridge");
    client.build().ok()
}

/// What a pull is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Goal {
    /// One picture.
    One,
    /// So many in a second, until the pull is dropped.
    Many(u8),
}

/// A pull under way.
pub(super) struct Pull<'a> {
    pub client: &'a Client,
    pub camera: &'a Webcam,
    /// How long the camera may take to its answer, and to each picture.
    pub patience: Duration,
    /// Takes each picture that is due.
    pub take: &'a (dyn Fn(Vec<u8>) + Sync),
}

impl Pull<'_> {
    /// Pulls until the goal is reached. One of many is never reached: drop it.
    ///
    /// # Errors
    /// What is wrong with the camera.
    pub async fn run(&self, goal: Goal) -> Result<(), Trouble> {
        let Webcam { stream, still } = self.camera;
        let address = match goal {
            Goal::One => still.as_ref().or(stream.as_ref()),
            Goal::Many(_) => stream.as_ref().or(still.as_ref()),
        };
        let address = address.ok_or(Trouble::Unreachable)?;
        loop {
            let answer = self.ask(address).await?;
            let said = answer.headers().get(CONTENT_TYPE);
            let said = said.and_then(|said| said.to_str().ok()).unwrap_or_default();
            match kind(said).ok_or(Trouble::NotACamera)? {
                Kind::Stream(boundary) => return self.stream(answer, &boundary, goal).await,
                Kind::Still => {
                    let until = Instant::now() + self.patience;
                    let picture = timeout_at(until, whole(answer)).await;
                    (self.take)(picture.map_err(|_| Trouble::Silent)??);
                }
            }
            match goal {
                Goal::One => return Ok(()),
                Goal::Many(fps) => sleep(pause(fps.min(STILLS_PER_S_MAX))).await,
            }
        }
    }

    async fn ask(&self, address: &Url) -> Result<Response, Trouble> {
        let asked = self.client.get(address.clone()).send();
        let answer = match timeout(self.patience, asked).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) if error.is_connect() => return Err(Trouble::Unreachable),
            Ok(Err(_)) => return Err(Trouble::NotACamera),
            Err(_) => return Err(Trouble::Silent),
        };
        match answer.status() {
            status if status.is_success() => Ok(answer),
            status if status.is_redirection() => Err(Trouble::Redirects),
            _ => Err(Trouble::Refused),
        }
    }

    async fn stream(
        &self,
        mut answer: Response,
        boundary: &str,
        goal: Goal,
    ) -> Result<(), Trouble> {
        let mut reader = Mjpeg::new(boundary);
        let mut due = Instant::now();
        let mut until = due + self.patience;
        loop {
            let chunk = match timeout_at(until, answer.chunk()).await {
                Ok(Ok(Some(chunk))) => chunk,
                Ok(Ok(None) | Err(_)) | Err(_) => return Err(Trouble::Silent),
            };
            reader.push(&chunk);
            while let Some(picture) = reader.picture()? {
                let now = Instant::now();
                until = now + self.patience;
                if now < due {
                    continue;
                }
                (self.take)(picture);
                match goal {
                    Goal::One => return Ok(()),
                    Goal::Many(fps) => due = next_due(due, now, pause(fps)),
                }
            }
        }
    }
}

/// A little early counts as due: a camera of ten pictures a second is asked for ten, not for five.
fn next_due(due: Instant, now: Instant, pause: Duration) -> Instant {
    (due + pause).max(now + pause / 2)
}

fn pause(fps: u8) -> Duration {
    Duration::from_secs(1) / u32::from(fps.max(1))
}

async fn whole(mut answer: Response) -> Result<Vec<u8>, Trouble> {
    let mut picture = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|_| Trouble::Silent)? {
        if picture.len() + chunk.len() > FRAME_BYTES_MAX {
            return Err(Trouble::TooLarge);
        }
        picture.extend_from_slice(&chunk);
    }
    checked(picture)
}
