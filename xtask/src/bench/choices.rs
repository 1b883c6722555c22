//! What was asked of `cargo xtask bench`.

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

/// How to call it.
pub const USAGE: &str = "\
cargo xtask bench [--seconds N] [--quick]
    --seconds N   how long each load runs (1 to 30; 8 by default, 2 with --quick)
    --quick       fewer and shorter measurements: to see that everything works
";

/// How much is measured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choices {
    /// Fewer and shorter measurements.
    pub quick: bool,
    /// How long each load runs.
    pub load_s: u64,
    /// How long each commit rate is measured.
    pub commits_s: u64,
    /// How long the programs are left alone before their memory is read.
    pub idle: Duration,
    /// How often the service is started.
    pub starts: usize,
    /// How often a bed is cleared.
    pub rounds: usize,
    /// No further bed is cleared after this long.
    pub rounds_within: Duration,
    /// Jobs in the database while it is read.
    pub jobs: usize,
    /// Calls of each kind through studio and gateway.
    pub calls: usize,
    /// Large models that are uploaded.
    pub uploads: usize,
    /// How often Lighthouse looks at a page.
    pub page_rounds: usize,
}

impl Choices {
    /// Reads the words after `bench`.
    pub fn parse(words: &[&str]) -> Result<Self> {
        let (mut quick, mut seconds) = (false, None);
        let mut words = words.iter();
        while let Some(word) = words.next() {
            match *word {
                "--quick" => quick = true,
                "--seconds" => {
                    let said = words.next().context("--seconds needs a number")?;
                    let number: u64 = said.parse().context("--seconds needs a number")?;
                    ensure!((1..=30).contains(&number), "--seconds goes from 1 to 30");
                    seconds = Some(number);
                }
                other => bail!("`{other}` is not known.\n{USAGE}"),
            }
        }
        let choices = if quick { Self::quick() } else { Self::full() };
        let load_s = seconds.unwrap_or(choices.load_s);
        Ok(Self { load_s, ..choices })
    }

    fn full() -> Self {
        Self {
            quick: false,
            load_s: 8,
            commits_s: 4,
            idle: Duration::from_secs(10),
            starts: 10,
            rounds: 7,
            rounds_within: Duration::from_secs(60),
            jobs: 100,
            calls: 300,
            uploads: 5,
            page_rounds: 3,
        }
    }

    fn quick() -> Self {
        Self {
            quick: true,
            load_s: 2,
            commits_s: 1,
            idle: Duration::from_secs(3),
            starts: 3,
            rounds: 2,
            rounds_within: Duration::from_secs(15),
            jobs: 100,
            calls: 50,
            uploads: 2,
            page_rounds: 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_of_a_load_can_be_chosen_in_both_kinds() {
        let seconds = |words: &[&str]| Choices::parse(words).map(|choices| choices.load_s);
        assert_eq!(seconds(&[]).unwrap(), 8);
        assert_eq!(seconds(&["--quick"]).unwrap(), 2);
        assert_eq!(seconds(&["--seconds", "5", "--quick"]).unwrap(), 5);
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for words in [
            &["--seconds"][..],
            &["--seconds", "0"],
            &["--seconds", "x"],
            &["--slow"],
        ] {
            assert!(Choices::parse(words).is_err(), "{words:?}");
        }
    }
}
