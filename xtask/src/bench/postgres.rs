//! PostgreSQL by its own programs.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::up::answer;

/// Where Debian keeps the programs of PostgreSQL 15.
const DEBIAN: &str = "/usr/lib/postgresql/15/bin";

/// One of its programs: Debian's, or the one on the path.
pub fn program(name: &str) -> Command {
    let debian = PathBuf::from(DEBIAN).join(name);
    if debian.exists() {
        Command::new(debian)
    } else {
        Command::new(name)
    }
}

/// Runs one statement as the owner of the database; what `psql` prints, without headings.
pub fn sql(database: &str, statement: &str) -> Result<String> {
    let mut psql = program("psql");
    psql.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"]);
    psql.args([
        "--set=ON_ERROR_STOP=1",
        "--dbname",
        database,
        "--command",
        statement,
    ]);
    answer(psql)
}

/// Counts rows for the planner, as autovacuum does within its minute: a database that was filled
/// seconds ago is planned for as if it were empty.
pub fn analyze(database: &str) -> Result<()> {
    sql(database, "ANALYZE").map(drop)
}
