//! The words a developer says: `cargo xtask check`, `test`, `up`.

mod check;
mod command;
mod stages;
mod tree;

use std::process::ExitCode;

use anyhow::{Result, bail};

const USAGE: &str = "\
cargo xtask check               format, lints and house rules
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<()> {
    let root = tree::root()?;
    let mut stages = stages::Stages::new();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match words.as_slice() {
        ["check"] => check::run(&root, &mut stages),
        _ => bail!("{USAGE}"),
    };
    stages.print();
    result
}
