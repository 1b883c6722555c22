//! Small files: a reader holds one concept at a time.

use super::finding::Finding;
use crate::tree::TextFile;

/// Beyond this a file is asked to split.
const LINES_SOFT: usize = 300;
/// Beyond this it must.
const LINES_HARD: usize = 500;

/// What people write and read. Types that a tool has written (`.d.ts`) are not among it.
const EXTENSIONS: [&str; 6] = ["rs", "ts", "js", "mjs", "svelte", "css"];

/// Looks at every source file.
pub fn findings(files: &[TextFile]) -> Vec<Finding> {
    files
        .iter()
        .filter(|file| EXTENSIONS.iter().any(|one| file.has_extension(one)))
        .filter(|file| !file.path.ends_with(".d.ts"))
        .filter_map(look)
        .collect()
}

fn look(file: &TextFile) -> Option<Finding> {
    let lines = file.text.lines().count();
    if lines > LINES_HARD {
        let why = format!("{lines} lines, more than {LINES_HARD}: split it, one concept a file");
        Some(Finding::error(&file.path, why))
    } else if lines > LINES_SOFT {
        let why = format!("{lines} lines, more than {LINES_SOFT}: can it be two files?");
        Some(Finding::warning(&file.path, why))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::file;

    #[test]
    fn long_files_are_warned_about_and_very_long_ones_fail() {
        let fails = |lines: usize| {
            let files = [file("a.rs", &"\n".repeat(lines))];
            findings(&files).first().map(|finding| finding.fails)
        };
        assert_eq!(
            [300, 301, 500, 501].map(fails),
            [None, Some(false), Some(false), Some(true)]
        );
    }

    #[test]
    fn pages_are_measured_and_generated_types_are_not() {
        let long = |path: &str| !findings(&[file(path, &"\n".repeat(501))]).is_empty();
        assert!(long("web/src/a.svelte") && long("web/src/a.css") && long("e2e/web/a.mjs"));
        assert!(!long("web/src/lib/api/service.d.ts") && !long("openapi/service.json"));
    }
}
