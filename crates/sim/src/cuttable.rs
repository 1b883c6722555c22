//! A loopback listener whose connections can be cut in place of an answer.
//!
//! Losing an answer is the fault everything about starting a print is built around: the request
//! was obeyed, and the caller will never hear so. A handler marks its response with [`CutAnswer`];
//! the marked response never reaches the wire, the connection closes instead.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use axum::extract::connect_info::Connected;
use axum::extract::{ConnectInfo, Request};
use axum::middleware::Next;
use axum::response::Response;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

/// Put into a response's extensions: close the connection, send nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CutAnswer;

/// The handle of one connection.
#[derive(Clone, Debug, Default)]
pub(crate) struct Connection {
    cut: Arc<AtomicBool>,
}

/// Listens on loopback and hands out connections that can be cut.
pub(crate) struct CuttableListener(pub TcpListener);

/// A connection that fails to write once it was cut.
pub(crate) struct CuttableStream {
    stream: TcpStream,
    connection: Connection,
}

impl Listener for CuttableListener {
    type Io = CuttableStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        let (stream, addr) = Listener::accept(&mut self.0).await;
        (
            CuttableStream {
                stream,
                connection: Connection::default(),
            },
            addr,
        )
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.0.local_addr()
    }
}

impl Connected<IncomingStream<'_, CuttableListener>> for Connection {
    fn connect_info(stream: IncomingStream<'_, CuttableListener>) -> Self {
        stream.io().connection.clone()
    }
}

/// Middleware: a response marked with [`CutAnswer`] cuts its connection.
pub(crate) async fn cut_marked_answers(
    ConnectInfo(connection): ConnectInfo<Connection>,
    request: Request,
    next: Next,
) -> Response {
    let response = next.run(request).await;
    if response.extensions().get::<CutAnswer>().is_some() {
        connection.cut.store(true, Ordering::Release);
    }
    response
}

impl CuttableStream {
    fn is_cut(&self) -> bool {
        self.connection.cut.load(Ordering::Acquire)
    }
}

fn cut<T>() -> Poll<io::Result<T>> {
    Poll::Ready(Err(io::Error::new(
        io::ErrorKind::ConnectionReset,
        "cut on purpose",
    )))
}

impl AsyncRead for CuttableStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for CuttableStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.is_cut() {
            cut()
        } else {
            Pin::new(&mut self.stream).poll_write(cx, buf)
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.is_cut() {
            cut()
        } else {
            Pin::new(&mut self.stream).poll_flush(cx)
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
