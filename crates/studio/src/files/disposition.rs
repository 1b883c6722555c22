//! `Content-Disposition: attachment` with a name in any language (RFC 6266, RFC 8187).

use std::fmt::Write;

/// The header for a file of this name: plain ASCII for old readers, then the name as it is.
pub(super) fn attachment(name: &str) -> String {
    let plain = |c: char| match c {
        ' ' | '!' | '#'..='[' | ']'..='~' if c != '%' => c,
        _ => '_',
    };
    let plain: String = name.chars().map(plain).collect();
    let mut whole = String::new();
    for byte in name.bytes() {
        // RFC 8187, 3.2.1: attr-char.
        let as_it_is = byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte);
        if as_it_is {
            whole.push(char::from(byte));
        } else {
            let _ = write!(whole, "%{byte:02X}");
        }
    }
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{whole}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_survives_the_way_and_breaks_out_of_nothing() {
        for (name, header) in [
            (
                "a b.stl",
                "attachment; filename=\"a b.stl\"; filename*=UTF-8''a%20b.stl",
            ),
            (
                "Löwe.stl",
                "attachment; filename=\"L_we.stl\"; filename*=UTF-8''L%C3%B6we.stl",
            ),
            (
                "a\"; filename=\"b.html\\.stl",
                "attachment; filename=\"a_; filename=_b.html_.stl\"; \
                 filename*=UTF-8''a%22%3B%20filename%3D%22b.html%5C.stl",
            ),
            (
                "50%.md",
                "attachment; filename=\"50_.md\"; filename*=UTF-8''50%25.md",
            ),
        ] {
            assert_eq!(attachment(name), header);
        }
    }
}
