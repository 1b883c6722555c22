//! No dead files: every Rust file is reached through `mod`, every file of the pages through a link,
//! every document is named by another.

use std::collections::{BTreeMap, BTreeSet};

use super::bare_source::{bare, is_word};
use super::finding::Finding;
use super::page_links::{PageLinks, folder_of};
use crate::tree::TextFile;

/// `roots` are the first files of every crate, relative to the workspace.
pub fn rust(files: &[TextFile], roots: &[String]) -> Vec<Finding> {
    let sources: BTreeMap<&str, &str> = files
        .iter()
        .filter(|file| file.has_extension("rs"))
        .map(|file| (file.path.as_str(), file.text.as_str()))
        .collect();
    let mut alive = BTreeSet::new();
    let mut open: Vec<(String, bool)> = roots.iter().map(|root| (root.clone(), true)).collect();
    while let Some((path, is_root)) = open.pop() {
        let Some(text) = sources.get(path.as_str()) else {
            continue;
        };
        if alive.insert(path.clone()) {
            open.extend(
                children(&path, is_root, text)
                    .into_iter()
                    .map(|child| (child, false)),
            );
        }
    }
    sources
        .keys()
        .filter(|path| !alive.contains(**path))
        .map(|path| Finding::error(*path, "no `mod` leads here: wire it in or delete it"))
        .collect()
}

/// The files that the `mod` lines of one file may mean.
fn children(path: &str, is_root: bool, text: &str) -> Vec<String> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = name.trim_end_matches(".rs");
    let base = if is_root || stem == "mod" {
        folder.to_owned()
    } else {
        format!("{folder}/{stem}")
    };
    let mut found: Vec<String> = modules(&bare(text))
        .iter()
        .flat_map(|module| {
            [
                format!("{base}/{module}.rs"),
                format!("{base}/{module}/mod.rs"),
            ]
        })
        .collect();
    found.extend(quoted_after(text, "#[path = \"").map(|file| format!("{folder}/{file}")));
    found.extend(quoted_after(text, "include!(\"").map(|file| format!("{folder}/{file}")));
    found
}

/// The names behind `mod …;`, with the inline modules around them as folders.
fn modules(bare: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut around: Vec<Option<String>> = Vec::new();
    let mut words: Vec<String> = vec![String::new()];
    for c in bare.chars() {
        match c {
            c if is_word(c) => words
                .iter_mut()
                .last()
                .into_iter()
                .for_each(|word| word.push(c)),
            ';' | '{' | '}' => {
                let name = module_name(&words);
                match (c, name) {
                    (';', Some(name)) => {
                        let folders = around.iter().flatten().cloned();
                        found.push(folders.chain([name]).collect::<Vec<_>>().join("/"));
                    }
                    ('{', name) => around.push(name),
                    ('}', _) => drop(around.pop()),
                    _ => {}
                }
                words = vec![String::new()];
            }
            _ => words.push(String::new()),
        }
    }
    found
}

/// `Some(name)` when a statement ends in `mod name`.
fn module_name(words: &[String]) -> Option<String> {
    let words: Vec<&String> = words.iter().filter(|word| !word.is_empty()).collect();
    match words.as_slice() {
        [.., keyword, name] if *keyword == "mod" => Some((*name).clone()),
        _ => None,
    }
}

fn quoted_after<'a>(text: &'a str, opening: &'a str) -> impl Iterator<Item = &'a str> {
    text.split(opening)
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
}

/// A file of the pages is a test, or is named by the start page, the build's own files, a Rust test
/// that runs it, or another file that is alive.
pub fn pages(files: &[TextFile]) -> Vec<Finding> {
    let links = PageLinks::of(files);
    let mut open: Vec<&str> = links
        .files()
        .filter(|path| is_read_by_a_tool(path))
        .collect();
    for file in files {
        let runs_scripts = file.path.ends_with("web/index.html") || file.name() == "package.json";
        if runs_scripts {
            open.extend(links.named_in(folder_of(&file.path), &scripts_as_links(&file.text)));
        } else if file.has_extension("rs") {
            open.extend(
                links
                    .files()
                    .filter(|path| path.starts_with("e2e/") && names(file, path)),
            );
        }
    }
    let mut alive = BTreeSet::new();
    while let Some(path) = open.pop() {
        if alive.insert(path) {
            open.extend(links.of_file(path));
        }
    }
    let dead = links.files().filter(|path| !alive.contains(path));
    dead.map(|path| Finding::error(path, "nothing links to it: use it or delete it"))
        .collect()
}

