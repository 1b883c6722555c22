//! Words of a printer or of its program: foreign text, made safe to show.

use crate::limits::{MESSAGE_CHARS_MAX, PATH_CHARS_MAX};

/// `text` as a message: one line, without control characters, cut. `None` when nothing is left.
pub(crate) fn message(text: &str) -> Option<String> {
    let clean = cleaned(text, MESSAGE_CHARS_MAX);
    (!clean.is_empty()).then_some(clean)
}

/// `text` as a path: the same, longer. Only ever compared and shown.
pub(crate) fn path(text: &str) -> String {
    cleaned(text, PATH_CHARS_MAX)
}

fn cleaned(text: &str, chars_max: usize) -> String {
    let shown = text
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|c| !c.is_control() && !turns_writing(*c));
    let cut: String = shown.take(chars_max).collect();
    cut.trim().to_owned()
}

/// Characters that turn the direction of writing: they can make a text read as another.
fn turns_writing(c: char) -> bool {
    matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_printers_words_are_one_short_line_without_tricks() {
        assert_eq!(
            message("\u{1b}[31mThermal\r\nRunaway\u{202E}!\0"),
            Some("[31mThermal  Runaway!".to_owned())
        );
        assert_eq!(message(" \n\u{7}"), None);
        let long = message(&"ü".repeat(5_000)).unwrap();
        assert_eq!(long.chars().count(), MESSAGE_CHARS_MAX);
    }
}
