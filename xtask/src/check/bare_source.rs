//! Rust source with comments and literals blanked out, so that rules can count braces and words.
//!
//! Not a parser: it knows just enough of the grammar to tell code from text. Line breaks stay where
//! they are, so line numbers are those of the file.

/// Blanks comments, strings and characters.
pub fn bare(source: &str) -> String {
    let chars: Vec<char> = source.chars().collect();
    let mut out = String::with_capacity(source.len());
    let mut at = 0;
    while let Some(rest) = chars.get(at..).filter(|rest| !rest.is_empty()) {
        let after_word = at > 0 && chars.get(at - 1).is_some_and(|c| is_word(*c));
        let length = literal_or_comment(rest, after_word);
        if length == 0 {
            out.extend(rest.first());
            at += 1;
        } else {
            out.extend(
                rest.iter()
                    .take(length)
                    .map(|c| if *c == '\n' { '\n' } else { ' ' }),
            );
            at += length;
        }
    }
    out
}

/// Whether a character can be part of a name.
pub fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Length in characters of what starts here and is not code; 0 when code starts here.
fn literal_or_comment(rest: &[char], after_word: bool) -> usize {
    match rest {
        ['/', '/', ..] => rest.iter().position(|c| *c == '\n').unwrap_or(rest.len()),
        ['/', '*', ..] => block_comment(rest),
        ['"', ..] => quoted(rest, '"'),
        ['\'', '\\', ..] => quoted(rest, '\''),
        ['\'', _, '\'', ..] => 3,
        ['r' | 'b' | 'c', ..] if !after_word => prefixed(rest),
        _ => 0,
    }
}

/// Comments nest.
fn block_comment(rest: &[char]) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(tail) = rest.get(at..).filter(|tail| !tail.is_empty()) {
        match tail {
            ['/', '*', ..] => (depth, at) = (depth + 1, at + 2),
            ['*', '/', ..] => (depth, at) = (depth.saturating_sub(1), at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    rest.len()
}

/// From an opening quote to its unescaped twin.
fn quoted(rest: &[char], quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in rest.iter().enumerate().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if *c == quote => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// `r"…"`, `r#"…"#`, `b"…"`, `br#"…"#`, `b'…'`, `c"…"`; 0 for a plain name or `r#name`.
fn prefixed(rest: &[char]) -> usize {
    let letters = rest
        .iter()
        .take_while(|c| matches!(c, 'r' | 'b' | 'c'))
        .count();
    let raw = rest.iter().take(letters).any(|c| *c == 'r');
    let hashes = rest.iter().skip(letters).take_while(|c| **c == '#').count();
    let opening = letters + hashes;
    match rest.get(opening) {
        Some('"') if raw => raw_string(rest, opening, hashes),
        Some(quote @ ('"' | '\'')) if hashes == 0 && letters == 1 => {
            letters + quoted(rest.get(letters..).unwrap_or_default(), *quote)
        }
        _ => 0,
    }
}

/// No escapes; ends at a quote with as many hashes as it began with.
fn raw_string(rest: &[char], opening: usize, hashes: usize) -> usize {
    let mut at = opening + 1;
    while let Some(c) = rest.get(at) {
        let ends = rest
            .iter()
            .skip(at + 1)
            .take(hashes)
            .filter(|c| **c == '#')
            .count()
            == hashes;
        at += 1;
        if *c == '"' && ends {
            return at + hashes;
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::bare;

    fn words(source: &str) -> Vec<String> {
        bare(source).split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn comments_and_literals_vanish_and_code_stays() {
        assert_eq!(words("a /* { /* } */ */ b // {\nc"), ["a", "b", "c"]);
        assert_eq!(
            words(r##"a "{ \" }" b r#"{ " }"# c b"{" d"##),
            ["a", "b", "c", "d"]
        );
        assert_eq!(words(r"a '{' b '\'' c b'}' d"), ["a", "b", "c", "d"]);
    }

    #[test]
    fn lifetimes_and_raw_names_are_code() {
        assert_eq!(
            words("&'a str, r#type, bar"),
            ["&'a", "str,", "r#type,", "bar"]
        );
    }

    #[test]
    fn lines_keep_their_numbers() {
        assert_eq!(bare("\"one\ntwo\"\n/*\n*/x").lines().count(), 4);
    }
}
