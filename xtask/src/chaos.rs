//! `cargo xtask chaos`: misfortunes of the whole product by chance, for as long as one likes.

use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::install;
use crate::stages::Stages;
use crate::test::Ground;
use crate::web::Web;

/// How to call it.
pub const USAGE: &str = "\
cargo xtask chaos [--times N] [--rounds N] [--seed N]
    --times N    how many worlds there are, half of them on each engine (2 by default, at least)
    --rounds N   prints of each world, each of which meets a misfortune (25 by default)
    --seed N     of the first world; a failure tells the seed of its own
";

/// The test that is run.
const REIGN: &str = "kills::chaos";
/// Worlds of one run of it: one on each engine.
const WORLDS_OF_A_RUN: u64 = 2;
const SEED: u64 = 1;

/// What was asked.
#[derive(Debug, PartialEq, Eq)]
struct Choices {
    runs: u64,
    rounds: u64,
    seed: u64,
}

impl Choices {
    fn parse(words: &[&str]) -> Result<Self> {
        let mut choices = Self {
            runs: 1,
            rounds: 25,
            seed: SEED,
        };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let mut number = || {
                let said = words.next().and_then(|said| said.parse::<u64>().ok());
                said.with_context(|| format!("{word} needs a number.\n{USAGE}"))
            };
            match *word {
                "--times" => choices.runs = number()?.div_ceil(WORLDS_OF_A_RUN).max(1),
                "--rounds" => choices.rounds = number()?,
                "--seed" => choices.seed = number()?,
                other => bail!("`{other}` is not known.\n{USAGE}"),
            }
        }
        Ok(choices)
    }
}

/// Lets it reign; the first world that breaks a promise ends it.
pub fn run(root: &Path, words: &[&str], stages: &mut Stages) -> Result<()> {
    let choices = Choices::parse(words)?;
    stages.run("install", || install::everything(root))?;
    let web = Web::prepare(root)?;
    let ground = Ground::prepare(root, &web, stages)?;
    for nth in 0..choices.runs {
        let seed = choices.seed + nth * WORLDS_OF_A_RUN;
        let told = [
            ("FLUXPRINT_CHAOS_SEED", seed.to_string()),
            ("FLUXPRINT_CHAOS_ROUNDS", choices.rounds.to_string()),
        ];
        stages.run("chaos", || ground.runner.of_the_product(REIGN, &told))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worlds_come_in_pairs_and_each_has_a_seed_of_its_own() {
        let runs = |words: &[&str]| Choices::parse(words).unwrap().runs;
        assert_eq!((runs(&[]), runs(&["--times", "3"])), (1, 2));
        assert_eq!(runs(&["--times", "0"]), 1);
        let choices = Choices::parse(&["--seed", "9", "--rounds", "4"]).unwrap();
        assert_eq!((choices.seed, choices.rounds), (9, 4));
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for words in [&["--seed"][..], &["--rounds", "x"], &["--more"]] {
            assert!(Choices::parse(words).is_err(), "{words:?}");
        }
    }
}
