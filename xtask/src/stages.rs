//! Names the stages of a run and says at the end how long each took.

use std::time::Instant;

use anyhow::Result;

/// The clock of one run.
pub struct Stages {
    begun: Instant,
    done: Vec<(String, f64, bool)>,
}

impl Stages {
    /// Starts the clock.
    pub fn new() -> Self {
        Self {
            begun: now(),
            done: Vec::new(),
        }
    }

    /// Runs one stage.
    pub fn run<T>(&mut self, name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        println!("── {name}");
        let begun = now();
        let result = work();
        if let Err(error) = &result {
            println!("── {name} failed: {error:#}");
        }
        self.done.push((
            name.to_owned(),
            begun.elapsed().as_secs_f64(),
            result.is_ok(),
        ));
        result
    }

    /// One line per stage and the total.
    pub fn print(&self) {
        println!("── time");
        for (name, duration_s, passed) in &self.done {
            let verdict = if *passed { "" } else { "  failed" };
            println!("{duration_s:8.1} s  {name}{verdict}");
        }
        println!("{:8.1} s  total", self.begun.elapsed().as_secs_f64());
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this program measures its own run; nothing is decided by it"
)]
fn now() -> Instant {
    Instant::now()
}
