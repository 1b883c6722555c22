//! One line: code, comment, and whether there is more than one way to read it.

/// A line taken apart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Line<'a> {
    /// What is in front of the first semicolon, trimmed, without line number and checksum.
    pub(crate) code: &'a [u8],
    /// What is behind it.
    pub(crate) comment: Option<&'a [u8]>,
    /// Whether every firmware reads the same code: no quotes, parentheses, escapes or stray
    /// asterisks in it.
    pub(crate) plain: bool,
}

impl<'a> Line<'a> {
    pub(crate) fn of(raw: &'a [u8]) -> Self {
        let (code, comment) = match memchr::memchr(b';', raw) {
            Some(at) => (raw.get(..at).unwrap_or(raw), raw.get(at + 1..)),
            None => (raw, None),
        };
        let code = without_number(without_checksum(code.trim_ascii()));
        let whole = code;
        let code = without_opening_remarks(code);
        let plain = !whole
            .iter()
            .any(|b| matches!(b, b'"' | b'(' | b')' | b'\\' | b'*'));
        Self {
            code,
            comment,
            plain,
        }
    }
}

/// Takes `*51` off the end. Anything else behind an asterisk stays and makes the line not plain.
fn without_checksum(code: &[u8]) -> &[u8] {
    match memchr::memchr(b'*', code) {
        Some(at) => {
            let (body, sum) = code.split_at_checked(at).unwrap_or((code, &[]));
            let only_digits = |sum: &[u8]| sum.iter().all(|b| b.is_ascii_digit() || *b == b' ');
            if only_digits(sum.get(1..).unwrap_or_default()) {
                body.trim_ascii_end()
            } else {
                code
            }
        }
        None => code,
    }
}

/// Takes `N120` off the beginning, as often as it stands there.
fn without_number(mut code: &[u8]) -> &[u8] {
    while let [b'N' | b'n', rest @ ..] = code {
        let rest = rest.trim_ascii_start();
        let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
        if digits == 0 {
            break;
        }
        code = rest.get(digits..).unwrap_or_default().trim_ascii_start();
    }
    code
}

/// Takes `(remarks)` off the beginning.
fn without_opening_remarks(mut code: &[u8]) -> &[u8] {
    while code.first() == Some(&b'(') {
        let end = memchr::memchr(b')', code).map_or(code.len(), |at| at + 1);
        code = code.get(end..).unwrap_or_default().trim_ascii_start();
    }
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_taken_apart_as_firmware_does() {
        for (raw, code, plain) in [
            ("  G1 X1 ; to the left", "G1 X1", true),
            ("N12 G1 X1*45", "G1 X1", true),
            ("n 12n13M112 *45 ", "M112", true),
            ("*45", "", true),
            ("M117 \"a;b\"", "M117 \"a", false),
            ("G1 X1*45 M112", "G1 X1*45 M112", false),
            ("NAME=1", "NAME=1", true),
            (";;", "", true),
            ("(first) (then) G28", "G28", false),
            ("(only a remark", "", false),
        ] {
            let line = Line::of(raw.as_bytes());
            assert_eq!(std::str::from_utf8(line.code), Ok(code), "{raw}");
            assert_eq!(line.plain, plain, "{raw}");
        }
    }
}
