//! Waiting for something to become true, within bounds.

use std::thread;
use std::time::Duration;

use anyhow::{Result, bail};

use super::clock::Stopwatch;

/// Looks every `pause` until `look` finds something, for at most `within`.
pub fn wait_for<T>(
    what: &str,
    within: Duration,
    pause: Duration,
    mut look: impl FnMut() -> Result<Option<T>>,
) -> Result<T> {
    let waiting = Stopwatch::start();
    loop {
        if let Some(found) = look()? {
            return Ok(found);
        }
        if waiting.ms() > within.as_secs_f64() * 1e3 {
            bail!("waited {} s in vain for {what}", within.as_secs());
        }
        thread::sleep(pause);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_looks_again_until_it_is_there() {
        let mut looks = 0;
        let found = wait_for(
            "the third look",
            Duration::from_secs(5),
            Duration::ZERO,
            || {
                looks += 1;
                Ok((looks == 3).then_some("there"))
            },
        );
        assert_eq!(found.unwrap(), "there");
    }

    #[test]
    fn waiting_ends_and_says_for_what() {
        let never = || Ok(None::<()>);
        let error = wait_for("a bus", Duration::ZERO, Duration::from_millis(1), never).unwrap_err();
        assert!(error.to_string().contains("a bus"));
    }
}
