//! Functions fit a screen.

use super::bare_source::{bare, is_word};
use super::finding::Finding;
use crate::tree::TextFile;

/// Beyond this a function is asked to split.
const LINES_SOFT: usize = 60;
/// Beyond this it must.
const LINES_HARD: usize = 80;

/// Looks at every function of every Rust file.
pub fn findings(files: &[TextFile]) -> Vec<Finding> {
    files
        .iter()
        .filter(|file| file.has_extension("rs"))
        .flat_map(look)
        .collect()
}

fn look(file: &TextFile) -> Vec<Finding> {
    functions(&bare(&file.text))
        .into_iter()
        .filter(|function| function.lines > LINES_SOFT)
        .map(|Function { name, line, lines }| {
            let place = format!("{}:{line}", file.path);
            if lines > LINES_HARD {
                let why = format!("fn {name} has {lines} lines, more than {LINES_HARD}: split it");
                Finding::error(place, why)
            } else {
                let why = format!("fn {name} has {lines} lines, more than a screen ({LINES_SOFT})");
                Finding::warning(place, why)
            }
        })
        .collect()
}

#[derive(Debug, PartialEq, Eq)]
struct Function {
    name: String,
    line: usize,
    lines: usize,
}

/// Every function with a body, from its `fn` to its closing brace.
fn functions(bare: &str) -> Vec<Function> {
    let mut found = Vec::new();
    for (at, _) in bare.match_indices("fn ") {
        let before = bare.get(..at).unwrap_or_default();
        let rest = bare.get(at + 3..).unwrap_or_default();
        let name: String = rest
            .trim_start()
            .chars()
            .take_while(|c| is_word(*c))
            .collect();
        if name.is_empty() || before.chars().next_back().is_some_and(is_word) {
            continue;
        }
        if let Some(length) = body_end(rest) {
            let lines = rest.chars().take(length).filter(|c| *c == '\n').count() + 1;
            let line = before.matches('\n').count() + 1;
            found.push(Function { name, line, lines });
        }
    }
    found
}

/// Characters until the brace that closes the body; `None` for a declaration without one.
fn body_end(rest: &str) -> Option<usize> {
    let (mut braces, mut others) = (0_usize, 0_usize);
    for (at, c) in rest.chars().enumerate() {
        match c {
            '{' => braces += 1,
            '}' => {
                braces = braces.checked_sub(1)?;
                if braces == 0 && others == 0 {
                    return Some(at);
                }
            }
            '(' | '[' => others += 1,
            ')' | ']' => others = others.saturating_sub(1),
            ';' if braces == 0 && others == 0 => return None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::file;

    #[test]
    fn long_functions_are_warned_about_and_very_long_ones_fail() {
        let fails = |lines: usize| {
            let text = format!("fn long() {{{}}}\n", "\n".repeat(lines - 1));
            findings(&[file("a.rs", &text)])
                .first()
                .map(|finding| finding.fails)
        };
        assert_eq!(
            [60, 61, 80, 81].map(fails),
            [None, Some(false), Some(false), Some(true)]
        );
    }

    #[test]
    fn only_bodies_are_counted() {
        let source =
            "trait T { fn none(&self) -> [u8; 2]; }\nfn one(a: &dyn Fn(u8)) {\n if a {}\n}\n";
        let expected = Function {
            name: "one".to_owned(),
            line: 2,
            lines: 3,
        };
        assert_eq!(functions(&bare(source)), [expected]);
    }
}
