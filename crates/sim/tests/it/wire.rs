//! The wire: each fault is seen by whoever is on it, and one that is healed is a good one.

use fluxprint_domain::Clock;
use fluxprint_sim::FakeClock;
use fluxprint_sim::wire::{Direction, Faults, Latency, Passes, Slices, Wire};
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, timeout};

/// Longer than anything takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);
/// What a line that is silent is given to say something all the same.
const SILENCE: Duration = Duration::from_millis(200);

/// Says everything back.
async fn echo() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            tokio::spawn(async move {
                let (mut from, mut to) = stream.split();
                let _ = tokio::io::copy(&mut from, &mut to).await;
                let _ = to.shutdown().await;
            });
        }
    });
    addr
}

async fn wire() -> Wire {
    Wire::lay(echo().await, 5).unwrap()
}

async fn dial(wire: &Wire) -> TcpStream {
    TcpStream::connect(wire.addr()).await.unwrap()
}

/// Hears exactly these bytes next.
async fn hears(stream: &mut TcpStream, wanted: &[u8]) {
    let mut heard = vec![0; wanted.len()];
    let read = timeout(PATIENCE, stream.read_exact(&mut heard)).await;
    read.unwrap().unwrap();
    assert!(heard == wanted, "other bytes came");
}

async fn is_silent(stream: &mut TcpStream) {
    let read = timeout(SILENCE, stream.read_u8()).await;
    assert!(read.is_err(), "{read:?}");
}

async fn talks(stream: &mut TcpStream, word: &[u8]) {
    stream.write_all(word).await.unwrap();
    hears(stream, word).await;
}

/// How the connection ended.
async fn end(stream: &mut TcpStream) -> Result<usize, ErrorKind> {
    let mut rest = Vec::new();
    let read = timeout(PATIENCE, stream.read_to_end(&mut rest)).await;
    read.unwrap().map_err(|error| error.kind())
}

#[tokio::test]
async fn a_good_wire_passes_everything_on_and_counts_it() {
    let wire = wire().await;
    let mut stream = dial(&wire).await;
    let bytes = vec![7; 300_000];
    let (mut from, mut to) = stream.split();
    let mut heard = vec![0; bytes.len()];
    let both = async { tokio::join!(to.write_all(&bytes), from.read_exact(&mut heard)) };
    let (written, read) = timeout(PATIENCE, both).await.unwrap();
    written.unwrap();
    read.unwrap();
    assert!(heard == bytes);
    for direction in [Direction::Up, Direction::Down] {
        assert_eq!(wire.passed_bytes(direction), 300_000);
    }
    assert_eq!(wire.open(), 1);
    stream.shutdown().await.unwrap();
    assert_eq!(
        end(&mut stream).await,
        Ok(0),
        "the other end hangs up as well"
    );
}

#[tokio::test]
async fn a_late_wire_and_a_thin_one_take_their_time() {
    let wire = wire().await;
    let mut stream = dial(&wire).await;
    talks(&mut stream, b"quick").await;
    let delay = Duration::from_millis(150);
    let latency = Latency {
        delay,
        jitter: Duration::from_millis(20),
    };
    wire.set_both(Faults {
        latency: Some(latency),
        ..Faults::default()
    });
    let began = Instant::now();
    talks(&mut stream, b"late").await;
    assert!(began.elapsed() >= 2 * delay);
    wire.heal();
    let thin = Faults {
        bytes_per_s: Some(10_000),
        slices: Some(Slices {
            bytes_max: 100,
            pause: Duration::ZERO,
        }),
        ..Faults::default()
    };
    wire.set(Direction::Up, thin);
    let began = Instant::now();
    talks(&mut stream, &[3; 2_000]).await;
    assert!(began.elapsed() >= Duration::from_millis(180));
}

#[tokio::test]
async fn slices_are_put_together_again_by_whoever_reads() {
    let wire = wire().await;
    let slices = Slices {
        bytes_max: 3,
        pause: Duration::from_millis(1),
    };
    wire.set_both(Faults {
        slices: Some(slices),
        ..Faults::default()
    });
    let mut stream = dial(&wire).await;
    let word: Vec<u8> = (0..200).collect();
    talks(&mut stream, &word).await;
}

