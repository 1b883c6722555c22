//! The words a developer says: `cargo xtask check`, `test`, `up`, `bench`.

mod bench;
mod binaries;
mod chaos;
mod check;
mod command;
mod crew;
mod http;
mod install;
mod stages;
mod test;
mod tree;
mod up;
mod web;

use std::process::ExitCode;

use anyhow::{Result, bail};

use stages::Stages;

const USAGE: &str = "\
cargo xtask check   format, lints and house rules
cargo xtask test    everything, with what it needs installed
cargo xtask up      the whole product on this machine; `up --help` says more
cargo xtask chaos   misfortunes by chance; `chaos --help` says more
cargo xtask bench   how fast and how small it is; `bench --help` says more
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    run(&words).unwrap_or_else(|error| {
        eprintln!("{error:#}");
        ExitCode::FAILURE
    })
}

fn run(words: &[&str]) -> Result<ExitCode> {
    let root = tree::root()?;
    let mut stages = Stages::new();
    match words {
        ["check"] => {
            let outcome = check::run(&root, &mut stages);
            stages.print();
            outcome?;
        }
        ["test"] => {
            let closing = test::run(&root, &mut stages);
            stages.print();
            // The runner's own words come last, where one looks for them.
            closing?.iter().for_each(|line| println!("{line}"));
        }
        ["up", "--help"] => println!("{}", up::USAGE),
        ["chaos", "--help"] => println!("{}", chaos::USAGE),
        ["chaos", rest @ ..] => {
            let outcome = chaos::run(&root, rest, &mut stages);
            stages.print();
            outcome?;
        }
        ["bench", "--help"] => println!("{}", bench::USAGE),
        ["bench", rest @ ..] => {
            let outcome = bench::run(&root, rest, &mut stages);
            stages.print();
            outcome?;
        }
        ["up", rest @ ..] => return up::run(&root, rest),
        _ => bail!("{USAGE}"),
    }
    Ok(ExitCode::SUCCESS)
}
