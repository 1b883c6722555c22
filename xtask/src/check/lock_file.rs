//! What may never be linked, not even by way of somebody else.

use super::finding::Finding;
use super::metadata::Metadata;
use crate::tree::TextFile;

/// One provider of cryptography, ring: a second one costs minutes of build and a C toolchain on small boards.
const BANNED: [&str; 4] = ["aws-lc-sys", "aws-lc-rs", "openssl-sys", "native-tls"];

/// Reads the lock file: a banned crate must not even be one feature away.
pub fn banned(files: &[TextFile]) -> Vec<Finding> {
    let Some(lock) = files.iter().find(|file| file.path == "Cargo.lock") else {
        return vec![Finding::error("Cargo.lock", "is missing: commit it")];
    };
    BANNED
        .iter()
        .filter(|name| lock.text.contains(&format!("\nname = \"{name}\"\n")))
        .map(|name| {
            Finding::error(
                "Cargo.lock",
                format!("{name}: ring is the only cryptography"),
            )
        })
        .collect()
}

/// Two packages that bring SQLite cannot be linked into one program.
pub fn one_sqlite(metadata: &Metadata) -> Vec<Finding> {
    let links = metadata
        .packages
        .iter()
        .filter(|p| p.links.as_deref() == Some("sqlite3"));
    let names: Vec<&str> = links.map(|package| package.name.as_str()).collect();
    sqlite_finding(&names).into_iter().collect()
}

fn sqlite_finding(names: &[&str]) -> Option<Finding> {
    (names.len() > 1).then(|| {
        let why = format!("{} all link sqlite3: keep one", names.join(", "));
        Finding::error("Cargo.lock", why)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::file;

    #[test]
    fn a_banned_crate_is_found() {
        let lock = |name: &str| {
            [file(
                "Cargo.lock",
                &format!("[[package]]\nname = \"{name}\"\n"),
            )]
        };
        assert_eq!(banned(&lock("openssl-sys")).len(), 1);
        assert_eq!(banned(&lock("openssl-system")).len(), 0);
        assert_eq!(banned(&[]).len(), 1);
    }

    #[test]
    fn a_second_sqlite_is_found() {
        assert!(sqlite_finding(&["libsqlite3-sys"]).is_none());
        assert!(sqlite_finding(&["libsqlite3-sys", "other"]).is_some());
    }
}
