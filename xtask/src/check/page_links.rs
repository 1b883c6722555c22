//! Which file of the pages leads to which: every quoted relative path is taken for a link.
//!
//! Not a parser: a path in a comment keeps a file alive too, which does no harm.

use std::collections::{BTreeMap, BTreeSet};

use crate::tree::TextFile;

/// The folders of what runs in a browser or drives one.
const FOLDERS: [&str; 2] = ["web/", "e2e/"];
/// What can be linked and can be dead.
const EXTENSIONS: [&str; 5] = ["ts", "js", "mjs", "svelte", "css"];
/// What a link may leave away at its end.
const ENDINGS: [&str; 6] = ["", ".ts", ".js", ".svelte.ts", ".svelte", "/index.ts"];

/// The files and their links.
pub struct PageLinks<'a> {
    files: BTreeMap<&'a str, &'a str>,
}

impl<'a> PageLinks<'a> {
    /// Reads the links of all pages.
    pub fn of(files: &'a [TextFile]) -> Self {
        let pages = files.iter().filter(|file| {
            FOLDERS.iter().any(|folder| file.path.starts_with(folder))
                && EXTENSIONS.iter().any(|one| file.has_extension(one))
        });
        Self {
            files: pages
                .map(|file| (file.path.as_str(), file.text.as_str()))
                .collect(),
        }
    }

    /// Every file.
    pub fn files(&self) -> impl Iterator<Item = &'a str> {
        self.files.keys().copied()
    }

    /// The files that a file links to.
    pub fn of_file(&self, path: &str) -> BTreeSet<&'a str> {
        let text = self.files.get(path).copied().unwrap_or_default();
        self.named_in(folder_of(path), text)
    }

    /// The files that a text in this folder names.
    pub fn named_in(&self, folder: &str, text: &str) -> BTreeSet<&'a str> {
        let links = quoted(text).filter_map(|link| absolute(folder, link));
        links.flat_map(|link| self.meant_by(&link)).collect()
    }

    fn meant_by(&self, link: &str) -> Vec<&'a str> {
        if let Some((before, after)) = link.split_once('*') {
            let after = after.trim_start_matches(['*', '/']);
            let hits = self
                .files()
                .filter(|path| path.starts_with(before) && path.ends_with(after));
            return hits.collect();
        }
        // TypeScript may be linked by the name of what becomes of it.
        let stem = link.strip_suffix(".js").unwrap_or(link);
        let names = ENDINGS
            .iter()
            .flat_map(|end| [format!("{link}{end}"), format!("{stem}{end}")]);
        let found = |name: String| {
            self.files
                .get_key_value(name.as_str())
                .map(|(path, _)| *path)
        };
        names.filter_map(found).collect()
    }
}

/// The folder of a file, without a slash at its end.
pub fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Whatever stands between two quotes of a kind on one line.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    let of_kind = move |quote: char| text.lines().flat_map(move |line| line.split(quote).skip(1));
    ['\'', '"', '`'].into_iter().flat_map(of_kind)
}

/// A link as a path from the root; nothing when it is none.
fn absolute(folder: &str, link: &str) -> Option<String> {
    let link = link.split(['?', '#']).next().unwrap_or(link);
    if let Some(rest) = link.strip_prefix("/src/") {
        return Some(format!("web/src/{rest}"));
    }
    if !link.starts_with("./") && !link.starts_with("../") {
        return None;
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in link.split('/') {
        match part {
            "." | "" => {}
            ".." => drop(parts.pop()),
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::file;

    fn links_of(text: &str) -> Vec<String> {
        let files = [
            file("web/src/pages/home/Home.svelte", text),
            file("web/src/pages/home/Card.svelte", ""),
            file("web/src/lib/live.svelte.ts", ""),
            file("web/src/lib/api/index.ts", ""),
            file("web/src/lib/api/worker.ts", ""),
            file("web/src/app.css", ""),
        ];
        let links = PageLinks::of(&files);
        let found = links.of_file("web/src/pages/home/Home.svelte");
        found.into_iter().map(str::to_owned).collect()
    }

    #[test]
    fn a_link_is_followed_however_it_is_written() {
        for (text, to) in [
            (
                "import Card from './Card.svelte';",
                "web/src/pages/home/Card.svelte",
            ),
            (
                "import { a } from \"../../lib/live.svelte.js\";",
                "web/src/lib/live.svelte.ts",
            ),
            (
                "const a = () => import('../../lib/api');",
                "web/src/lib/api/index.ts",
            ),
            (
                "import.meta.glob('../*/Card.svelte')",
                "web/src/pages/home/Card.svelte",
            ),
            (
                "new URL('../../lib/api/worker.ts?worker', x)",
                "web/src/lib/api/worker.ts",
            ),
            ("@import '/src/app.css';", "web/src/app.css"),
        ] {
            assert_eq!(links_of(text), [to], "{text}");
        }
        assert!(links_of("import { b } from 'svelte'; // Card.svelte").is_empty());
    }
}
