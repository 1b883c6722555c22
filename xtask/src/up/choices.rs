//! What was asked of `cargo xtask up`.

use std::path::PathBuf;

use anyhow::{Result, bail};

/// How to call it.
pub const USAGE: &str = "\
cargo xtask up [--octoprint] [--postgres] [--fresh] [--once [FILE]]
    --octoprint     a real OctoPrint with its virtual printer instead of our own virtual one
    --postgres      PostgreSQL instead of SQLite
    --fresh         start from an empty data folder
    --once [FILE]   print this STL file (or a sample part) and end; the exit code says how it went
";

/// The flags.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Choices {
    /// A real OctoPrint instead of the virtual one.
    pub octoprint: bool,
    /// PostgreSQL instead of SQLite.
    pub postgres: bool,
    /// Forget what earlier runs have left.
    pub fresh: bool,
    /// Print one file and end; `Some(None)` prints the sample part.
    pub once: Option<Option<PathBuf>>,
}

impl Choices {
    /// Reads the words after `up`.
    pub fn parse(words: &[&str]) -> Result<Self> {
        let mut choices = Self::default();
        let mut words = words.iter().peekable();
        while let Some(word) = words.next() {
            match *word {
                "--octoprint" => choices.octoprint = true,
                "--postgres" => choices.postgres = true,
                "--fresh" => choices.fresh = true,
                "--once" => {
                    let file = words.next_if(|next| !next.starts_with("--"));
                    choices.once = Some(file.map(PathBuf::from));
                }
                other => bail!("`{other}` is not known.\n{USAGE}"),
            }
        }
        Ok(choices)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn once_takes_a_file_or_none() {
        let once = |words: &[&str]| Choices::parse(words).unwrap().once;
        assert_eq!(once(&[]), None);
        assert_eq!(once(&["--once"]), Some(None));
        assert_eq!(once(&["--once", "--fresh"]), Some(None));
        assert_eq!(
            once(&["--once", "a.stl", "--fresh"]),
            Some(Some(PathBuf::from("a.stl")))
        );
    }

    #[test]
    fn an_unknown_flag_is_refused_with_the_usage() {
        let error = Choices::parse(&["--twice"]).unwrap_err().to_string();
        assert!(error.contains("--twice") && error.contains("--once"));
    }
}
