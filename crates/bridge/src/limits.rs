//! Every limit of the bridge.

use crate::watchdog::Waits;

/// Bytes of the configuration file.
pub const CONFIG_BYTES_MAX: u64 = 256 * 1024;
/// Bytes of the file that holds a key or a token.
pub const SECRET_BYTES_MAX: u64 = 4 * 1024;
/// Bytes of an answer of the service to pairing.
pub const PAIRING_ANSWER_BYTES_MAX: usize = 16 * 1024;

/// Longest wait for a connection to the service.
pub const CONNECT_MS: u64 = 10_000;
/// Longest pause between two questions whether a person has confirmed this bridge.
pub const PAIRING_POLL_S_MAX: u64 = 60;
/// Longest wait for the answer to pairing.
pub const PAIRING_MS: u64 = 30_000;
/// Longest silence while print file bytes come in.
pub const FETCH_SILENCE_MS: u64 = 30_000;
/// How often the link looks at the clock.
pub const LINK_TICK_MS: u64 = 500;
/// Frames written and not yet taken by the network before a session is given up.
pub const OUT_FRAMES_MAX: usize = 128;
/// Answers to commands that wait to be sent.
pub const ANSWERS_MAX: usize = 64;
/// How long one frame may take to be taken by the network.
pub const WRITE_MS: u64 = 20_000;
/// How long saying goodbye may take.
pub const GOODBYE_MS: u64 = 1_000;

/// Commands of one printer that wait for its turn.
pub const ORDERS_MAX: usize = 64;
/// Longest wait for a fresh look at a printer before a full report goes out without it.
pub const FRESH_LOOK_MS: u64 = 5_000;
/// How often a command that stops the machine is tried when it fails.
pub const STOP_TRIES: u32 = 3;

/// Print files kept for another try.
pub const CACHE_FILES_MAX: usize = 32;
/// Bytes of the print files kept for another try.
pub const CACHE_BYTES_MAX: u64 = 2 * 1024 * 1024 * 1024;
/// Bytes hashed at a time.
pub const HASH_CHUNK_BYTES: usize = 64 * 1024;

/// How long a heater may be on without a print and without consent (N-09, R-10); a preheat by hand
/// is consent for as long.
pub const HEATER_WITHOUT_PRINT_MS: u64 = 600_000;
/// How long a print may stand still without heating: longer than the dwell of ten minutes that a
/// file of ours may hold.
pub const FROZEN_MS: u64 = 660_000;
/// How often the files of ended tries are looked through.
pub const CLEAN_EVERY_MS: u64 = 600_000;
/// Settled tries whose files are still in the printer's program; beyond it all of them go.
pub const SETTLED_MAX: usize = 64;

/// The times the bridge keeps with its printers. The default is for real ones; tests are shorter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// How often the attendant of a printer looks at the clock.
    pub tick_ms: u64,
    /// How often a printer is looked at while a start waits to be seen.
    pub start_look_ms: u64,
    /// How long a start may stay unseen before nobody can know.
    pub start_seen_ms: u64,
    /// How long a print that was seen may be missing before it counts as lost from sight: the
    /// printer's program writes its counters a moment after the end.
    pub vanished_ms: u64,
    /// Between two looks that are handed on while something moves.
    pub busy_look_ms: u64,
    /// Between two looks that are handed on while nothing moves.
    pub idle_look_ms: u64,
    /// How often a wanted cancel is said again while the print goes on.
    pub cancel_again_ms: u64,
    /// First pause after a staging that failed on the way; it doubles up to `stage_retry_ms_max`.
    pub stage_retry_ms: u64,
    /// Longest pause between two tries of a staging.
    pub stage_retry_ms_max: u64,
    /// How long staging goes on without any progress before it is given up.
    pub stage_give_up_ms: u64,
    /// First and longest bound of the pause before the service is dialled again.
    pub dial_ms: (u64, u64),
    /// How long the watchdog waits.
    pub watch: Waits,
    /// How long the file of an ended try stays in the printer's program.
    pub keep_files_s: i64,
    /// Pause before dialling again when the service does not know this bridge.
    pub turned_away_ms: u64,
    /// First and longest pause after another program with this identity took over; doubled each
    /// time, so that two of them do not fight for ever.
    pub taken_over_ms: (u64, u64),
}

impl Pace {
    /// How long to stand back after having been taken over so many times.
    #[must_use]
    pub fn after_takeover(&self, times: u32) -> std::time::Duration {
        let (first_ms, max_ms) = self.taken_over_ms;
        let doubled = 2u64.saturating_pow(times.saturating_sub(1));
        std::time::Duration::from_millis(first_ms.saturating_mul(doubled).min(max_ms))
    }
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            tick_ms: 500,
            start_look_ms: 500,
            start_seen_ms: 15_000,
            vanished_ms: 5_000,
            busy_look_ms: 1_000,
            idle_look_ms: 5_000,
            cancel_again_ms: 5_000,
            stage_retry_ms: 500,
            stage_retry_ms_max: 30_000,
            stage_give_up_ms: 600_000,
            dial_ms: (500, 30_000),
            watch: Waits {
                heater_ms: HEATER_WITHOUT_PRINT_MS,
                frozen_ms: FROZEN_MS,
                off_again_ms: 10_000,
            },
            keep_files_s: 24 * 3_600,
            turned_away_ms: 30_000,
            taken_over_ms: (600_000, 86_400_000),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_bridges_with_one_identity_do_not_fight_for_ever() {
        let pace = Pace::default();
        let pauses: Vec<_> = (1..12).map(|n| pace.after_takeover(n).as_secs()).collect();
        assert_eq!(pauses[..3], [600, 1_200, 2_400]);
        assert_eq!(pauses[10], 86_400);
    }
}
