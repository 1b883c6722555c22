//! The service's live stream: a WebSocket, also where the service is in the same process.

use super::error::GatewayError;
use super::limits::{EVENT_BYTES_MAX, PIPE_BYTES};
use super::way::{Way, address, chain};
use axum::Router;
use axum::http::header::AUTHORIZATION;
use axum::http::uri::Scheme;
use axum::http::{HeaderValue, Uri};
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, client_async_tls_with_config};

/// Bytes that go both ways.
pub trait Line: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Line for T {}

/// An open socket to the service.
pub type EventSocket = WebSocketStream<MaybeTlsStream<Box<dyn Line>>>;

/// Opens the live stream with `token`.
pub(super) async fn dial(way: &Way, token: &str) -> Result<EventSocket, GatewayError> {
    let (uri, line): (Uri, Box<dyn Line>) = match way {
        Way::Inside(router) => {
            let uri = Uri::from_static("ws://inside/v1/events");
            (uri, Box::new(answered_by(router.clone())))
        }
        Way::Outside { base, .. } => {
            let host = base.host_str().unwrap_or_default();
            let port = base.port_or_known_default().unwrap_or_default();
            let host = host.trim_start_matches('[').trim_end_matches(']');
            let stream = TcpStream::connect((host, port)).await.map_err(away)?;
            // A change is one small write: waiting for more only makes it late.
            let _ = stream.set_nodelay(true);
            (
                websocket(address(base, &Uri::from_static("/v1/events"))?)?,
                Box::new(stream),
            )
        }
    };
    let mut request = uri.into_client_request().map_err(away)?;
    let bearer = HeaderValue::from_str(&format!("Bearer {token}"));
    let mut bearer = bearer.map_err(|_| GatewayError::Nonsense("no token".to_owned()))?;
    bearer.set_sensitive(true);
    request.headers_mut().insert(AUTHORIZATION, bearer);
    let config = WebSocketConfig::default()
        .max_message_size(Some(EVENT_BYTES_MAX))
        .max_frame_size(Some(EVENT_BYTES_MAX));
    let open = client_async_tls_with_config(request, line, Some(config), None).await;
    open.map(|(socket, _)| socket).map_err(away)
}

/// The near end of a pipe whose far end a server in this process answers.
fn answered_by(router: Router) -> DuplexStream {
    let (near, far) = tokio::io::duplex(PIPE_BYTES);
    tokio::spawn(async move {
        let service = TowerToHyperService::new(router);
        let connection = http1::Builder::new().serve_connection(TokioIo::new(far), service);
        // It ends with the socket; how is not ours to know.
        let _ = connection.with_upgrades().await;
    });
    near
}

fn websocket(http: Uri) -> Result<Uri, GatewayError> {
    let secure = http.scheme() == Some(&Scheme::HTTPS);
    let mut parts = http.into_parts();
    let scheme = if secure { "wss" } else { "ws" };
    parts.scheme = scheme.parse().ok();
    Uri::from_parts(parts).map_err(|_| GatewayError::Nonsense("no address".to_owned()))
}

fn away(error: impl std::error::Error) -> GatewayError {
    GatewayError::Away(chain(&error))
}
