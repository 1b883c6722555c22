//! Codes that a person reads on one screen and types on another: what the two kinds of them share.

use fluxprint_domain::Clock;

/// So many characters of `alphabet`. From 128 bits at most 50 are used: no character is favoured
/// by more than one in 2^78.
pub(crate) fn mint(clock: &dyn Clock, alphabet: &[u8], count: usize) -> String {
    let mut random = clock.random();
    let size = alphabet.len() as u128;
    let one = || {
        let place = usize::try_from(random % size).unwrap_or(0);
        random /= size;
        alphabet.get(place).copied().map(char::from)
    };
    std::iter::repeat_with(one).take(count).flatten().collect()
}

/// Reads what was typed: small letters, spaces and hyphens do not matter; `meant` says which
/// character another one stands for.
pub(crate) fn read(
    typed: &str,
    alphabet: &[u8],
    count: usize,
    meant: fn(char) -> char,
) -> Option<String> {
    if typed.len() > 4 * count {
        return None;
    }
    let code: String = typed
        .chars()
        .filter(|c| !matches!(c, ' ' | '-' | '_'))
        .map(|c| meant(c.to_ascii_uppercase()))
        .collect();
    let known = code.bytes().all(|one| alphabet.contains(&one));
    (known && code.len() == count).then_some(code)
}

/// In two groups of the same length.
pub(crate) fn shown(code: &str) -> String {
    match code.split_at_checked(code.len() / 2) {
        Some((left, right)) => format!("{left}-{right}"),
        None => code.to_owned(),
    }
}
