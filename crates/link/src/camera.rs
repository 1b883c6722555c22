//! What is said on a bridge's second socket, the one for camera pictures.
//!
//! It is a socket of its own so that a picture never delays a command (B-11). The bridge dials it
//! with the same credentials, names the session that it belongs to, and says which of its printers
//! have a camera ([`CameraWord::Cameras`]); the service answers with their ids ([`CameraOrder::Known`]) and asks for pictures only while
//! somebody looks. Orders are a closed list without any address (B-04).
//!
//! A picture is one binary message: a [`FrameHead`] and the bytes of a JPEG. Nothing is ever queued:
//! the bridge keeps only the newest picture of each printer, and has at most
//! [`IN_FLIGHT_BYTES_MAX`] under way that the service has not acknowledged with
//! [`CameraOrder::Taken`], so a slow uplink drops pictures and does not delay what else uses it.

pub mod jpeg;
mod window;

pub use window::Window;

use crate::channel::LinkError;
use crate::message::NamedPrinter;
use fluxprint_domain::id::{PrinterId, SessionId};
use serde::{Deserialize, Serialize};

/// Bytes of one picture (B-09).
pub const FRAME_BYTES_MAX: usize = 2 * 1024 * 1024;
/// Pixels of a picture on each side (B-09).
pub const FRAME_PX_MAX: u16 = 4_096;
/// Pictures of one printer in a second, at most.
pub const FPS_MAX: u8 = 10;
/// Bytes of one text message on this socket.
pub const WORD_BYTES_MAX: usize = 64 * 1024;
/// Bytes of pictures under way; one larger picture may go alone.
pub const IN_FLIGHT_BYTES_MAX: usize = 512 * 1024;
/// Silence after which the service pings.
pub const PING_AFTER_MS: u64 = 20_000;
/// Silence after which either end gives the socket up.
pub const DEAD_AFTER_MS: u64 = 60_000;
/// How long the first word of the other end may take.
pub const FIRST_WORD_MS: u64 = 10_000;

/// What the service says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum CameraOrder {
    /// The ids of those named printers that are this bridge's.
    Known {
        /// Name and id.
        printers: Vec<NamedPrinter>,
    },
    /// Send pictures of this printer; said again it only changes the rate.
    Start {
        /// Which printer.
        printer: PrinterId,
        /// Pictures in a second, 1 to [`FPS_MAX`].
        fps: u8,
    },
    /// Nobody looks any more.
    Stop {
        /// Which printer.
        printer: PrinterId,
    },
    /// Send one picture.
    Snapshot {
        /// Which printer.
        printer: PrinterId,
    },
    /// So many pictures of this socket have been taken.
    Taken {
        /// All of them since it opened.
        frames: u64,
    },
}

/// What the bridge says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum CameraWord {
    /// The printers that have a camera, by their names in the local configuration. First, and again
    /// whenever it changes.
    Cameras {
        /// The session that this socket belongs to. Only whoever was let in there knows it, and with
        /// it this socket ends.
        session: SessionId,
        /// Their names.
        names: Vec<String>,
    },
    /// There is no picture now, and why. The next picture ends it.
    Trouble {
        /// Of which printer.
        printer: PrinterId,
        /// What is wrong with its camera.
        trouble: Trouble,
    },
}

/// What can be wrong with a camera.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// Nothing answers at its address.
    Unreachable,
    /// It answers with a refusal.
    Refused,
    /// It sends us on to another address, which is never followed.
    Redirects,
    /// What answers is no camera: neither MJPEG nor a JPEG.
    NotACamera,
    /// Its pictures are larger than [`FRAME_BYTES_MAX`] or [`FRAME_PX_MAX`].
    TooLarge,
    /// It has stopped sending.
    Silent,
}

impl CameraOrder {
    /// Reads one text message.
    ///
    /// # Errors
    /// [`LinkError::TooLong`], [`LinkError::NotAMessage`].
    pub fn read(text: &str) -> Result<Self, LinkError> {
        bounded(text)
    }
}

impl CameraWord {
    /// Reads one text message.
    ///
    /// # Errors
    /// [`LinkError::TooLong`], [`LinkError::NotAMessage`].
    pub fn read(text: &str) -> Result<Self, LinkError> {
        bounded(text)
    }
}

fn bounded<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, LinkError> {
    if text.len() > WORD_BYTES_MAX {
        return Err(LinkError::TooLong);
    }
    serde_json::from_str(text).map_err(|_| LinkError::NotAMessage)
}

/// What stands before the JPEG in a binary message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameHead {
    /// Whose picture it is.
    pub printer: PrinterId,
    /// Rises with every picture of the printer; those between were dropped.
    pub seq: u64,
    /// When the bridge had it, microseconds since 1970 by the bridge's clock.
    pub at_us: i64,
}

/// The form of [`FrameHead`] that this build speaks.
const FORM: u8 = 1;

impl FrameHead {
    /// Bytes of a head.
    pub const BYTES: usize = 1 + 16 + 8 + 8;

