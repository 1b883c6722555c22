//! Names that say nothing are not used: what has no name of its own has no place of its own.

use super::bare_source::{bare, is_word};
use super::finding::Finding;
use crate::tree::TextFile;

/// Never a part of a file, module or type name.
const NEVER: [&str; 7] = [
    "util", "utils", "helper", "helpers", "manager", "misc", "handler2",
];
/// Never the whole name of a file or module; as a part they can say something (`facts_data` cannot, `data_folder` can).
const NEVER_ALONE: [&str; 3] = ["common", "data", "info"];
/// What begins the declaration of a type or module.
const DECLARATIONS: [&str; 5] = ["struct", "enum", "trait", "type", "mod"];
const EXTENSIONS: [&str; 6] = ["rs", "ts", "svelte", "js", "mjs", "css"];

/// Looks at file names, and at the modules and types of Rust files.
pub fn findings(files: &[TextFile]) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in files
        .iter()
        .filter(|file| EXTENSIONS.iter().any(|e| file.has_extension(e)))
    {
        for part in file.path.split('/') {
            let stem = part.split('.').next().unwrap_or(part);
            found.extend(complaint(stem).map(|why| Finding::error(&file.path, why)));
        }
        if file.has_extension("rs") {
            found.extend(declared(file));
        }
    }
    found.sort_by(|a, b| a.place.cmp(&b.place));
    found.dedup();
    found
}

fn declared(file: &TextFile) -> Vec<Finding> {
    let bare = bare(&file.text);
    let mut found = Vec::new();
    for (index, line) in bare.lines().enumerate() {
        let words: Vec<&str> = line
            .split(|c| !is_word(c))
            .filter(|word| !word.is_empty())
            .collect();
        for pair in words.windows(2) {
            if let [keyword, name] = pair
                && DECLARATIONS.contains(keyword)
            {
                let place = format!("{}:{}", file.path, index + 1);
                found.extend(complaint(name).map(|why| Finding::error(place, why)));
            }
        }
    }
    found
}

fn complaint(name: &str) -> Option<String> {
    let parts = parts(name);
    let says_nothing = parts.iter().any(|part| NEVER.contains(&part.as_str()))
        || matches!(parts.as_slice(), [only] if NEVER_ALONE.contains(&only.as_str()));
    if says_nothing {
        Some(format!(
            "`{name}` says nothing: name it after what it holds or does"
        ))
    } else if parts.len() > 1 && parts.last().is_some_and(|last| last == "v2") {
        Some(format!(
            "`{name}` stands beside its first version: replace that one instead"
        ))
    } else {
        None
    }
}

/// The words of `snake_case`, `kebab-case` or `CamelCase`, in lower case.
fn parts(name: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    for c in name.chars() {
        let starts = c.is_uppercase() || matches!(c, '_' | '-');
        if starts && parts.last().is_some_and(|part| !part.is_empty()) {
            parts.push(String::new());
        }
        if let (true, Some(part)) = (is_word(c) && c != '_', parts.last_mut()) {
            part.extend(c.to_lowercase());
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::file;

    fn complaints(path: &str, text: &str) -> usize {
        findings(&[file(path, text)]).len()
    }

    #[test]
    fn files_that_say_nothing_are_refused() {
        for path in [
            "a/utils.rs",
            "a/string_helpers.rs",
            "data.rs",
            "info/a.rs",
            "job_v2.ts",
        ] {
            assert_eq!(complaints(path, ""), 1, "{path}");
        }
    }

    #[test]
    fn types_and_modules_that_say_nothing_are_refused() {
        for text in [
            "struct JobManager;",
            "pub enum PrintUtil {}",
            "mod common;",
            "type JobV2 = u8;",
        ] {
            assert_eq!(complaints("a.rs", text), 1, "{text}");
        }
    }

    #[test]
    fn names_that_say_something_pass() {
        let text = "enum Role { Manager } struct DataFolder; // struct Helper\n fn helper() {}";
        assert_eq!(complaints("crates/a/src/data_folder.rs", text), 0);
        assert_eq!(complaints("docs/data.md", "struct Util"), 0);
        assert_eq!(complaints("crates/link/src/v1.rs", ""), 0);
    }
}
