//! Tags: words of a workshop's own for what a printer can do or is kept for. A job may ask for some.

use crate::limits::{TAG_CHARS_MAX, TAGS_MAX};
use std::collections::BTreeSet;

/// The tags of a printer, or those a job asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tags(BTreeSet<String>);

/// Why some words are no tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotTags {
    /// More than [`TAGS_MAX`].
    TooMany,
    /// One is empty, longer than [`TAG_CHARS_MAX`], or holds something else than letters, digits,
    /// `-`, `_` and `.`.
    NoWord,
}

impl Tags {
    /// None.
    pub const NONE: Self = Self(BTreeSet::new());

    /// The tags that people typed; capitals make no difference, nor does saying one twice.
    ///
    /// # Errors
    /// [`NotTags`].
    pub fn of<'a>(words: impl IntoIterator<Item = &'a str>) -> Result<Self, NotTags> {
        let mut tags = BTreeSet::new();
        for word in words {
            let tag = word.trim().to_lowercase();
            let sound = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
            if tag.is_empty() || tag.chars().count() > TAG_CHARS_MAX || !tag.chars().all(sound) {
                return Err(NotTags::NoWord);
            }
            tags.insert(tag);
            if tags.len() > TAGS_MAX {
                return Err(NotTags::TooMany);
            }
        }
        Ok(Self(tags))
    }

    /// As the databases keep them: in order, one blank between two.
    #[must_use]
    pub fn line(&self) -> String {
        let words: Vec<&str> = self.words().collect();
        words.join(" ")
    }

    /// The tags of a [`Self::line`].
    #[must_use]
    pub fn from_line(line: &str) -> Option<Self> {
        Self::of(line.split(' ').filter(|word| !word.is_empty())).ok()
    }

    /// They, in order.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether all of `asked` are among them.
    #[must_use]
    pub fn cover(&self, asked: &Self) -> bool {
        asked.0.is_subset(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_compared_without_capitals_and_survive_the_database() {
        let ours = Tags::of(["Large", "food-safe", " large "]).unwrap();
        assert_eq!(ours.line(), "food-safe large");
        assert_eq!(Tags::from_line(&ours.line()), Some(ours.clone()));
        assert_eq!(Tags::from_line(""), Some(Tags::default()));
        assert!(ours.cover(&Tags::of(["LARGE"]).unwrap()) && ours.cover(&Tags::default()));
        assert!(!ours.cover(&Tags::of(["large", "fast"]).unwrap()));
    }

    #[test]
    fn what_is_no_word_is_no_tag() {
        for word in [
            "",
            " ",
            "two words",
            "a,b",
            "<b>",
            &"x".repeat(TAG_CHARS_MAX + 1),
        ] {
            assert_eq!(Tags::of([word]), Err(NotTags::NoWord), "{word}");
        }
        let many: Vec<String> = (0..=TAGS_MAX).map(|n| format!("t{n}")).collect();
        let many = Tags::of(many.iter().map(String::as_str));
        assert_eq!(many, Err(NotTags::TooMany));
    }
}
