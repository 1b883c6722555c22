//! One line of G-code as a firmware reads it, as far as the virtual printer cares.

/// A command with its words. Unknown commands are kept: they cost a moment and do nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct GcodeLine {
    /// The command: upper-case letter and number without leading zeros, `G1` or `M104`.
    pub code: String,
    words: Vec<(char, f64)>,
}

impl GcodeLine {
    /// Reads a line; `None` when nothing but white space and comment is on it.
    #[must_use]
    pub fn read(line: &str) -> Option<Self> {
        let line = line.split(';').next().unwrap_or_default().trim();
        let mut parts = line.split_whitespace();
        let code = canonical(parts.next()?);
        let words = parts.filter_map(word).collect();
        Some(Self { code, words })
    }

    /// The number behind `letter`, when the line has one.
    #[must_use]
    pub fn number(&self, letter: char) -> Option<f64> {
        self.words
            .iter()
            .find(|(name, _)| *name == letter)
            .map(|(_, value)| *value)
    }
}

/// `g01` and `M0104` become `G1` and `M104`; anything else is only upper-cased.
fn canonical(command: &str) -> String {
    let upper = command.to_ascii_uppercase();
    let mut letters = upper.chars();
    let (letter, digits) = (letters.next(), letters.as_str());
    match (letter, digits.parse::<u32>()) {
        (Some(letter @ ('G' | 'M')), Ok(number)) => format!("{letter}{number}"),
        _ => upper,
    }
}

fn word(text: &str) -> Option<(char, f64)> {
    let mut chars = text.chars();
    let letter = chars.next()?.to_ascii_uppercase();
    Some((letter, chars.as_str().parse().unwrap_or(0.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_leading_zeros_do_not_matter() {
        let line = GcodeLine::read("  g01 X1.5 y-2 E.5 ; a comment").unwrap();
        assert_eq!(line.code, "G1");
        assert_eq!(line.number('X'), Some(1.5));
        assert_eq!(line.number('Y'), Some(-2.0));
        assert_eq!(line.number('Z'), None);
    }

    #[test]
    fn a_comment_alone_is_no_command() {
        assert_eq!(GcodeLine::read("; only words"), None);
        assert_eq!(GcodeLine::read("   "), None);
    }
}
