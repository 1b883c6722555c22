//! `cargo xtask check`: the quick inner loop. House rules first, for they take a second.

mod bare_source;
mod dead_files;
mod directions;
mod file_size;
mod finding;
mod function_size;
mod lock_file;
mod machine_paths;
mod metadata;
mod names;
mod page_arrows;
mod page_links;
mod rooms;
mod secrets;

use std::path::Path;

use anyhow::{Result, ensure};

use crate::command::cargo;
use crate::stages::Stages;
use crate::tree::{TextFile, text_files};
use crate::web::Web;
use finding::Finding;
use metadata::Metadata;

/// Runs everything and fails at the end, so that one run shows all there is to mend.
pub fn run(root: &Path, stages: &mut Stages) -> Result<()> {
    let rules = stages.run("house rules", || house_rules(root));
    let fmt = stages.run("fmt", || cargo(root, &["fmt", "--all", "--check"]));
    let web = pages(root, stages);
    let clippy = stages.run("clippy", || {
        let arguments = [
            "clippy",
            "--workspace",
            "--all-targets",
            "--locked",
            "--",
            "-D",
            "warnings",
        ];
        cargo(root, &arguments)
    });
    rules.and(fmt).and(web).and(clippy)
}

/// The pages are looked at and built here, for the programs that clippy reads carry them inside.
fn pages(root: &Path, stages: &mut Stages) -> Result<()> {
    let web = stages.run("web packages", || Web::prepare(root))?;
    let checked = stages.run("web check", || web.check());
    stages.run("web build", || web.build()).and(checked)
}

fn house_rules(root: &Path) -> Result<()> {
    let files = text_files(root)?;
    let metadata = Metadata::read(root)?;
    let mut failed = 0;
    for (rule, findings) in all_findings(root, &files, &metadata)? {
        for finding in &findings {
            println!("{rule}: {finding}");
        }
        failed += findings.iter().filter(|finding| finding.fails).count();
    }
    ensure!(failed == 0, "{failed} house rules are broken (see above)");
    Ok(())
}

fn all_findings(
    root: &Path,
    files: &[TextFile],
    metadata: &Metadata,
) -> Result<Vec<(&'static str, Vec<Finding>)>> {
    let roots = crate_roots(root, metadata);
    Ok(vec![
        ("direction", directions::findings(&metadata.graph())),
        ("banned crate", lock_file::banned(files)),
        ("one sqlite", lock_file::one_sqlite(metadata)),
        ("file size", file_size::findings(files)),
        ("function size", function_size::findings(files)),
        ("name", names::findings(files)),
        ("dead file", dead_files::rust(files, &roots)),
        ("dead page file", dead_files::pages(files)),
        ("page direction", page_arrows::findings(files)),
        ("dead document", dead_files::documents(files)),
        ("secret", secrets::findings(files)?),
        ("machine path", machine_paths::findings(files)),
    ])
}

/// The first file of every crate of ours, relative to the root.
fn crate_roots(root: &Path, metadata: &Metadata) -> Vec<String> {
    metadata
        .members()
        .flat_map(|package| &package.targets)
        .filter_map(|target| Path::new(&target.src_path).strip_prefix(root).ok())
        .filter_map(|path| path.to_str().map(str::to_owned))
        .collect()
}
