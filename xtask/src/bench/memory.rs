//! How much memory a program holds.

use std::fs;

use anyhow::{Context, Result};
use serde::Serialize;

/// Bytes in a megabyte, as the aims count them.
pub const MB: f64 = 1e6;

/// The memory of one process.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Memory {
    /// Resident, pages of shared libraries included (`VmRSS`).
    pub rss_bytes: u64,
    /// The same, with shared pages divided among those who share them (`Pss`).
    pub pss_bytes: u64,
}

impl Memory {
    /// Of a running process.
    pub fn of(pid: u32) -> Result<Self> {
        let read = |name: &str| {
            let path = format!("/proc/{pid}/{name}");
            fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))
        };
        Ok(Self {
            rss_bytes: field(&read("status")?, "VmRSS:").context("no VmRSS")?,
            pss_bytes: field(&read("smaps_rollup")?, "Pss:").context("no Pss")?,
        })
    }

    /// Resident megabytes.
    pub fn rss_mb(&self) -> f64 {
        self.rss_bytes as f64 / MB
    }

    /// Proportional megabytes.
    pub fn pss_mb(&self) -> f64 {
        self.pss_bytes as f64 / MB
    }
}

/// Bytes of a line like `VmRSS:     1234 kB`.
fn field(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    let kib: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kib * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernel_counts_in_kibibytes() {
        let text = "VmPeak:\t  9999 kB\nVmRSS:\t    1234 kB\nRssAnon:\t 7 kB\n";
        assert_eq!(field(text, "VmRSS:"), Some(1_263_616));
        assert_eq!(field(text, "Pss:"), None);
    }

    #[test]
    fn the_memory_of_this_very_test_can_be_read() {
        let memory = Memory::of(std::process::id()).unwrap();
        assert!(memory.rss_mb() > 1.0 && memory.pss_bytes <= memory.rss_bytes);
    }
}
