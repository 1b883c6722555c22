//! Who is turned away when there is much to do, and how long a call may take (S-47).

use crate::limits::CALL_S;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};

/// Which room a call waits in when there is much to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// Turned away when there is too much to do.
    Ordinary,
    /// Never turned away: it makes things safer.
    Safe,
    /// Takes as long as its bytes need; has its own room.
    Upload,
    /// Sends a file or keeps a socket; limited by the number of those who listen.
    Stream,
}

/// How many calls may be inside at the same time.
#[derive(Debug)]
pub struct Lanes {
    ordinary: Semaphore,
    uploads: Semaphore,
}

/// There is no place left in a call's lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

impl Lanes {
    /// So many places.
    #[must_use]
    pub fn new(calls_at_once: usize, uploads_at_once: usize) -> Self {
        Self {
            ordinary: Semaphore::new(calls_at_once),
            uploads: Semaphore::new(uploads_at_once),
        }
    }

    /// A place in the lane, held until the answer. `None` for lanes without a limit.
    ///
    /// # Errors
    /// [`Full`].
    pub fn enter(&self, lane: Lane) -> Result<Option<SemaphorePermit<'_>>, Full> {
        let room = match lane {
            Lane::Safe | Lane::Stream => return Ok(None),
            Lane::Ordinary => &self.ordinary,
            Lane::Upload => &self.uploads,
        };
        room.try_acquire().map(Some).map_err(|_| Full)
    }
}

/// The call was not answered in [`CALL_S`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TookTooLong;

/// The answer of a call, within the time that its lane has.
///
/// # Errors
/// [`TookTooLong`].
pub async fn in_time(lane: Lane, request: Request, next: Next) -> Result<Response, TookTooLong> {
    match lane {
        // They have their own limits of time.
        Lane::Upload | Lane::Stream => Ok(next.run(request).await),
        Lane::Ordinary | Lane::Safe => {
            let answer = tokio::time::timeout(Duration::from_secs(CALL_S), next.run(request)).await;
            answer.map_err(|_| TookTooLong)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_lane_turns_away_and_the_safe_one_never_does() {
        let lanes = Lanes::new(1, 0);
        let place = lanes.enter(Lane::Ordinary);
        assert!(matches!(place, Ok(Some(_))));
        assert_eq!(lanes.enter(Lane::Ordinary).err(), Some(Full));
        assert_eq!(lanes.enter(Lane::Upload).err(), Some(Full));
        assert!(matches!(lanes.enter(Lane::Safe), Ok(None)));
        assert!(matches!(lanes.enter(Lane::Stream), Ok(None)));
        drop(place);
        assert!(lanes.enter(Lane::Ordinary).is_ok());
    }
}
