//! Names of files (S-44): what people typed, held to what every computer can keep and nobody can
//! be misled by.

use super::refusal::NotStored;
use fluxprint_domain::limits::NAME_CHARS_MAX;
use unicode_normalization::UnicodeNormalization;

/// Names that are devices on Windows, whatever their ending.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];

/// A name as it is kept: without what surrounds it, composed (macOS sends names decomposed; they
/// are the same names).
///
/// # Errors
/// [`NotStored::Name`], which says what is wrong.
pub fn file_name(text: &str) -> Result<String, NotStored> {
    let name: String = text.trim().nfc().collect();
    let wrong = |rule| Err(NotStored::Name(rule));
    if name.is_empty() {
        return wrong("The file has no name.");
    }
    if name.chars().count() > NAME_CHARS_MAX {
        return wrong("The name of the file has more than 200 characters.");
    }
    if name.starts_with('.') {
        return wrong("The name of the file begins with a dot.");
    }
    if name.contains(['/', '\\']) {
        return wrong("The name of the file contains a slash.");
    }
    if name.contains([';', '|', '&', '?', '$', '*', '<', '>']) {
        return wrong("The name of the file contains one of the signs ; | & ? $ * < >.");
    }
    if name.chars().any(|c| c.is_control() || is_invisible(c)) {
        return wrong("The name of the file contains an invisible character.");
    }
    if is_device(&name) {
        return wrong("Windows uses the name of the file for a device, such as CON or LPT1.");
    }
    Ok(name)
}

/// Characters that show nothing, or turn the direction of the text around them. Joiners (U+200C,
/// U+200D) are left: scripts and emoji need them.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{00AD}' | '\u{061C}' | '\u{180E}' | '\u{200B}' | '\u{200E}' | '\u{200F}'
        | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}'
        | '\u{E0000}'..='\u{E007F}')
}

fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default();
    let stem = stem.trim_end().to_lowercase();
    let port = ["com", "lpt"]
        .iter()
        .find_map(|port| stem.strip_prefix(port));
    let number = |rest: &str| {
        matches!(
            rest,
            "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "¹" | "²" | "³"
        )
    };
    DEVICES.contains(&stem.as_str()) || port.is_some_and(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_kept_as_people_wrote_it() {
        for name in [
            "Löwe 🦁 v2.stl",
            "gears (2), final.STL",
            "齿轮.3mf",
            "a.b.c.gcode",
            "é.md",
            "com10.txt",
            "console.txt",
        ] {
            assert_eq!(file_name(name).unwrap(), name);
        }
        assert_eq!(file_name("  e\u{301}.stl ").unwrap(), "é.stl");
        assert!(file_name(&format!("{}.stl", "ö".repeat(196))).is_ok());
        // Two hundred after composing.
        assert!(file_name(&format!("{}.stl", "o\u{308}".repeat(196))).is_ok());
    }

    #[test]
    fn a_name_that_misleads_or_cannot_be_kept_everywhere_is_refused_with_what_is_wrong() {
        for (name, word) in [
            ("", "no name"),
            ("   ", "no name"),
            (".stl", "dot"),
            (".hidden.stl", "dot"),
            ("../up.stl", "dot"),
            ("a/b.stl", "slash"),
            ("a\\b.stl", "slash"),
            ("a;b.stl", "signs"),
            ("a|b.stl", "signs"),
            ("gears & shafts.stl", "signs"),
            ("a?.stl", "signs"),
            ("$a.stl", "signs"),
            ("*.stl", "signs"),
            ("<b>.stl", "signs"),
            ("a\0b.stl", "invisible"),
            ("a\nb.stl", "invisible"),
            ("a\u{1b}[2J.stl", "invisible"),
            ("ledom\u{202E}lts.exe", "invisible"),
            ("a\u{200B}b.stl", "invisible"),
            ("\u{FEFF}a.stl", "invisible"),
            ("con.stl", "Windows"),
            ("CON", "Windows"),
            ("Lpt1.backup.stl", "Windows"),
            ("com¹.stl", "Windows"),
            ("nul .stl", "Windows"),
        ] {
            let refused = file_name(name).unwrap_err();
            let sentence = refused.sentence();
            assert!(sentence.contains(word), "{name:?}: {sentence}");
        }
        let long = format!("{}.stl", "x".repeat(197));
        assert!(file_name(&long).unwrap_err().sentence().contains("200"));
    }
}
