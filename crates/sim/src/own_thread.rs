//! A server on a runtime and thread of its own, so that ending it breaks its connections at once
//! and a test's own runtime (paused clocks, one thread) has no say in it.

use std::future::Future;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

/// How long an ending server may take; its tasks never block, so this is never used up.
const END_WITHIN: Duration = Duration::from_secs(5);

/// A runtime with one worker; dropping it drops every task and connection in it.
#[derive(Debug)]
pub(crate) struct OwnThread {
    runtime: Option<Runtime>,
}

impl OwnThread {
    pub fn start(name: &str) -> io::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name(name)
            .enable_all()
            .build()?;
        Ok(Self {
            runtime: Some(runtime),
        })
    }

    /// Listens on loopback; port 0 takes any free one.
    pub fn listen(&self, port: u16) -> io::Result<TcpListener> {
        let _entered = self.runtime.as_ref().map(Runtime::enter);
        let addr = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let socket = tokio::net::TcpSocket::new_v4()?;
        socket.set_reuseaddr(true)?;
        socket.bind(addr)?;
        socket.listen(1024)
    }

    pub fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        if let Some(runtime) = &self.runtime {
            runtime.spawn(task);
        }
    }

    /// Ends it and waits until its sockets are closed. Works inside and outside of a runtime.
    pub fn stop(mut self) {
        if let Some(runtime) = self.runtime.take() {
            // A runtime must not be waited for on another runtime's thread.
            let ending = std::thread::spawn(move || runtime.shutdown_timeout(END_WITHIN));
            if ending.join().is_err() {
                tracing::warn!("a server of the simulator ended badly");
            }
        }
    }
}

impl Drop for OwnThread {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
