//! Processor time, as the kernel counts it.

use std::fs;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};

/// Ticks of a second in `/proc`: a constant of the kernel's interface on our platforms.
const TICKS_PER_S: f64 = 100.0;
/// How long the machine is watched to see whether others use it.
const WATCH: Duration = Duration::from_secs(2);

/// Seconds that a process has used so far, those of its threads included.
pub fn of_process_s(pid: u32) -> Result<f64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let ticks = process_ticks(&stat).context("no times in /proc/PID/stat")?;
    Ok(ticks as f64 / TICKS_PER_S)
}

/// Seconds that all cores together have been busy so far.
pub fn of_machine_s() -> Result<f64> {
    let stat = fs::read_to_string("/proc/stat")?;
    let ticks = machine_ticks(&stat).context("no times in /proc/stat")?;
    Ok(ticks.busy as f64 / TICKS_PER_S)
}

/// Per cent of all cores that are busy now, while we do nothing.
pub fn busy_pct() -> Result<f64> {
    let look = || machine_ticks(&fs::read_to_string("/proc/stat").ok()?);
    let before = look().context("no times in /proc/stat")?;
    thread::sleep(WATCH);
    let after = look().context("no times in /proc/stat")?;
    let passed = (after.all - before.all).max(1);
    Ok((after.busy - before.busy) as f64 * 100.0 / passed as f64)
}

/// Fields 14 and 15 of `proc_pid_stat(5)`: time as user and in the kernel.
fn process_ticks(stat: &str) -> Option<u64> {
    // The name in field 2 may hold anything, also brackets and blanks.
    let (_, after_name) = stat.rsplit_once(')')?;
    let mut fields = after_name.split_whitespace().skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let kernel: u64 = fields.next()?.parse().ok()?;
    Some(user + kernel)
}

#[derive(Debug, PartialEq)]
struct Ticks {
    all: u64,
    busy: u64,
}

/// The first line of `proc_stat(5)`: user, nice, system, idle, waiting for disks, two kinds of
/// interrupts, stolen by other machines. Guests are counted in the first two, too.
fn machine_ticks(stat: &str) -> Option<Ticks> {
    let fields = stat.lines().next()?.strip_prefix("cpu ")?;
    let fields: Vec<u64> = fields
        .split_whitespace()
        .take(8)
        .filter_map(|n| n.parse().ok())
        .collect();
    let all = fields.iter().sum();
    let [_, _, _, idle, waiting, ..] = fields.as_slice() else {
        return None;
    };
    Some(Ticks {
        all,
        busy: all - idle - waiting,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_with_an_odd_name_has_its_times_read() {
        let stat = "42 (odd) na) me) S 1 42 42 0 -1 4194304 99 0 0 0 250 50 0 0 20 0 5 0 1 2 3";
        assert_eq!(process_ticks(stat), Some(300));
        assert_eq!(process_ticks("nonsense"), None);
    }

    #[test]
    fn waiting_for_disks_is_not_being_busy() {
        let stat = "cpu  100 1 20 500 30 0 4 5 77 0\ncpu0 1 2 3\n";
        assert_eq!(
            machine_ticks(stat),
            Some(Ticks {
                all: 660,
                busy: 130
            })
        );
        assert_eq!(machine_ticks("cpu0 1 2 3 4 5"), None);
    }
}