    /// Its bytes: the form, the printer's UUID, number and time, all big-endian.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(Self::BYTES);
        bytes.push(FORM);
        bytes.extend_from_slice(self.printer.uuid().as_bytes());
        bytes.extend_from_slice(&self.seq.to_be_bytes());
        bytes.extend_from_slice(&self.at_us.to_be_bytes());
        bytes
    }

    /// Reads the head of a binary message and looks at its picture.
    ///
    /// # Errors
    /// [`LinkError::TooLong`] for a picture beyond the limits, [`LinkError::NotAMessage`] for one
    /// that is no JPEG.
    pub fn read(message: &[u8]) -> Result<Self, LinkError> {
        let (head, picture) = message
            .split_at_checked(Self::BYTES)
            .ok_or(LinkError::NotAMessage)?;
        if picture.len() > FRAME_BYTES_MAX {
            return Err(LinkError::TooLong);
        }
        let size = jpeg::size(picture).ok_or(LinkError::NotAMessage)?;
        if !size.is_within(FRAME_PX_MAX) {
            return Err(LinkError::TooLong);
        }
        Self::parse(head).ok_or(LinkError::NotAMessage)
    }

    fn parse(head: &[u8]) -> Option<Self> {
        let (form, rest) = head.split_first()?;
        let (printer, rest) = rest.split_first_chunk::<16>()?;
        let (seq, rest) = rest.split_first_chunk::<8>()?;
        let (at_us, _) = rest.split_first_chunk::<8>()?;
        (*form == FORM).then(|| Self {
            printer: PrinterId::from_uuid(uuid::Uuid::from_bytes(*printer)),
            seq: u64::from_be_bytes(*seq),
            at_us: i64::from_be_bytes(*at_us),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fluxprint_domain::Timestamp;

    fn head() -> FrameHead {
        FrameHead {
            printer: PrinterId::new(Timestamp(1_000_000), 7),
            seq: 3,
            at_us: -5,
        }
    }

    fn message(picture: &[u8]) -> Vec<u8> {
        [head().write(), picture.to_vec()].concat()
    }

    #[test]
    fn a_head_comes_back_as_it_was_written() {
        let picture = jpeg::tests::picture(640, 480);
        assert_eq!(FrameHead::read(&message(&picture)), Ok(head()));
    }

    #[test]
    fn what_is_no_small_jpeg_behind_a_whole_head_is_refused() {
        let picture = jpeg::tests::picture(640, 480);
        let whole = message(&picture);
        for cut in 0..FrameHead::BYTES + 4 {
            let cut = &whole[..cut];
            assert_eq!(FrameHead::read(cut), Err(LinkError::NotAMessage));
        }
        let mut other_form = whole;
        other_form[0] = 9;
        assert_eq!(FrameHead::read(&other_form), Err(LinkError::NotAMessage));
        let page = b"<html>hello</html>".repeat(4);
        assert_eq!(
            FrameHead::read(&message(&page)),
            Err(LinkError::NotAMessage)
        );
        let wide = jpeg::tests::picture(4_097, 10);
        assert_eq!(FrameHead::read(&message(&wide)), Err(LinkError::TooLong));
        let mut heavy = picture;
        heavy.resize(FRAME_BYTES_MAX + 1, 0);
        assert_eq!(FrameHead::read(&message(&heavy)), Err(LinkError::TooLong));
    }

    #[test]
    fn the_words_on_the_wire_are_these() {
        let printer = head().printer;
        let orders = [
            CameraOrder::Known {
                printers: vec![NamedPrinter {
                    name: "Mk4".into(),
                    id: printer,
                }],
            },
            CameraOrder::Start { printer, fps: 5 },
            CameraOrder::Stop { printer },
            CameraOrder::Snapshot { printer },
            CameraOrder::Taken { frames: 2 },
        ];
        let texts = [
            format!(r#"{{"type":"known","printers":[{{"name":"Mk4","id":"{printer}"}}]}}"#),
            format!(r#"{{"type":"start","printer":"{printer}","fps":5}}"#),
            format!(r#"{{"type":"stop","printer":"{printer}"}}"#),
            format!(r#"{{"type":"snapshot","printer":"{printer}"}}"#),
            r#"{"type":"taken","frames":2}"#.to_owned(),
        ];
        for (order, text) in orders.into_iter().zip(texts) {
            assert_eq!(serde_json::to_string(&order).unwrap(), text);
            assert_eq!(CameraOrder::read(&text), Ok(order));
        }
        let session = SessionId::new(Timestamp(0), 1);
        let words = [
            (
                CameraWord::Cameras {
                    session,
                    names: vec!["Mk4".into()],
                },
                format!(r#"{{"type":"cameras","session":"{session}","names":["Mk4"]}}"#),
            ),
            (
                CameraWord::Trouble {
                    printer,
                    trouble: Trouble::NotACamera,
                },
                format!(r#"{{"type":"trouble","printer":"{printer}","trouble":"not_a_camera"}}"#),
            ),
        ];
        for (word, text) in words {
            assert_eq!(serde_json::to_string(&word).unwrap(), text);
            assert_eq!(CameraWord::read(&text), Ok(word));
        }
    }

    #[test]
    fn an_order_with_an_address_or_an_unknown_word_is_no_order() {
        let printer = head().printer;
        for text in [
            format!(r#"{{"type":"start","printer":"{printer}","fps":5,"url":"http://x"}}"#),
            format!(r#"{{"type":"pull","printer":"{printer}"}}"#),
            format!(r#"{{"type":"start","printer":"{printer}","fps":900}}"#),
            "[]".to_owned(),
        ] {
            assert_eq!(CameraOrder::read(&text), Err(LinkError::NotAMessage));
        }
        let long = " ".repeat(WORD_BYTES_MAX + 1);
        assert_eq!(CameraOrder::read(&long), Err(LinkError::TooLong));
    }
}
