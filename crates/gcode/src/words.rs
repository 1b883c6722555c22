//! A command's words: a letter and, mostly, a number.

use crate::number::{self, Number};

/// One word, such as `S200`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Word {
    /// In upper case.
    pub(crate) letter: u8,
    /// `None` for a bare letter, such as `G28 X`.
    pub(crate) number: Option<Number>,
    /// Where the text after the word begins.
    pub(crate) end: usize,
}

impl Word {
    /// Whether a command can begin here although another came before it. `T` cannot: it also
    /// names the tool that a temperature is for.
    pub(crate) fn begins_command(&self) -> bool {
        matches!(self.letter, b'G' | b'M') && self.number.is_some_and(|n| n.plain >= 0.0)
    }
}

/// Collects the words of `code`, whatever stands between them. White space between a letter and
/// its number does not count, as in Marlin.
///
/// Without `everything`, text in double quotes and in parentheses is passed over.
///
/// Gives whether a number stands alone behind white space: firmware that drops all white space
/// reads `M104 S21 28` as S2128, and `M1 04 S999` as M104.
pub(crate) fn collect(code: &[u8], everything: bool, words: &mut Vec<Word>) -> bool {
    words.clear();
    let (mut at, mut lone_number) = (0, false);
    while let Some(byte) = code.get(at) {
        at += 1;
        let closing = match byte {
            b'"' => Some(b'"'),
            b'(' => Some(b')'),
            _ => None,
        };
        if let (Some(closing), false) = (closing, everything) {
            let rest = code.get(at..).unwrap_or_default();
            at += memchr::memchr(closing, rest).map_or(rest.len(), |end| end + 1);
        } else if byte.is_ascii_alphabetic() {
            let rest = code.get(at..).unwrap_or_default();
            let blanks = rest
                .iter()
                .take_while(|b| matches!(b, b' ' | b'\t'))
                .count();
            let number = number::read(rest.get(blanks..).unwrap_or_default());
            if let Some((_, length)) = number {
                at += blanks + length;
            }
            words.push(Word {
                letter: byte.to_ascii_uppercase(),
                number: number.map(|(n, _)| n),
                end: at,
            });
        } else if byte.is_ascii_digit() {
            let before = at.checked_sub(2).and_then(|before| code.get(before));
            lone_number |= before.is_some_and(u8::is_ascii_whitespace);
        }
    }
    lone_number
}

/// One command: its first word and its parameters.
#[derive(Clone, Copy)]
pub(crate) struct Command<'a> {
    /// `G`, `M` or `T`.
    pub(crate) letter: u8,
    /// The number without its fraction: firmware takes `M104.7` for M104.
    pub(crate) number: u32,
    /// First digit after the point.
    pub(crate) sub: u32,
    /// The words after the first.
    pub(crate) words: &'a [Word],
}

impl<'a> Command<'a> {
    /// The command that begins with the first word, which must have a number.
    pub(crate) fn of(words: &'a [Word]) -> Option<Self> {
        let (head, words) = words.split_first()?;
        let plain = head.number?.plain;
        Some(Self {
            letter: head.letter,
            number: plain as u32,
            sub: (plain.fract() * 10.0).round() as u32,
            words,
        })
    }

    /// The values of a parameter, in order.
    pub(crate) fn values(&self, letter: u8) -> impl Iterator<Item = Number> {
        let of_letter = self.words.iter().filter(move |w| w.letter == letter);
        of_letter.filter_map(|w| w.number)
    }

    /// The last plain value of a parameter, which is the one Marlin keeps.
    pub(crate) fn value(&self, letter: u8) -> Option<f64> {
        self.values(letter).last().map(|n| n.plain)
    }

    /// Whether a parameter is there, with or without a value.
    pub(crate) fn has(&self, letter: u8) -> bool {
        self.words.iter().any(|w| w.letter == letter)
    }
}
