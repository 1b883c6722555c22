//! One direction of one connection.

use super::faults::{Faults, Latency, Passes};
use super::{Direction, Line};
use bytes::Bytes;
use fluxprint_domain::Clock;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep, sleep_until};

/// Bytes of one piece, and pieces that are on the way at most: what a silent line swallows.
const PIECE_BYTES: usize = 16 * 1024;
const PIECES_MAX: usize = 1_024;

/// What a direction needs to know.
pub(super) struct Pump {
    line: Arc<Line>,
    direction: Direction,
    faults: watch::Receiver<Faults>,
    passed: u64,
}

/// Some bytes and when they came.
struct Piece {
    came: Instant,
    bytes: Bytes,
}

impl Pump {
    pub(super) fn of(line: &Arc<Line>, direction: Direction) -> Self {
        Self {
            faults: line.faults(direction).subscribe(),
            line: line.clone(),
            direction,
            passed: 0,
        }
    }

    /// A number below `bound` by chance; 0 when there is none.
    fn below(&self, bound: u128) -> u128 {
        self.line.chance.random().checked_rem(bound).unwrap_or(0)
    }

    /// The faults, once they let bytes through or drop them.
    async fn faults(&mut self) -> Faults {
        let passes = self.faults.wait_for(|now| now.passes != Passes::Later);
        // The sender outlives every connection of its wire.
        passes.await.map_or(Faults::default(), |now| *now)
    }

    async fn wait_for_latency(&self, came: Instant, latency: Option<Latency>) {
        if let Some(Latency { delay, jitter }) = latency {
            let more = self.below(jitter.as_micros());
            let more = Duration::from_micros(u64::try_from(more).unwrap_or(u64::MAX));
            sleep_until(came + delay + more).await;
        }
    }

    /// Hands a piece on; whether the connection goes on.
    async fn hand_on(&mut self, piece: Piece, to: &mut OwnedWriteHalf) -> bool {
        let faults = self.faults().await;
        if faults.passes == Passes::Never {
            return true;
        }
        self.wait_for_latency(piece.came, faults.latency).await;
        let mut left = piece.bytes;
        while !left.is_empty() {
            let mut len = left.len();
            if let Some(slices) = faults.slices {
                let most = slices.bytes_max.clamp(1, len);
                len = 1 + usize::try_from(self.below(most as u128)).unwrap_or(0);
            }
            if let Some(most) = faults.bytes_max {
                let room = most.saturating_sub(self.passed);
                len = len.min(usize::try_from(room).unwrap_or(usize::MAX));
            }
            let slice = left.split_to(len);
            if len == 0 || to.write_all(&slice).await.is_err() {
                return false;
            }
            self.passed += len as u64;
            let passed = self.line.passed(self.direction);
            passed.fetch_add(len as u64, Ordering::AcqRel);
            if let Some(pace) = faults.bytes_per_s {
                let takes_s = len as f64 / pace.max(1) as f64;
                sleep(Duration::from_secs_f64(takes_s)).await;
            }
            if let Some(slices) = faults.slices.filter(|_| !left.is_empty()) {
                sleep(slices.pause).await;
            }
        }
        true
    }
}

/// Passes bytes on until one end closes, and then tells the other.
pub(super) async fn pump(mut pump: Pump, from: OwnedReadHalf, to: &mut OwnedWriteHalf) {
    let (sender, mut pieces) = mpsc::channel(PIECES_MAX);
    // It takes in also while nothing goes out: whoever sends is not to notice.
    let taking_in = take_in(from, sender);
    let handing_on = async move {
        let mut goes_on = true;
        while goes_on && let Some(piece) = pieces.recv().await {
            goes_on = pump.hand_on(piece, to).await;
        }
        let late = pump.faults().await.slow_close;
        sleep(late.unwrap_or_default()).await;
        // Whoever is gone cannot be told so.
        let _ = to.shutdown().await;
    };
    tokio::join!(taking_in, handing_on);
}

async fn take_in(mut from: OwnedReadHalf, pieces: mpsc::Sender<Piece>) {
    let mut buffer = vec![0; PIECE_BYTES];
    loop {
        let read = tokio::select! {
            read = from.read(&mut buffer) => read,
            () = pieces.closed() => return,
        };
        let Some(bytes) = read.ok().and_then(|len| buffer.get(..len)) else {
            return;
        };
        let piece = Piece {
            came: Instant::now(),
            bytes: Bytes::copy_from_slice(bytes),
        };
        if bytes.is_empty() || pieces.send(piece).await.is_err() {
            return;
        }
    }
}