#[tokio::test]
async fn what_a_silent_wire_has_swallowed_comes_as_a_flood_or_never() {
    let wire = wire().await;
    for (passes, flood) in [(Passes::Later, true), (Passes::Never, false)] {
        let mut stream = dial(&wire).await;
        talks(&mut stream, b"hello").await;
        let faults = Faults {
            passes,
            ..Faults::default()
        };
        wire.set(Direction::Up, faults);
        for _ in 0..50 {
            stream.write_all(b"anybody there?").await.unwrap();
        }
        is_silent(&mut stream).await;
        assert_eq!(wire.open(), 1, "nobody was told");
        wire.heal();
        if flood {
            hears(&mut stream, &b"anybody there?".repeat(50)).await;
        }
        talks(&mut stream, b"there you are").await;
        drop(stream);
        while wire.open() > 0 {
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test]
async fn a_wire_is_cut_reset_or_down_and_comes_back() {
    let wire = wire().await;
    let mut stream = dial(&wire).await;
    talks(&mut stream, b"hello").await;
    wire.cut();
    assert_eq!(end(&mut stream).await, Ok(0));
    let mut stream = dial(&wire).await;
    talks(&mut stream, b"hello").await;
    wire.reset();
    assert_eq!(end(&mut stream).await, Err(ErrorKind::ConnectionReset));
    wire.go_down();
    let mut stream = dial(&wire).await;
    assert_eq!(end(&mut stream).await, Err(ErrorKind::ConnectionReset));
    wire.heal();
    let mut stream = dial(&wire).await;
    talks(&mut stream, b"hello").await;
}

#[tokio::test]
async fn a_wire_that_is_used_up_closes_and_one_that_closes_slowly_says_so_late() {
    let wire = wire().await;
    let used_up = Faults {
        bytes_max: Some(10),
        ..Faults::default()
    };
    wire.set(Direction::Down, used_up);
    let mut stream = dial(&wire).await;
    stream.write_all(&[1; 25]).await.unwrap();
    hears(&mut stream, &[1; 10]).await;
    assert_eq!(end(&mut stream).await, Ok(0));
    let late = Duration::from_millis(300);
    let slow = Faults {
        slow_close: Some(late),
        ..Faults::default()
    };
    wire.set(Direction::Down, slow);
    let mut stream = dial(&wire).await;
    talks(&mut stream, b"hello").await;
    let began = Instant::now();
    stream.shutdown().await.unwrap();
    assert_eq!(end(&mut stream).await, Ok(0));
    assert!(began.elapsed() >= late);
}

/// Where a wire of this seed cuts so many bytes into slices.
fn cuts(seed: u64, bytes: usize, bytes_max: usize) -> Vec<usize> {
    let chance = FakeClock::new(seed);
    let (mut at, mut cuts) = (0, Vec::new());
    while at < bytes {
        let most = bytes_max.min(bytes - at) as u128;
        at += 1 + (chance.random() % most) as usize;
        cuts.push(at);
    }
    cuts
}

#[tokio::test]
async fn the_same_seed_slices_alike() {
    for seed in [1, 2] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let wire = Wire::lay(listener.local_addr().unwrap(), seed).unwrap();
        let slices = Slices {
            bytes_max: 40,
            pause: Duration::from_millis(20),
        };
        let faults = Faults {
            slices: Some(slices),
            ..Faults::default()
        };
        wire.set(Direction::Up, faults);
        let mut caller = dial(&wire).await;
        caller.write_all(&[9; 200]).await.unwrap();
        caller.shutdown().await.unwrap();
        let (mut callee, _) = listener.accept().await.unwrap();
        let (mut at, mut buffer, cuts) = (0, [0; 512], cuts(seed, 200, 40));
        loop {
            match callee.read(&mut buffer).await.unwrap() {
                0 => break,
                // On a busy machine two slices may be read as one.
                len => at += len,
            }
            assert!(
                cuts.contains(&at),
                "a slice of {seed} ends at {at}, not in {cuts:?}"
            );
        }
        assert_eq!(at, 200);
    }
    assert_ne!(cuts(1, 200, 40), cuts(2, 200, 40));
}
