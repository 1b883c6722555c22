//! What an operator may set for this room.

use crate::limits;
use fluxprint_domain::limits::{
    GCODE_BYTES_MAX, JOBS_PER_HOUR, MODEL_BYTES_MAX, OPEN_JOBS_MAX, OTHER_CALLS_PER_DAY,
    OTHER_CALLS_PER_HOUR, STARTS_BY_HAND_PER_MINUTE,
};
use std::net::IpAddr;

/// The settings of the service.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Proxies in front of the service. Only what they say about a caller's address is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Whether callers reach the service through TLS only, so that browsers may be told to insist.
    pub tls_only: bool,
    /// The page on which people type the code of a bridge.
    pub pairing_page: Option<String>,
    /// The limits that may be moved.
    pub limits: Limits,
}

/// The limits that may be moved, per person or program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Jobs made in an hour.
    pub jobs_per_hour: u32,
    /// Jobs that are not over yet.
    pub open_jobs: u32,
    /// Uploads begun in a minute, and at once.
    pub uploads_per_minute: (u32, u32),
    /// Queue operations in a minute, and at once.
    pub queue_changes_per_minute: (u32, u32),
    /// Starts by hand in a minute.
    pub starts_per_minute: u32,
    /// Changing calls of a program in an hour.
    pub other_calls_per_hour: u32,
    /// Changing calls of a program in a day.
    pub other_calls_per_day: u32,
    /// Bytes of a model.
    pub model_bytes: u64,
    /// Bytes of G-code.
    pub gcode_bytes: u64,
    /// Ordinary calls worked on at the same time.
    pub calls_at_once: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            jobs_per_hour: JOBS_PER_HOUR,
            open_jobs: OPEN_JOBS_MAX,
            uploads_per_minute: limits::UPLOADS_PER_MINUTE,
            queue_changes_per_minute: limits::QUEUE_CHANGES_PER_MINUTE,
            starts_per_minute: STARTS_BY_HAND_PER_MINUTE,
            other_calls_per_hour: OTHER_CALLS_PER_HOUR,
            other_calls_per_day: OTHER_CALLS_PER_DAY,
            model_bytes: MODEL_BYTES_MAX,
            gcode_bytes: GCODE_BYTES_MAX,
            calls_at_once: fluxprint_http::limits::CALLS_AT_ONCE,
        }
    }
}
