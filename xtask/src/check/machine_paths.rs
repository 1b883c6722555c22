//! The tree is a stranger's too: no path of one machine, no address of one download mirror.

use super::finding::Finding;
use crate::tree::TextFile;

/// Folders that exist on the machines of those who build it. Split, so that this file passes its own rule.
const FOLDERS: [&str; 2] = [concat!("/wo", "rk/"), concat!("/ro", "ot/")];
/// The one source a Cargo lock file may name.
const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Looks at every text file.
pub fn findings(files: &[TextFile]) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in files {
        for (index, line) in file.text.lines().enumerate() {
            let place = || format!("{}:{}", file.path, index + 1);
            if FOLDERS.iter().any(|folder| names(line, folder)) {
                found.push(Finding::error(place(), "names a folder of one machine"));
            }
            if names_a_mirror(file.name(), line) {
                let why = "names a download host: lock names and versions, not places";
                found.push(Finding::error(place(), why));
            }
        }
    }
    found
}

/// Whether a line holds the path itself, not a longer path that only contains it.
fn names(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line.get(..at).and_then(|head| head.chars().next_back());
        !before.is_some_and(|c| c.is_alphanumeric() || "_-.}/~$".contains(c))
    })
}

fn names_a_mirror(name: &str, line: &str) -> bool {
    let has_address = line.contains("http://") || line.contains("https://");
    match name {
        "Cargo.lock" => line.starts_with("source = ") && !line.contains(CRATES_IO),
        "package-lock.json" => line.trim_start().starts_with("\"resolved\""),
        ".npmrc" => has_address || line.contains("registry="),
        _ => name.ends_with("requirements.txt") && (has_address || line.starts_with("--")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::file;

    fn complaints(path: &str, text: &str) -> usize {
        findings(&[file(path, text)]).len()
    }

    #[test]
    fn a_folder_of_one_machine_is_found() {
        for folder in FOLDERS {
            assert_eq!(complaints("a.md", &format!("see {folder}thing")), 1);
            assert_eq!(complaints("a.md", &format!("{folder}thing")), 1);
            assert_eq!(complaints("a.md", &format!("target{folder}thing")), 0);
        }
    }

    #[test]
    fn a_mirror_in_a_lock_file_is_found() {
        let good = format!("source = \"{CRATES_IO}\"");
        assert_eq!(complaints("Cargo.lock", &good), 0);
        assert_eq!(
            complaints("Cargo.lock", "source = \"sparse+https://mirror/\""),
            1
        );
        assert_eq!(
            complaints(
                "web/package-lock.json",
                "  \"resolved\": \"https://m/a.tgz\""
            ),
            1
        );
        assert_eq!(
            complaints("web/package-lock.json", "\"integrity\": \"sha512-\""),
            0
        );
        assert_eq!(complaints("web/.npmrc", "registry=//m/"), 1);
        assert_eq!(
            complaints("web/.npmrc", "omit-lockfile-registry-resolved=true"),
            0
        );
        assert_eq!(
            complaints("xtask/octoprint-requirements.txt", "--index-url https://m/"),
            1
        );
        assert_eq!(complaints("README.md", "https://example.org"), 0);
    }
}
