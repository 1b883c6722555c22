//! E-mail addresses: how a person is found at the door. Nothing is sent to them.

use crate::limits::EMAIL_CHARS_MAX;
use fluxprint_http::Fault;

/// The address in small letters, without what surrounds it.
///
/// # Errors
/// [`Fault::BadField`] for what cannot be one.
pub(crate) fn email(text: &str) -> Result<String, Fault> {
    let small = text.trim().to_lowercase();
    let plain = |c: char| !c.is_whitespace() && !c.is_control();
    let fits = small.chars().count() <= EMAIL_CHARS_MAX && small.chars().all(plain);
    match small.split_once('@') {
        Some((local, domain)) if fits && is_part(local) && is_part(domain) => Ok(small),
        _ => Err(Fault::BadField {
            field: "email",
            rule: "Write an e-mail address, like ada@example.org.",
        }),
    }
}

fn is_part(part: &str) -> bool {
    !part.is_empty() && !part.contains('@')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_the_same_however_it_is_typed() {
        let wanted = Ok("ada@example.org".to_owned());
        assert_eq!(email("  Ada@Example.org "), wanted);
        for wrong in [
            "",
            "ada",
            "@example.org",
            "ada@",
            "a@b@c",
            "ada @example.org",
        ] {
            assert!(email(wrong).is_err(), "{wrong}");
        }
        assert!(email(&format!("{}@example.org", "a".repeat(250))).is_err());
    }
}
