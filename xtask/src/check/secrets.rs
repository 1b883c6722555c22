//! No secret lives in the tree: not the published ones, no private keys, no tokens of known services.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use super::finding::Finding;
use crate::tree::TextFile;

/// Where the hashes of the secrets stand that were published once and may never be used again.
const PUBLISHED: &str = "bin/fluxprint/src/published-secrets.sha256";
/// Shorter words are no secrets.
const WORD_BYTES_MIN: usize = 6;
/// A line of a private key has at least this many characters.
const KEY_TEXT_MIN: usize = 32;
/// A token has at least this many letters and digits after its prefix.
const TOKEN_TAIL_MIN: usize = 16;

/// Beginnings of tokens that well-known services hand out. Split, so that this file passes its own rule.
const PREFIXES: [(&str, &str); 9] = [
    ("AK", "IA"),
    ("gh", "p_"),
    ("gh", "o_"),
    ("github_", "pat_"),
    ("gl", "pat-"),
    ("xo", "xb-"),
    ("sk_", "live_"),
    ("AI", "za"),
    ("npm", "_"),
];

/// Looks at every word of every text file.
pub fn findings(files: &[TextFile]) -> Result<Vec<Finding>> {
    let list = files.iter().find(|file| file.path == PUBLISHED);
    let list = list.with_context(|| format!("{PUBLISHED} is missing"))?;
    Ok(look(files, &published(&list.text)))
}

fn published(list: &str) -> Vec<(&str, &str)> {
    list.lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(char::is_whitespace))
        .map(|(hash, name)| (hash, name.trim()))
        .collect()
}

fn look(files: &[TextFile], published: &[(&str, &str)]) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut clean = BTreeSet::new();
    for file in files {
        found.extend(private_keys(file));
        for (index, line) in file.text.lines().enumerate() {
            let place = || format!("{}:{}", file.path, index + 1);
            for word in words(line) {
                if word.len() < WORD_BYTES_MIN || clean.contains(word) {
                    continue;
                }
                match complaint(word, published) {
                    Some(why) => found.push(Finding::error(place(), why)),
                    None => drop(clean.insert(word)),
                }
            }
        }
    }
    found
}

/// A header alone is only code that reads keys; a key has its text behind it or on the next line.
fn private_keys(file: &TextFile) -> Vec<Finding> {
    let lines: Vec<&str> = file.text.lines().collect();
    let is_key = |index: usize, line: &str| {
        let next = lines.get(index + 1).copied().unwrap_or_default();
        let begins = line
            .split_once("-----BEGIN")
            .and_then(|(_, rest)| rest.split_once("KEY-----"));
        begins.is_some_and(|(kind, rest)| {
            kind.contains("PRIVATE") && (has_key_text(rest) || has_key_text(next))
        })
    };
    let hits = lines
        .iter()
        .enumerate()
        .filter(|(index, line)| is_key(*index, line));
    hits.map(|(index, _)| {
        let place = format!("{}:{}", file.path, index + 1);
        Finding::error(place, "a private key: make it at run time instead")
    })
    .collect()
}

fn has_key_text(line: &str) -> bool {
    line.split(|c: char| !(c.is_ascii_alphanumeric() || "+/=".contains(c)))
        .any(|run| run.len() >= KEY_TEXT_MIN)
}

/// The words of a line, cut in three ways: a secret may stand alone, behind `NAME=` or inside a URL.
fn words(line: &str) -> impl Iterator<Item = &str> {
    let wide = |c: char| c.is_whitespace() || "\"'`<>,;()[]{}|".contains(c);
    let narrow = move |c: char| wide(c) || "=:@/?&".contains(c);
    let plain = |c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-');
    line.split(wide)
        .chain(line.split(narrow))
        .chain(line.split(plain))
}

fn complaint(word: &str, published: &[(&str, &str)]) -> Option<String> {
    let hash: String = Sha256::digest(word)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    if let Some((_, name)) = published.iter().find(|(known, _)| *known == hash) {
        return Some(format!(
            "the published value of {name}: nobody may use it again"
        ));
    }
    let prefix = PREFIXES
        .iter()
        .map(|(a, b)| format!("{a}{b}"))
        .find(|prefix| {
            let tail = word.strip_prefix(prefix.as_str()).unwrap_or_default();
            tail.chars().take_while(char::is_ascii_alphanumeric).count() >= TOKEN_TAIL_MIN
        })?;
    Some(format!(
        "looks like a token ({prefix}…): take it out and withdraw it"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::file;

    /// SHA-256 of `swordfish`.
    const SWORDFISH: &str = "b9f195c5cc7ef6afadbfbc42892ad47d3b24c6bc94bb510c4564a90a14e8b799";

    fn complaints(text: &str) -> usize {
        look(&[file("a.md", text)], &[(SWORDFISH, "X")]).len()
    }

    #[test]
    fn a_published_secret_is_found_wherever_it_stands() {
        for text in [
            "swordfish",
            "KEY=swordfish",
            "a: \"swordfish\"",
            "http://a:swordfish@b/",
        ] {
            assert!(complaints(text) > 0, "{text}");
        }
        assert_eq!(complaints("swordfishes"), 0);
    }

    #[test]
    fn private_keys_and_tokens_are_found() {
        let header = "-----BEGIN EC PRIVATE KEY-----";
        assert_eq!(complaints(&format!("{header}\n{}", "aB1+".repeat(16))), 1);
        assert_eq!(
            complaints(&format!("\"{header}\\n{}\"", "aB1+".repeat(16))),
            1
        );
        assert_eq!(
            complaints(&format!("if pem.contains(\"{header}\") {{\n}}")),
            0
        );
        assert!(complaints(&format!("{}{}", "AKIA", "A1".repeat(8))) > 0);
        assert_eq!(complaints("-----BEGIN CERTIFICATE-----"), 0);
    }

    #[test]
    fn the_list_in_the_tree_is_read() {
        let list = include_str!("../../../bin/fluxprint/src/published-secrets.sha256");
        assert_eq!(published(list).len(), 4);
        assert!(published(list).iter().all(|(hash, _)| hash.len() == 64));
    }
}
