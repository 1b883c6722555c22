//! The answer to a COMMIT gets lost: a proxy lets PostgreSQL commit, then hangs up.

use crate::world::{Engine, Home, PASSWORD, World};
use fluxprint_domain::attempt::State;
use fluxprint_store::{Config, ServiceStore, StoreError};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Stands between the store and PostgreSQL; hangs up instead of passing on the answer to the next
/// COMMIT once `armed`.
struct Proxy {
    port: u16,
    armed: Arc<AtomicBool>,
}

impl Proxy {
    async fn before(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let armed = Arc::new(AtomicBool::new(false));
        let arm = Arc::clone(&armed);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(("127.0.0.1", server)).await.unwrap();
                tokio::spawn(pass(client, server, Arc::clone(&arm)));
            }
        });
        Self { port, armed }
    }
}

async fn pass(mut client: TcpStream, mut server: TcpStream, armed: Arc<AtomicBool>) {
    let (mut asked, mut said) = (vec![0; 65_536], vec![0; 65_536]);
    let mut hang_up = false;
    loop {
        tokio::select! {
            read = client.read(&mut asked) => {
                let Ok(n @ 1..) = read else { return };
                let bytes = &asked[..n];
                let commit = bytes.windows(6).any(|w| w == b"COMMIT");
                hang_up = commit && armed.swap(false, Ordering::SeqCst);
                server.write_all(bytes).await.unwrap();
            }
            read = server.read(&mut said) => {
                let Ok(n @ 1..) = read else { return };
                // The answer is here, so the commit is done; the store never hears of it.
                if hang_up {
                    return;
                }
                if client.write_all(&said[..n]).await.is_err() {
                    return;
                }
            }
        }
    }
}

async fn behind_a_proxy() -> (World, Proxy) {
    let mut world = World::new(Engine::Postgres).await;
    let Home::Database(database) = &world.home else {
        panic!("PostgreSQL was asked for");
    };
    let server = fluxprint_sim::postgres::Postgres::shared().unwrap().port();
    let proxy = Proxy::before(server).await;
    let url = database
        .url()
        .replace(&format!(":{server}"), &format!(":{}", proxy.port));
    let config = Config::Postgres {
        url,
        password: Some(PASSWORD.to_owned()),
    };
    world.store = ServiceStore::open(&config).await.unwrap();
    (world, proxy)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_start_whose_commit_was_not_answered_is_read_back_and_counts_once() {
    let (world, proxy) = behind_a_proxy().await;
    let printer = world.printer().await;
    let attempt = world.staged(printer).await;
    world.clear(printer).await;
    let session = world.session(attempt).await;
    let attempts = world.store.attempts(world.org);
    proxy.armed.store(true, Ordering::SeqCst);
    let issued = attempts
        .issue_start(attempt, session, "dispatcher", world.now())
        .await
        .unwrap();
    assert!(!proxy.armed.load(Ordering::SeqCst), "an answer was lost");
    assert_eq!(issued.attempt.state, State::StartSent);
    assert_eq!(issued.session, session);
    assert!(matches!(
        world.issue(attempt).await,
        Err(StoreError::Refused(_))
    ));
    let audit = world.store.audit(world.org).list(0, 100).await.unwrap();
    assert_eq!(
        audit
            .iter()
            .filter(|row| row.what == "start issued")
            .count(),
        1
    );
    world.is_sound().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_that_was_not_answered_is_told_as_unknown_and_never_run_again() {
    let (world, proxy) = behind_a_proxy().await;
    let audit = world.store.audit(world.org);
    proxy.armed.store(true, Ordering::SeqCst);
    let noted = audit
        .note(world.now(), "ada", "looked", "x", &json!({}))
        .await;
    assert!(matches!(noted, Err(StoreError::Unknown(_))), "{noted:?}");
    assert_eq!(audit.list(0, 10).await.unwrap().len(), 2);
}
