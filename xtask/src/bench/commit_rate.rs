//! How many commits of one row an engine makes by itself, on the disk that the product uses too.
//!
//! SQLite has one writer, so its rate does not depend on the number of connections; PostgreSQL lets
//! those who commit at the same moment share one wait for the disk.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use super::postgres::{program, sql};
use crate::up::answer;

/// The table that [`postgres`] writes to.
const TABLE: &str =
    "CREATE TABLE IF NOT EXISTS commit_rate (id bigserial PRIMARY KEY, text text NOT NULL)";

/// As the store does it: WAL, and every commit waits for the disk.
const SQLITE: &str = r#"
import sqlite3, sys, time
path, seconds = sys.argv[1], float(sys.argv[2])
db = sqlite3.connect(path, isolation_level=None)
assert db.execute("PRAGMA journal_mode = WAL").fetchone()[0] == "wal"
db.execute("PRAGMA synchronous = FULL")
db.execute("CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL)")
text, count, begun = "x" * 200, 0, time.monotonic()
while time.monotonic() - begun < seconds:
    db.execute("INSERT INTO note (text) VALUES (?)", (text,))
    count += 1
print(count / (time.monotonic() - begun), sqlite3.sqlite_version)
"#;

/// Commits per second of Python's SQLite, and its version.
pub fn sqlite(folder: &Path, seconds: u64) -> Result<(f64, String)> {
    let file = folder.join("commit-rate.db");
    for leftover in ["commit-rate.db", "commit-rate.db-wal", "commit-rate.db-shm"] {
        let _ = fs::remove_file(folder.join(leftover));
    }
    let mut python = Command::new("python3");
    python
        .args(["-c", SQLITE])
        .arg(file)
        .arg(seconds.to_string());
    let said = answer(python)?;
    let (rate, version) = said
        .split_once(' ')
        .context("python3 said something else")?;
    Ok((rate.parse()?, version.to_owned()))
}

/// Commits per second of `pgbench` with so many connections.
pub fn postgres(folder: &Path, database: &str, connections: usize, seconds: u64) -> Result<f64> {
    sql(database, TABLE)?;
    let script = folder.join("commit-rate.sql");
    fs::write(
        &script,
        "INSERT INTO commit_rate (text) VALUES (repeat('x', 200));\n",
    )?;
    let mut pgbench = program("pgbench");
    pgbench
        .args(["--no-vacuum", "--protocol=prepared", "--jobs=1", "--file"])
        .arg(script);
    pgbench.args([
        "--client",
        &connections.to_string(),
        "--time",
        &seconds.to_string(),
        database,
    ]);
    transactions_per_second(&answer(pgbench)?).context("pgbench said something else")
}

fn transactions_per_second(said: &str) -> Option<f64> {
    let line = said.lines().find_map(|line| line.strip_prefix("tps = "))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figure_of_pgbench_is_found() {
        let said = "number of failed transactions: 0 (0.000%)\ninitial connection time = 4.1 ms\n\
            tps = 1234.567890 (without initial connection time)\n";
        assert_eq!(transactions_per_second(said), Some(1_234.567_89));
        assert_eq!(transactions_per_second("nothing"), None);
    }
}
