//! How much of what was sent is still under way.

use super::IN_FLIGHT_BYTES_MAX;
use crate::channel::LinkError;
use std::collections::VecDeque;

/// The pictures of one socket that the other end has not acknowledged.
#[derive(Debug, Default)]
pub struct Window {
    taken: u64,
    under_way: VecDeque<usize>,
    bytes: usize,
}

impl Window {
    /// Whether another picture may be sent: there is room, or nothing at all is under way.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.under_way.is_empty() || self.bytes < IN_FLIGHT_BYTES_MAX
    }

    /// A picture of `bytes` was sent.
    pub fn sent(&mut self, bytes: usize) {
        self.under_way.push_back(bytes);
        self.bytes += bytes;
    }

    /// The other end says that it has taken `frames` since the socket opened.
    ///
    /// # Errors
    /// [`LinkError::WrongAck`] when so many were never sent.
    pub fn taken(&mut self, frames: u64) -> Result<(), LinkError> {
        while self.taken < frames {
            let bytes = self.under_way.pop_front().ok_or(LinkError::WrongAck)?;
            self.bytes -= bytes;
            self.taken += 1;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_uplink_gets_no_more_than_it_takes() {
        let mut window = Window::default();
        let mut sent = 0;
        while window.is_open() {
            window.sent(100 * 1024);
            sent += 1;
        }
        assert_eq!(sent, 6, "the one that goes over the bound is the last");
        assert_eq!(window.taken(1), Ok(()));
        assert!(window.is_open());
        assert_eq!(window.taken(1), Ok(()), "said twice is said once");
        assert_eq!(window.taken(7), Err(LinkError::WrongAck));
    }

    #[test]
    fn a_picture_larger_than_the_window_goes_alone() {
        let mut window = Window::default();
        assert!(window.is_open());
        window.sent(2 * 1024 * 1024);
        assert!(!window.is_open());
        assert_eq!(window.taken(1), Ok(()));
        assert!(window.is_open());
    }
}
