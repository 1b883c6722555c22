//! One core for each run, and never two runs on one core while another is free.
//!
//! Not only fairness: with several threads PrusaSlicer 2.5.0 places seams by whichever thread
//! comes first, so the same model gives one of several files. On one core it always gives one.

use std::sync::{Mutex, PoisonError};
use tokio::sync::{Semaphore, SemaphorePermit};

/// The cores that slicing may use.
#[derive(Debug)]
pub(crate) struct Cores {
    free: Mutex<Vec<u32>>,
    permits: Semaphore,
}

/// A core in use; free again when dropped.
#[derive(Debug)]
pub(crate) struct Core<'a> {
    number: Option<u32>,
    cores: &'a Cores,
    _permit: Option<SemaphorePermit<'a>>,
}

impl Cores {
    /// Up to `jobs` at a time (one per core when not set), on the cores this process may use.
    pub(crate) fn new(jobs: Option<usize>) -> Self {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let ours = allowed_in(&status);
        let jobs = jobs.unwrap_or(ours.len()).max(1);
        Self {
            free: Mutex::new(ours.into_iter().cycle().take(jobs).collect()),
            permits: Semaphore::new(jobs),
        }
    }

    /// Waits for a core.
    pub(crate) async fn take(&self) -> Core<'_> {
        // The semaphore is never closed; if it were, going on without it would do no harm.
        let permit = self.permits.acquire().await.ok();
        let number = self
            .free
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        Core {
            number,
            cores: self,
            _permit: permit,
        }
    }
}

impl Core<'_> {
    /// Its number; `None` where the system does not tell.
    pub(crate) fn number(&self) -> Option<u32> {
        self.number
    }
}

impl Drop for Core<'_> {
    fn drop(&mut self) {
        let mut free = self
            .cores
            .free
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        free.extend(self.number);
    }
}

/// The cores in the line `Cpus_allowed_list: 0-2,5` of `/proc/self/status`.
fn allowed_in(status: &str) -> Vec<u32> {
    let list = status
        .lines()
        .find_map(|line| line.strip_prefix("Cpus_allowed_list:"));
    list.unwrap_or_default()
        .split(',')
        .filter_map(|range| {
            let (first, last) = range.split_once('-').unwrap_or((range, range));
            Some(first.trim().parse().ok()?..=last.trim().parse().ok()?)
        })
        .flatten()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_and_single_cores_are_read() {
        let status = "Name:\tx\nCpus_allowed_list:\t0-2,5\nMems_allowed_list:\t0\n";
        assert_eq!(allowed_in(status), [0, 1, 2, 5]);
        assert_eq!(allowed_in(""), Vec::<u32>::new());
    }

    #[tokio::test]
    async fn two_runs_get_two_cores_and_a_third_waits() {
        let cores = Cores {
            free: Mutex::new(vec![4, 7]),
            permits: Semaphore::new(2),
        };
        let (first, second) = (cores.take().await, cores.take().await);
        assert_ne!(first.number(), second.number());
        let mut third = std::pin::pin!(cores.take());
        tokio::select! {
            biased;
            _ = &mut third => panic!("there is no third core"),
            () = std::future::ready(()) => {}
        }
        let freed = first.number();
        drop(first);
        assert_eq!(third.await.number(), freed);
    }
}
