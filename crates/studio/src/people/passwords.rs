//! Which passwords are taken (S-12): length, nothing that everybody tries first, nothing that is
//! written on the door. No rule of composition.

use crate::http::Failure;
use crate::limits::PASSWORD_CHARS;
use axum::http::StatusCode;
use fluxprint_http::Problem;
use std::collections::HashSet;
use std::sync::LazyLock;

/// Words and passwords that are known to be tried first, in small letters; gathered by hand.
static COMMON: LazyLock<HashSet<&str>> =
    LazyLock::new(|| include_str!("common_passwords.txt").lines().collect());

/// Characters around a common word that do not make it less common ("Sunshine1!", "12monkey").
const DECORATION_CHARS_MAX: usize = 4;
/// Characters that have to be left when a word about the person is taken out.
const OWN_CHARS_MIN: usize = 8;
/// Characters from which on a word of a name counts.
const WORD_CHARS_MIN: usize = 4;

/// Refuses a password that somebody could guess.
///
/// # Errors
/// [`Failure::Said`] with the reason.
pub(crate) fn check(password: &str, email: &str, name: &str) -> Result<(), Failure> {
    let count = password.chars().count();
    let refused = |sentence: &'static str, remedy: &'static str| {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        Err(Problem::new(status, "PASSWORD_REFUSED", sentence, remedy).into())
    };
    if !PASSWORD_CHARS.contains(&count) {
        return refused(
            "A password has 8 to 128 characters.",
            "Three or four words in a row are easy to remember and hard to guess.",
        );
    }
    let small = password.to_lowercase();
    if is_common(&small) {
        return refused(
            "This password is among the first that anybody would try.",
            "Choose another one, for example three or four words in a row.",
        );
    }
    if is_about(&small, email, name) {
        return refused(
            "This password is made of your own name or e-mail address.",
            "Choose another one, for example three or four words in a row.",
        );
    }
    Ok(())
}

/// A known one, also with letters spelled as digits or with a few characters around it; one
/// character repeated; characters in a row.
fn is_common(small: &str) -> bool {
    let plain: String = small.chars().map(unleet).collect();
    [small, plain.as_str()].into_iter().any(|text| {
        let bare = text.trim_matches(|c: char| !c.is_alphabetic());
        let few = text.chars().count() - bare.chars().count() <= DECORATION_CHARS_MAX;
        COMMON.contains(text) || (few && COMMON.contains(bare)) || is_doubled(text)
    }) || is_run(small)
}

/// Letters written as digits and signs.
fn unleet(c: char) -> char {
    match c {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    }
}

/// A known one, twice.
fn is_doubled(text: &str) -> bool {
    let half = text.len() / 2;
    text.split_at_checked(half)
        .is_some_and(|(one, other)| one == other && COMMON.contains(one))
}

/// The same step from each character to the next: "aaaaaaaa", "23456789", "hgfedcba".
fn is_run(text: &str) -> bool {
    let codes: Vec<i64> = text.chars().map(|c| i64::from(u32::from(c))).collect();
    let steps = codes.iter().zip(codes.iter().skip(1)).map(|(a, b)| b - a);
    let mut steps = steps.peekable();
    match steps.peek().copied() {
        Some(first @ -1..=1) => steps.all(|step| step == first),
        _ => false,
    }
}

/// Little is left of it without the e-mail address or a word of the name.
fn is_about(small: &str, email: &str, name: &str) -> bool {
    let name = name.to_lowercase();
    let local = email.split('@').next().unwrap_or_default();
    let words = name.split_whitespace().chain([email, local]);
    words
        .filter(|word| word.chars().count() >= WORD_CHARS_MIN)
        .any(|word| small.contains(word) && small.replace(word, "").chars().count() < OWN_CHARS_MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(password: &str) -> bool {
        check(password, "ada.lovelace@example.org", "Ada Lovelace").is_ok()
    }

    #[test]
    fn a_password_that_everybody_tries_first_is_refused() {
        for common in [
            "password",
            "Password1",
            "P@ssw0rd!",
            "sunshine2024",
            "QWERTYUIOP",
            "iloveyou12",
            "12345678",
            "87654321",
            "abcdefgh",
            "aaaaaaaaaa",
            "monkeymonkey",
            "!!dragon!!",
            "letmein123",
        ] {
            assert!(!taken(common), "{common}");
        }
        assert!(COMMON.len() > 1_000);
    }

    #[test]
    fn a_password_made_of_ones_own_name_is_refused() {
        for own in [
            "lovelace",
            "Lovelace1815",
            "ada.lovelace",
            "ada.lovelace@example.org",
        ] {
            assert!(!taken(own), "{own}");
        }
        assert!(taken("lovelace wrote the first program"));
    }

    #[test]
    fn any_characters_will_do_from_eight_to_a_hundred_and_twenty_eight() {
        assert!(!taken("kz7!vq2"));
        assert!(taken("kz7!vq2w"));
        assert!(taken("zwölf Boxkämpfer"));
        assert!(taken("🦁🐘🦒🐊🦓🦏🐪🦘"));
        assert!(taken("three boats left early"));
        let long = "ab cdx".repeat(30);
        assert!(taken(&long[..128]));
        assert!(!taken(&long[..129]));
    }
}
