//! What the tests put on the bench: drivers, paths, files, and a patient eye on a watch.

use fluxprint_clock::SystemClock;
use fluxprint_domain::Timestamp;
use fluxprint_domain::id::AttemptId;
use fluxprint_printers::octoprint::{OctoPrint, Pace};
use fluxprint_printers::{OwnPath, Seen, Watch};
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

/// Longer than anything takes on a busy machine; reached only by a failing test.
const PATIENCE: Duration = Duration::from_secs(60);

pub fn octoprint(address: &str, key: &str) -> OctoPrint {
    let pace = Pace {
        poll_every: Duration::from_millis(20),
        poll_every_max: Duration::from_millis(200),
        socket_retry: (Duration::from_millis(20), Duration::from_millis(200)),
        ..Pace::default()
    };
    OctoPrint::new(
        address.parse().unwrap(),
        key.to_owned().into(),
        Arc::new(SystemClock::new()),
    )
    .unwrap()
    .with_pace(pace)
}

/// An address where nobody listens.
pub async fn nowhere() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

pub fn path(number: u128) -> OwnPath {
    OwnPath::of(AttemptId::new(Timestamp(1_763_800_000_000_000), number))
}

pub fn file(content: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(content.as_bytes()).unwrap();
    file
}

/// Waits for something that `wanted` accepts, and gives back everything seen until then and it.
pub async fn until(watch: &mut Watch, mut wanted: impl FnMut(&Seen) -> bool) -> Vec<Seen> {
    let mut all = Vec::new();
    let found = tokio::time::timeout(PATIENCE, async {
        loop {
            let seen = watch.next().await.unwrap();
            all.push(seen);
            if wanted(&all[all.len() - 1]) {
                return;
            }
        }
    })
    .await;
    assert!(found.is_ok(), "not seen in time; seen instead: {all:#?}");
    all
}
