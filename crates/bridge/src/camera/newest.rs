//! The newest picture of each printer, and nothing older: never a queue.

use fluxprint_domain::id::PrinterId;
use fluxprint_link::camera::{CameraWord, FrameHead, Trouble};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// What waits for the second socket.
#[derive(Default)]
pub(super) struct Newest {
    inside: Mutex<Inside>,
    news: Notify,
}

#[derive(Default)]
struct Inside {
    pictures: BTreeMap<PrinterId, (FrameHead, Vec<u8>)>,
    troubles: BTreeMap<PrinterId, Trouble>,
    seqs: BTreeMap<PrinterId, u64>,
    last: Option<PrinterId>,
}

impl Newest {
    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until something was put in.
    pub async fn news(&self) {
        self.news.notified().await;
    }

    /// A picture; an older one of this printer that was not taken is forgotten.
    pub fn put(&self, printer: PrinterId, at_us: i64, jpeg: Vec<u8>) {
        let mut inside = self.inside();
        let seq = inside.seqs.entry(printer).or_default();
        *seq += 1;
        let head = FrameHead {
            printer,
            seq: *seq,
            at_us,
        };
        inside.pictures.insert(printer, (head, jpeg));
        inside.troubles.remove(&printer);
        drop(inside);
        self.news.notify_one();
    }

    /// There is no picture now.
    pub fn trouble(&self, printer: PrinterId, trouble: Trouble) {
        let mut inside = self.inside();
        inside.pictures.remove(&printer);
        inside.troubles.insert(printer, trouble);
        drop(inside);
        self.news.notify_one();
    }

    /// Nobody looks at this printer any more.
    pub fn forget(&self, printer: PrinterId) {
        let mut inside = self.inside();
        inside.pictures.remove(&printer);
        inside.troubles.remove(&printer);
    }

    /// The next picture as a message: the printers in turn.
    pub fn take(&self) -> Option<Vec<u8>> {
        let mut inside = self.inside();
        let after = inside.last.and_then(|last| {
            let mut later = inside.pictures.range(last..).map(|(printer, _)| *printer);
            later.find(|printer| *printer != last)
        });
        let next = after.or_else(|| inside.pictures.keys().next().copied())?;
        inside.last = Some(next);
        let (head, jpeg) = inside.pictures.remove(&next)?;
        let mut message = head.write();
        message.extend(jpeg);
        Some(message)
    }

    /// What is to be said of cameras that give no picture.
    pub fn take_troubles(&self) -> Vec<CameraWord> {
        let troubles = std::mem::take(&mut self.inside().troubles);
        let word = |(printer, trouble)| CameraWord::Trouble { printer, trouble };
        troubles.into_iter().map(word).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fluxprint_domain::Timestamp;

    fn id(n: u128) -> PrinterId {
        PrinterId::new(Timestamp(0), n)
    }

    fn taken(newest: &Newest) -> Option<(u128, u8)> {
        let message = newest.take()?;
        let printer = (1..4).find(|n| message[1..17] == *id(*n).uuid().as_bytes());
        Some((printer.unwrap(), *message.last().unwrap()))
    }

    #[test]
    fn the_newest_picture_wins_and_printers_take_turns() {
        let newest = Newest::default();
        newest.put(id(1), 0, vec![1]);
        newest.put(id(2), 0, vec![1]);
        newest.put(id(1), 0, vec![2]);
        assert_eq!(taken(&newest), Some((1, 2)));
        newest.put(id(1), 0, vec![3]);
        assert_eq!(taken(&newest), Some((2, 1)), "the other one has its turn");
        assert_eq!(taken(&newest), Some((1, 3)));
        assert_eq!(taken(&newest), None);
    }

    #[test]
    fn trouble_takes_the_picture_away_and_a_picture_the_trouble() {
        let newest = Newest::default();
        newest.put(id(1), 0, vec![1]);
        newest.trouble(id(1), Trouble::Silent);
        assert_eq!(newest.take(), None);
        assert_eq!(newest.take_troubles().len(), 1);
        assert!(newest.take_troubles().is_empty(), "said once");
        newest.trouble(id(1), Trouble::Silent);
        newest.put(id(1), 0, vec![2]);
        assert!(newest.take_troubles().is_empty());
        newest.forget(id(1));
        assert_eq!(newest.take(), None);
    }
}