/// Tests, settings of tools, and types that stand for themselves.
fn is_read_by_a_tool(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    [".test.", ".config.", ".d.ts"]
        .iter()
        .any(|part| name.contains(part))
}

/// `node scripts/api.js` in a package's settings names `./scripts/api.js`.
fn scripts_as_links(text: &str) -> String {
    let words = text.split([' ', '"']).filter(|word| word.contains('.'));
    let links = words.map(|word| match word.starts_with(['.', '/']) {
        true => format!("'{word}'\n"),
        false => format!("'./{word}'\n"),
    });
    links.collect()
}

fn names(file: &TextFile, path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    file.text.contains(&format!("\"{name}\"")) || file.text.contains(&format!("/{name}\""))
}

/// A document under `docs/` is named by another document or source file, or its subfolder is.
pub fn documents(files: &[TextFile]) -> Vec<Finding> {
    let named = |path: &str| {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("docs", path));
        let others = || files.iter().filter(|file| file.path != path);
        others().any(|file| file.text.contains(name))
            || (folder != "docs" && others().any(|file| file.text.contains(&format!("{folder}/"))))
    };
    files
        .iter()
        .filter(|file| file.path.starts_with("docs/") && !named(&file.path))
        .map(|file| Finding::error(&file.path, "no document leads here: name it or delete it"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::file;

    fn dead(files: &[TextFile]) -> Vec<String> {
        let roots = ["a/src/lib.rs".to_owned(), "a/tests/it/main.rs".to_owned()];
        rust(files, &roots)
            .into_iter()
            .map(|finding| finding.place)
            .collect()
    }

    #[test]
    fn a_file_that_no_mod_names_is_dead() {
        let files = [
            file(
                "a/src/lib.rs",
                "pub mod one; // mod two;\n mod inline { mod three; }",
            ),
            file("a/src/one.rs", "mod four;\n#[path = \"odd.rs\"]\nmod five;"),
            file("a/src/one/four.rs", ""),
            file("a/src/odd.rs", ""),
            file("a/src/two.rs", ""),
            file("a/src/inline/three.rs", ""),
            file("a/src/four.rs", ""),
            file("a/tests/it/main.rs", "mod journey;"),
            file("a/tests/it/journey.rs", ""),
        ];
        assert_eq!(dead(&files), ["a/src/four.rs", "a/src/two.rs"]);
    }

    #[test]
    fn a_file_of_the_pages_that_nothing_links_to_is_dead() {
        let files = [
            file("web/index.html", "<script src=\"/src/main.ts\"></script>"),
            file(
                "web/package.json",
                "{ \"build\": \"vite build && node scripts/press.js\" }",
            ),
            file("web/vite.config.ts", "import './scripts/theme.js'"),
            file("web/scripts/press.js", ""),
            file("web/scripts/theme.js", ""),
            file("web/scripts/old.js", ""),
            file(
                "web/src/main.ts",
                "import './App.svelte'; import './app.css'",
            ),
            file("web/src/App.svelte", ""),
            file("web/src/app.css", ""),
            file("web/src/Lost.svelte", "import './Lost2.svelte'"),
            file("web/src/Lost2.svelte", ""),
            file("web/tests/app.test.ts", ""),
            file("e2e/tests/it/web.rs", "journey(\"sign_in.mjs\")"),
            file("e2e/web/sign_in.mjs", "import './lib/page.mjs'"),
            file("e2e/web/lib/page.mjs", ""),
            file("e2e/web/never.mjs", ""),
        ];
        let dead: Vec<String> = pages(&files).into_iter().map(|f| f.place).collect();
        let expected = [
            "e2e/web/never.mjs",
            "web/scripts/old.js",
            "web/src/Lost.svelte",
            "web/src/Lost2.svelte",
        ];
        assert_eq!(dead, expected);
    }

    #[test]
    fn a_document_that_nobody_names_is_dead() {
        let files = [
            file("README.md", "see docs/LIMITS.md and docs/decisions/"),
            file("docs/LIMITS.md", ""),
            file("docs/LOST.md", "LOST.md"),
            file("docs/decisions/0001-one.md", ""),
        ];
        let dead: Vec<String> = documents(&files).into_iter().map(|f| f.place).collect();
        assert_eq!(dead, ["docs/LOST.md"]);
    }
}
