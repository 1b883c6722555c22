//! Dialling the service, and how long to wait before the next time.

use crate::limits::CONNECT_MS;
use crate::service::Service;
use fluxprint_domain::Clock;
use fluxprint_link::limits::FRAME_BYTES_MAX;
use reqwest::Url;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::header::AUTHORIZATION;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

/// A connected socket.
pub type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum DialError {
    /// No answer, or none in time.
    #[error("the print service does not answer")]
    Silent,
    /// The service does not know this bridge (any more).
    #[error("the print service does not accept this bridge's token")]
    TokenRefused,
    /// Something answers, but it is not the service's door for bridges.
    #[error("what answers at the address of the print service is no door for bridges")]
    NoDoor,
}

/// Opens the link's WebSocket, saying who we are in the upgrade request.
///
/// # Errors
/// [`DialError`].
pub async fn dial(service: &Service) -> Result<Socket, DialError> {
    dial_at(service, &service.link_address()).await
}

/// Opens the second socket, the one for camera pictures, in the same way.
///
/// # Errors
/// [`DialError`].
pub async fn dial_camera(service: &Service) -> Result<Socket, DialError> {
    dial_at(service, &service.camera_address()).await
}

async fn dial_at(service: &Service, address: &Url) -> Result<Socket, DialError> {
    let mut request = address
        .as_str()
        .into_client_request()
        .map_err(|_| DialError::NoDoor)?;
    let token = service.authorization().ok_or(DialError::TokenRefused)?;
    request.headers_mut().insert(AUTHORIZATION, token);
    let config = WebSocketConfig::default()
        .max_message_size(Some(FRAME_BYTES_MAX))
        .max_frame_size(Some(FRAME_BYTES_MAX))
        .read_buffer_size(16 * 1024)
        .write_buffer_size(16 * 1024)
        .max_write_buffer_size(4 * FRAME_BYTES_MAX);
    let dialled = connect_async_with_config(request, Some(config), true);
    match tokio::time::timeout(Duration::from_millis(CONNECT_MS), dialled).await {
        Ok(Ok((socket, _))) => Ok(socket),
        Ok(Err(Error::Http(answer))) => Err(match answer.status().as_u16() {
            401 | 403 => DialError::TokenRefused,
            500.. => DialError::Silent,
            _ => DialError::NoDoor,
        }),
        Ok(Err(_)) | Err(_) => Err(DialError::Silent),
    }
}

/// Growing pauses with full jitter: anything up to a bound that doubles, so that a hundred bridges
/// do not come back in the same second.
#[derive(Debug)]
pub struct Backoff {
    first_ms: u64,
    max_ms: u64,
    bound_ms: u64,
}

impl Backoff {
    /// Pauses up to `first_ms` at first and up to `max_ms` in the end.
    #[must_use]
    pub fn new((first_ms, max_ms): (u64, u64)) -> Self {
        Self {
            first_ms,
            max_ms,
            bound_ms: first_ms,
        }
    }

    /// The next pause.
    pub fn next(&mut self, clock: &dyn Clock) -> Duration {
        let bound_ms = self.bound_ms;
        self.bound_ms = bound_ms.saturating_mul(2).min(self.max_ms);
        let part = clock.random() % u128::from(bound_ms + 1);
        Duration::from_millis(u64::try_from(part).unwrap_or(bound_ms))
    }

    /// A session was open: the next trouble is a new one.
    pub fn start_over(&mut self) {
        self.bound_ms = self.first_ms;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fluxprint_domain::{Monotonic, Timestamp};

    struct Chance(u128);

    impl Clock for Chance {
        fn now(&self) -> Timestamp {
            Timestamp(0)
        }
        fn monotonic(&self) -> Monotonic {
            Monotonic(0)
        }
        fn random(&self) -> u128 {
            self.0
        }
    }

    #[test]
    fn pauses_grow_to_their_limit_and_are_anything_below_it() {
        let mut backoff = Backoff::new((500, 30_000));
        let mut longest = 0;
        for _ in 0..20 {
            longest = backoff.bound_ms;
            assert!(backoff.next(&Chance(u128::MAX)) <= Duration::from_millis(longest));
        }
        assert_eq!(longest, 30_000);
        assert_eq!(backoff.next(&Chance(0)), Duration::ZERO);
        backoff.start_over();
        assert_eq!(backoff.next(&Chance(500)), Duration::from_millis(500));
    }
}
