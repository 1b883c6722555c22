//! Lists the pages that the UI's build has left in `web/dist`, to be embedded. Runs nothing and
//! writes nothing outside `OUT_DIR`: without them there is one page that says how to build them.

use std::collections::hash_map::DefaultHasher;
use std::error::Error;
use std::fmt::Write as _;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::{env, fs};

const PLACEHOLDER: &str = "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
    <title>FluxPrint</title>\n<h1>The pages are not built</h1>\n\
    <p>Run <code>cargo xtask up</code>: it builds them and starts everything.</p>\n</html>\n";

fn main() -> Result<(), Box<dyn Error>> {
    let dist = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../../web/dist");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=FLUXPRINT_REQUIRE_UI");
    let mut files = Vec::new();
    if dist.join("index.html").is_file() {
        let dist = dist.canonicalize()?;
        println!("cargo::rerun-if-changed={}", dist.display());
        find(&dist, &dist, &mut files)?;
    } else if env::var_os("FLUXPRINT_REQUIRE_UI").is_some_and(|value| value == "1") {
        println!(
            "cargo::error=web/dist/index.html is missing: build the pages with `cargo xtask up`"
        );
    } else {
        // A folder that is not there cannot be watched: whoever builds the pages by hand touches
        // this file, or sets FLUXPRINT_REQUIRE_UI.
        let page = out.join("placeholder.html");
        fs::write(&page, PLACEHOLDER)?;
        files.push(("index.html".to_owned(), page));
    }
    files.sort();
    fs::write(out.join("ui.rs"), table(&files)?)?;
    Ok(())
}

/// Every file below `folder`, with its path as a page's address spells it.
fn find(
    root: &Path,
    folder: &Path,
    files: &mut Vec<(String, PathBuf)>,
) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            find(root, &path, files)?;
            continue;
        }
        let name = path
            .strip_prefix(root)?
            .to_str()
            .ok_or("a file's name is no text")?;
        files.push((name.replace('\\', "/"), path));
    }
    Ok(())
}

/// A Rust expression: the files but for their compressed twins, each with these beside it.
fn table(files: &[(String, PathBuf)]) -> Result<String, Box<dyn Error>> {
    let twin = |name: &str, ending: &str| {
        let twin = format!("{name}.{ending}");
        let found = files.iter().find(|(name, _)| *name == twin);
        found.map_or("None".to_owned(), |(_, path)| {
            format!("Some(include_bytes!({path:?}))")
        })
    };
    let mut text = "&[\n".to_owned();
    for (name, path) in files {
        if name.ends_with(".br") || name.ends_with(".gz") {
            continue;
        }
        let mut hash = DefaultHasher::new();
        fs::read(path)?.hash(&mut hash);
        let (br, gz) = (twin(name, "br"), twin(name, "gz"));
        writeln!(
            text,
            "    Asset {{ path: {name:?}, etag: \"W/\\\"{:016x}\\\"\", plain: include_bytes!({path:?}), br: {br}, gz: {gz} }},",
            hash.finish()
        )?;
    }
    text.push_str("]\n");
    Ok(text)
}
