//! Sockets to the service, also where it is in the same process.

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
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, client_async_tls_with_config};

/// Bytes that go both ways.
pub trait Line: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Line for T {}

/// An open socket to the service.
pub type ServiceSocket = WebSocketStream<MaybeTlsStream<Box<dyn Line>>>;

/// Opens the socket at `path` with `token`. Nothing when the service refuses to open it.
pub(super) async fn dial(
    way: &Way,
    path: &str,
    token: &str,
) -> Result<Option<ServiceSocket>, GatewayError> {
    let nowhere = || GatewayError::Nonsense("no address".to_owned());
    let (uri, line): (Uri, Box<dyn Line>) = match way {
        Way::Inside(router) => {
            let uri = format!("ws://inside{path}").parse();
            let line = answered_by(router.clone());
            (uri.map_err(|_| nowhere())?, Box::new(line))
        }
        Way::Outside { base, .. } => {
            let host = base.host_str().unwrap_or_default();
            let port = base.port_or_known_default().unwrap_or_default();
            let host = host.trim_start_matches('[').trim_end_matches(']');
            let stream = TcpStream::connect((host, port)).await.map_err(away)?;
            // A change is one small write: waiting for more only makes it late.
            let _ = stream.set_nodelay(true);
            let path = path.parse().map_err(|_| nowhere())?;
            (websocket(address(base, &path)?)?, Box::new(stream))
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
    match open {
        Ok((socket, _)) => Ok(Some(socket)),
        Err(Error::Http(_)) => Ok(None),
        Err(error) => Err(away(error)),
    }
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
