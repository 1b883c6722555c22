//! What both ends share: numbering, acknowledging, finding out that nobody is there.

use crate::frame::{Body, Frame};
use crate::limits::{
    ACK_AFTER_MS, DEAD_AFTER_MS, FRAME_BYTES_MAX, PING_AFTER_MS, UNACKED_FRAMES_MAX,
};
use fluxprint_domain::Monotonic;
use std::collections::VecDeque;

/// Why a session must end.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// Not a frame of this protocol: broken JSON, an unknown word, an unknown field.
    #[error("the other end sent something that is no message of this protocol")]
    NotAMessage,
    /// Longer than [`FRAME_BYTES_MAX`].
    #[error("the other end sent a message that is too long")]
    TooLong,
    /// A number that does not follow the last one.
    #[error("a message was lost or repeated on the way (expected {expected}, got {got})")]
    OutOfOrder {
        /// The number that should have come.
        expected: u64,
        /// The number that came.
        got: u64,
    },
    /// An acknowledgement of something never sent.
    #[error("the other end acknowledged a message that was never sent")]
    WrongAck,
    /// A message that has no place at this point of the session.
    #[error("the other end sent a message that has no place here")]
    OutOfTurn,
    /// No version in common.
    #[error("the two ends share no protocol version")]
    NoCommonVersion,
    /// Too much under way that nobody acknowledges.
    #[error("the other end has stopped acknowledging")]
    Congested,
    /// Silence.
    #[error("nothing was heard from the other end for a minute")]
    Dead,
}

/// What a look at the clock asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Tick {
    /// Nothing.
    Quiet,
    /// Send this frame.
    Send(Frame),
}

/// Numbering and liveness of one session, the same for both ends.
#[derive(Debug)]
pub struct Channel {
    sent_seq: u64,
    seen_seq: u64,
    acked_seen: u64,
    unacked: VecDeque<(u64, Monotonic)>,
    heard_at: Monotonic,
    spoke_at: Monotonic,
    unanswered_since: Option<Monotonic>,
}

impl Channel {
    /// A session that begins now.
    #[must_use]
    pub fn new(now: Monotonic) -> Self {
        Self {
            sent_seq: 0,
            seen_seq: 0,
            acked_seen: 0,
            unacked: VecDeque::new(),
            heard_at: now,
            spoke_at: now,
            unanswered_since: None,
        }
    }

    /// Whether messages that can be skipped (telemetry) should be, because much is under way.
    #[must_use]
    pub fn is_crowded(&self) -> bool {
        self.unacked.len() >= UNACKED_FRAMES_MAX / 2
    }

    /// Numbers `body` for sending.
    ///
    /// # Errors
    /// [`LinkError::Congested`] when too much is unacknowledged: the session must end.
    pub fn send(&mut self, now: Monotonic, body: Body) -> Result<Frame, LinkError> {
        if self.unacked.len() >= UNACKED_FRAMES_MAX {
            return Err(LinkError::Congested);
        }
        self.sent_seq += 1;
        self.unacked.push_back((self.sent_seq, now));
        Ok(self.frame(now, self.sent_seq, body))
    }

    fn frame(&mut self, now: Monotonic, seq: u64, body: Body) -> Frame {
        self.spoke_at = now;
        self.acked_seen = self.seen_seq;
        self.unanswered_since = None;
        Frame {
            seq,
            ack: self.seen_seq,
            body,
        }
    }

    /// Takes a text message in: its number and what it says, nothing for a bare acknowledgement.
    ///
    /// # Errors
    /// Any [`LinkError`] ends the session.
    pub fn receive(
        &mut self,
        now: Monotonic,
        text: &str,
    ) -> Result<Option<(u64, Body)>, LinkError> {
        if text.len() > FRAME_BYTES_MAX {
            return Err(LinkError::TooLong);
        }
        let frame: Frame = serde_json::from_str(text).map_err(|_| LinkError::NotAMessage)?;
        if frame.ack > self.sent_seq {
            return Err(LinkError::WrongAck);
        }
        while self
            .unacked
            .front()
            .is_some_and(|(seq, _)| *seq <= frame.ack)
        {
            self.unacked.pop_front();
        }
        self.heard_at = now;
        if frame.body == Body::Ack {
            return Ok(None);
        }
        let expected = self.seen_seq + 1;
        if frame.seq != expected {
            return Err(LinkError::OutOfOrder {
                expected,
                got: frame.seq,
            });
        }
        self.seen_seq = frame.seq;
        self.unanswered_since.get_or_insert(now);
        Ok(Some((frame.seq, frame.body)))
    }

    /// Looks at the clock: is the other end alive, is an acknowledgement or a ping due?
    ///
    /// # Errors
    /// [`LinkError::Dead`] after a minute of silence, or when the oldest frame has waited so long
    /// for its acknowledgement (a connection that swallows what is sent, F-07).
    pub fn tick(&mut self, now: Monotonic) -> Result<Tick, LinkError> {
        let waits = self.unacked.front().map_or(0, |(_, at)| now.ms_since(*at));
        if now.ms_since(self.heard_at) >= DEAD_AFTER_MS || waits >= DEAD_AFTER_MS {
            return Err(LinkError::Dead);
        }
        if now.ms_since(self.spoke_at) >= PING_AFTER_MS {
            return self.send(now, Body::Ping).map(Tick::Send);
        }
        let ack_due = self
            .unanswered_since
            .is_some_and(|at| now.ms_since(at) >= ACK_AFTER_MS);
        if ack_due && self.acked_seen < self.seen_seq {
            return Ok(Tick::Send(self.frame(now, 0, Body::Ack)));
        }
        Ok(Tick::Quiet)
    }
}
