//! Names and notes that people type: kept as text, shown as text, never part of a path.

use crate::fault::Fault;
use fluxprint_domain::limits::{NAME_CHARS_MAX, NOTE_CHARS_MAX, REFERENCE_CHARS_MAX};
use fluxprint_domain::tags::Tags;

/// A name without what surrounds it.
///
/// # Errors
/// [`Fault::BadField`] for none at all, a long one, or one with invisible or steering characters.
pub fn name<'a>(text: &'a str, field: &'static str) -> Result<&'a str, Fault> {
    let name = text.trim();
    let fits = !name.is_empty() && name.chars().count() <= NAME_CHARS_MAX;
    if fits && name.chars().all(is_harmless) {
        Ok(name)
    } else {
        Err(Fault::BadField {
            field,
            rule: "Write 1 to 200 visible characters.",
        })
    }
}

/// A note; lines may be broken.
///
/// # Errors
/// [`Fault::BadField`].
pub fn notes(text: &str) -> Result<&str, Fault> {
    let harmless = |c| c == '\n' || is_harmless(c);
    if text.chars().count() <= NOTE_CHARS_MAX && text.chars().all(harmless) {
        Ok(text)
    } else {
        Err(Fault::BadField {
            field: "notes",
            rule: "Write at most 1,000 visible characters.",
        })
    }
}

/// What a host calls a thing by; nobody but the host knows what it means.
///
/// # Errors
/// [`Fault::BadField`].
pub fn reference(text: &str) -> Result<&str, Fault> {
    let fits = (1..=REFERENCE_CHARS_MAX).contains(&text.chars().count());
    if fits && text.chars().all(is_harmless) {
        Ok(text)
    } else {
        Err(Fault::BadField {
            field: "reference",
            rule: "Send 1 to 200 visible characters, or none at all.",
        })
    }
}

/// Tags.
///
/// # Errors
/// [`Fault::BadField`].
pub fn tags(words: &[String]) -> Result<Tags, Fault> {
    Tags::of(words.iter().map(String::as_str)).map_err(|_| Fault::BadField {
        field: "tags",
        rule: "Send at most 10 words of 1 to 30 letters, digits, `-`, `_` and `.`.",
    })
}

/// No control characters, and none that turn the direction of the text around them (S-38, S-44).
fn is_harmless(c: char) -> bool {
    let steers = matches!(
        c,
        '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}'
    );
    !c.is_control() && !steers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_trimmed_and_held_to_visible_characters() {
        assert_eq!(name("  Löwe 🦁 v2.stl ", "name"), Ok("Löwe 🦁 v2.stl"));
        for wrong in [
            "",
            "   ",
            "a\nb",
            "a\u{202E}b",
            "a\0b",
            "a\u{1b}[2J",
            &"x".repeat(201),
        ] {
            assert!(name(wrong, "name").is_err(), "{wrong:?}");
        }
        assert!(name(&"ö".repeat(200), "name").is_ok());
    }

    #[test]
    fn a_reference_is_kept_as_it_is_or_refused() {
        assert_eq!(reference(" file_7 "), Ok(" file_7 "));
        assert!(reference(&"x".repeat(200)).is_ok());
        for wrong in ["", "a\nb", "a\0b", &"x".repeat(201)] {
            assert!(reference(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn notes_may_have_lines() {
        assert!(notes("").is_ok());
        assert!(notes("careful\nwith the brim").is_ok());
        assert!(notes("careful\u{2028}").is_err());
        assert!(notes(&"x".repeat(1_001)).is_err());
    }
}
