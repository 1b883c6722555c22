//! `cargo xtask up`: the whole product on this machine, with a printer to play with.

mod choices;
mod data_folder;
mod pairing;
mod programs;
pub mod sample_part;
mod sample_project;
mod told;
mod visitor;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::binaries::Binaries;
use crate::command::spawn;
use crate::crew::Crew;
use crate::install;
pub use choices::USAGE;
pub use data_folder::DataFolder;
pub use pairing::{answer, pair};
pub use visitor::Visitor;

use choices::Choices;
use programs::Product;
use told::Told;

/// Starts everything, and ends it again when told to, when a part falls, or when the one print is done.
pub fn run(root: &Path, arguments: &[&str]) -> Result<ExitCode> {
    let choices = Choices::parse(arguments)?;
    // First of all, so that every thread and program started below is covered.
    let told = Told::listen()?;
    install_for(root, &choices)?;
    let binaries = Binaries::build(root)?;
    let data = DataFolder::open(root, choices.fresh)?;
    let mut crew = Crew::new(&data.logs())?;
    let product = Product::start(&mut crew, &binaries, &data, &choices)?;
    match &choices.once {
        Some(file) => {
            let file = part(file.as_deref(), &data)?;
            print_once(&mut crew, &binaries, &data, &product, &file, &told)
        }
        None => {
            welcome(&binaries, &data, &product)?;
            wait(&mut crew, &told)
        }
    }
}

/// What a person needs to begin.
fn welcome(binaries: &Binaries, data: &DataFolder, product: &Product) -> Result<()> {
    sample_project::make(binaries, data, &product.url)?;
    println!("FluxPrint is up: {}", product.pages());
    println!("Logs: {}", data.logs().display());
    match sample_project::sign_in_link(binaries, data, &product.url) {
        Ok(link) => {
            println!(
                "\nOpen this once to sign in as {}:\n\n    {link}\n",
                sample_project::EMAIL
            );
            println!(
                "Your own password: in the pages under Settings. Another link: start this again."
            );
        }
        // Somebody has made the place their own: they know how they sign in.
        Err(error) => println!("No link for {}: {error:#}", sample_project::EMAIL),
    }
    println!("Ctrl-C ends it.");
    Ok(())
}

fn install_for(root: &Path, choices: &Choices) -> Result<()> {
    install::slicer()?;
    if choices.octoprint {
        install::octoprint(root)?;
    }
    if choices.postgres {
        install::postgres()?;
    }
    Ok(())
}

/// The file to print: the one that was named, or a small plate.
fn part(file: Option<&Path>, data: &DataFolder) -> Result<PathBuf> {
    match file {
        Some(file) if file.is_file() => Ok(file.to_owned()),
        Some(file) => bail!("There is no file {}.", file.display()),
        None => sample_part::write(&data.path("sample-part.stl")),
    }
}

/// Prints one file end to end; the exit code is that of `fluxprint smoke`.
fn print_once(
    crew: &mut Crew,
    binaries: &Binaries,
    data: &DataFolder,
    product: &Product,
    file: &Path,
    told: &Told,
) -> Result<ExitCode> {
    let mut smoke = spawn(&mut product.smoke(binaries, data, file))?;
    let outcome = loop {
        if let Some(status) = smoke.try_wait()? {
            break Ok(ExitCode::from(
                status
                    .code()
                    .and_then(|c| u8::try_from(c).ok())
                    .unwrap_or(1),
            ));
        }
        if told.within_a_moment() {
            break Ok(told::INTERRUPTED.into());
        }
        if let Some(name) = crew.fallen() {
            break Err(anyhow::anyhow!(
                "{name} has ended; see {}",
                data.logs().display()
            ));
        }
    };
    let _ = smoke.kill();
    let _ = smoke.wait();
    outcome
}

fn wait(crew: &mut Crew, told: &Told) -> Result<ExitCode> {
    loop {
        if told.within_a_moment() {
            println!("Ending.");
            return Ok(ExitCode::SUCCESS);
        }
        if let Some(name) = crew.fallen() {
            bail!("{name} has ended by itself");
        }
    }
}
