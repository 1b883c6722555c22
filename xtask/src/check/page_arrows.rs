//! Which way the arrows of the pages point: pages → ui and lib, ui → lib, lib → nothing.

use super::finding::Finding;
use super::page_links::PageLinks;
use crate::tree::TextFile;

/// The folder that is divided into rooms.
const SOURCES: &str = "web/src/";
/// A room, what it may see, and why.
const ROOMS: [(&str, &[&str], &str); 4] = [
    (
        "lib",
        &["lib", "locales"],
        "plain TypeScript that a test reaches without a page",
    ),
    (
        "ui",
        &["ui", "lib"],
        "a control knows no page that it stands on",
    ),
    (
        "viewer",
        &["viewer", "lib"],
        "three dimensions load late, and nothing else with them",
    ),
    (
        "pages",
        &["ui", "lib", "viewer"],
        "a page can be taken out without another falling",
    ),
];

/// Looks at every link of the pages.
pub fn findings(files: &[TextFile]) -> Vec<Finding> {
    let links = PageLinks::of(files);
    let mut found = Vec::new();
    for from in links.files() {
        let Some((room, sees, why)) = room(from) else {
            continue;
        };
        for to in links.of_file(from) {
            let inside = to.strip_prefix(SOURCES).unwrap_or(to);
            let target = inside.split('/').next().unwrap_or(inside);
            let own_page = room == "pages" && page(from) == page(to);
            if !own_page && !sees.contains(&target) {
                let what = format!("{room}/ leads to {inside}: {why}");
                found.push(Finding::error(from, what));
            }
        }
    }
    found
}

fn room(path: &str) -> Option<(&'static str, &'static [&'static str], &'static str)> {
    let inside = path.strip_prefix(SOURCES)?;
    let (first, _) = inside.split_once('/')?;
    ROOMS.into_iter().find(|(name, _, _)| *name == first)
}

/// The folder of one page.
fn page(path: &str) -> Option<&str> {
    path.strip_prefix(SOURCES)?
        .strip_prefix("pages/")?
        .split('/')
        .next()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::file;

    fn complaints(path: &str, text: &str) -> usize {
        let files = [
            file("web/src/lib/a.ts", ""),
            file("web/src/ui/B.svelte", ""),
            file("web/src/pages/home/C.svelte", ""),
            file("web/src/app.ts", ""),
            file(path, text),
        ];
        findings(&files).len()
    }

    #[test]
    fn an_arrow_that_points_back_is_found() {
        for (path, text) in [
            ("web/src/lib/x.ts", "import '../ui/B.svelte'"),
            ("web/src/lib/x.ts", "import '../app'"),
            ("web/src/ui/X.svelte", "import '../pages/home/C.svelte'"),
            ("web/src/pages/queue/X.svelte", "import '../home/C.svelte'"),
        ] {
            assert_eq!(complaints(path, text), 1, "{path} {text}");
        }
    }

    #[test]
    fn arrows_of_the_plan_pass() {
        for (path, text) in [
            (
                "web/src/pages/home/X.svelte",
                "import './C.svelte'; import '../../ui/B.svelte'",
            ),
            (
                "web/src/ui/X.svelte",
                "import './B.svelte'; import '../lib/a'",
            ),
            ("web/src/routes.ts", "import './pages/home/C.svelte'"),
            ("web/tests/a.test.ts", "import '../src/pages/home/C.svelte'"),
        ] {
            assert_eq!(complaints(path, text), 0, "{path} {text}");
        }
    }
}
