//! Commands whose rest is text and not words.

use crate::limits::DISPLAY_CHARS_MAX;

/// Whether the M command takes the rest of its line as text: messages, stops with a message,
/// file names, macros, names of objects.
pub(crate) fn takes_text(number: u32) -> bool {
    matches!(
        number,
        0 | 1 | 23 | 28 | 30 | 32 | 98 | 117 | 118 | 486 | 928
    )
}

/// Whether a message for the display is harmless wherever it is shown, OctoPrint's web page and
/// terminal included: short, printable, no markup, nothing that looks like `//action:`.
pub(crate) fn is_clean_message(text: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(text) else {
        return false;
    };
    let harmless = |c: char| (c == ' ' || c.is_ascii_graphic() || c.is_alphanumeric()) && c != '<';
    text.chars().count() <= DISPLAY_CHARS_MAX && text.chars().all(harmless) && !text.contains("//")
}

/// Whether firmware that drops white space would read the text as more digits of M0 or M1: the
/// line `M1 12` as M112.
pub(crate) fn continues_number(text: &[u8]) -> bool {
    text.trim_ascii_start()
        .first()
        .is_some_and(u8::is_ascii_digit)
}

/// Whether M118 would send the host an action: the text names one, or its A parameter puts `//`
/// in front of whatever follows.
pub(crate) fn is_action(text: &[u8]) -> bool {
    let text = text.trim_ascii();
    let prefixed = match text.split_first() {
        Some((b'A' | b'a', rest)) => rest
            .trim_ascii_start()
            .first()
            .is_some_and(u8::is_ascii_digit),
        _ => false,
    };
    prefixed || text.to_ascii_lowercase().windows(6).any(|w| w == b"action")
}
