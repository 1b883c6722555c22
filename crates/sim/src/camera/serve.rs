//! One connection of the camera.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::sleep;

use super::picture::picture;
use super::{Inside, Mood};

/// Bytes of a request that are read.
const REQUEST_BYTES_MAX: usize = 16 * 1024;
/// Where [`Mood::Redirect`] leads.
const ASTRAY: &str = "/astray";
/// How long the line of a silent camera is kept open.
const PATIENCE: Duration = Duration::from_secs(600);

/// Answers one request; how the caller hangs up does not matter.
pub(super) async fn serve(inside: Arc<Inside>, mut stream: TcpStream) {
    let _ = stream.set_nodelay(true);
    let Ok(line) = request(&mut stream).await else {
        return;
    };
    if line.contains(ASTRAY) {
        inside.asked().led_astray += 1;
    }
    let _ = if line.contains("action=snapshot") {
        snapshot(&inside, &mut stream).await
    } else {
        let _open = Open::new(Arc::clone(&inside));
        stream_pictures(&inside, &mut stream).await
    };
    let _ = stream.shutdown().await;
}

/// A stream that counts as open until it is dropped.
struct Open(Arc<Inside>);

impl Open {
    fn new(inside: Arc<Inside>) -> Self {
        {
            let mut asked = inside.asked();
            asked.streams += 1;
            asked.open += 1;
            asked.most_open = asked.most_open.max(asked.open);
        }
        Self(inside)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.asked().open -= 1;
    }
}

/// The first line of a request, once all of its head has come.
async fn request(stream: &mut TcpStream) -> io::Result<String> {
    let mut head = Vec::new();
    while !head.windows(4).any(|four| four == b"\r\n\r\n") {
        if head.len() > REQUEST_BYTES_MAX || stream.read_buf(&mut head).await? == 0 {
            return Err(io::ErrorKind::InvalidData.into());
        }
    }
    let text = String::from_utf8_lossy(&head);
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

async fn snapshot(inside: &Inside, stream: &mut TcpStream) -> io::Result<()> {
    let number = {
        let mut asked = inside.asked();
        asked.snapshots += 1;
        u64::try_from(asked.snapshots).unwrap_or(0)
    };
    if misbehaves(inside, stream).await? {
        return Ok(());
    }
    let bytes = picture(&inside.knobs(), number);
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        bytes.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(&bytes).await
}

/// The moods in which no camera answers at all.
async fn misbehaves(inside: &Inside, stream: &mut TcpStream) -> io::Result<bool> {
    let answer = match inside.knobs().mood {
        Mood::Silent => {
            gone_or_due(stream, PATIENCE).await?;
            return Ok(true);
        }
        Mood::Redirect => format!("302 Found\r\nLocation: {ASTRAY}\r\nContent-Length: 0"),
        Mood::Fails => "500 Internal Server Error\r\nContent-Length: 0".to_owned(),
        Mood::Page => "200 OK\r\nContent-Type: text/html\r\nContent-Length: 0".to_owned(),
        _ => return Ok(false),
    };
    let answer = format!("HTTP/1.1 {answer}\r\nConnection: close\r\n\r\n");
    stream.write_all(answer.as_bytes()).await?;
    Ok(true)
}

async fn stream_pictures(inside: &Inside, stream: &mut TcpStream) -> io::Result<()> {
    if misbehaves(inside, stream).await? {
        return Ok(());
    }
    let boundary = match inside.knobs().mood {
        Mood::NoBoundary => "",
        _ => ";boundary=frame",
    };
    let head = format!(
        "HTTP/1.0 200 OK\r\nConnection: close\r\nContent-Type: multipart/x-mixed-replace{boundary}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await?;
    let mut number = 0_u64;
    loop {
        let knobs = inside.knobs();
        number += 1;
        match knobs.mood {
            Mood::EndlessHeader => {
                stream.write_all(b"--frame\r\nX-Endless: ").await?;
                loop {
                    stream.write_all(&[b'a'; 4096]).await?;
                }
            }
            Mood::Garbage => loop {
                stream.write_all(&[0x5A; 4096]).await?;
            },
            Mood::Slow => {
                for byte in b"--frame\r\nContent-Type: image/jpeg\r\n".iter().cycle() {
                    stream.write_all(&[*byte]).await?;
                    sleep(Duration::from_millis(500)).await;
                }
            }
            _ => {}
        }
        let bytes = picture(&knobs, number);
        let length = match knobs.mood {
            Mood::NoLength => String::new(),
            Mood::LyingLength => format!("Content-Length: {}\r\n", 1_u64 << 60),
            _ => format!("Content-Length: {}\r\n", bytes.len()),
        };
        let head = format!("--frame\r\nContent-Type: image/jpeg\r\n{length}\r\n");
        stream.write_all(head.as_bytes()).await?;
        stream.write_all(&bytes).await?;
        stream.write_all(b"\r\n").await?;
        inside.asked().pictures += 1;
        if knobs.mood == Mood::Closes {
            return Ok(());
        }
        gone_or_due(stream, Duration::from_secs(1) / knobs.fps.max(1)).await?;
    }
}

/// Waits for the next picture; ends at once when the caller hangs up.
async fn gone_or_due(stream: &mut TcpStream, pause: Duration) -> io::Result<()> {
    let mut byte = [0];
    tokio::select! {
        () = sleep(pause) => Ok(()),
        read = stream.read(&mut byte) => match read? {
            0 => Err(io::ErrorKind::ConnectionAborted.into()),
            _ => Ok(()),
        },
    }
}
