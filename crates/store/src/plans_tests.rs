//! How SQLite goes about the statements: what is asked at every step of a print must not become
//! slower with the number of prints there ever were.

use crate::migrate::migrate_sqlite;
use crate::room::Room;
use sqlx::sqlite::SqlitePoolOptions;
use sqlx::{AssertSqlSafe, Row as _};

/// Parts of the names of statements that may: they are asked seldom, want one end of an index, or
/// read what an organisation has few of.
const MAY: [&str; 10] = [
    "::doctor::",
    "::PRUNE",
    "audit::HEAD",
    "outbox::LATEST",
    "order::LAST",
    "model::NEWEST",
    "bridge::LIST",
    "printer::LIST",
    "pairing::",
    "alert::OPEN",
];

#[tokio::test]
async fn no_statement_goes_through_everything_an_organisation_ever_had() {
    let pool = SqlitePoolOptions::new().max_connections(1);
    let pool = pool.connect("sqlite::memory:").await.unwrap();
    migrate_sqlite(Room::Service, &pool).await.unwrap();
    let mut slow = Vec::new();
    for statement in Room::Service.statements() {
        let explain = format!("EXPLAIN QUERY PLAN {}", statement.sqlite);
        let plan = sqlx::query(AssertSqlSafe(explain)).fetch_all(&pool).await;
        for step in plan.unwrap() {
            let step: String = step.get("detail");
            // An index of what is open holds little, however much there was.
            let through_all = step.ends_with("(org_id=?)")
                && !["_open", "tasks_due"]
                    .iter()
                    .any(|open| step.contains(open));
            if through_all && !MAY.iter().any(|may| statement.name.contains(may)) {
                slow.push(format!("{}: {step}", statement.name));
            }
        }
    }
    assert_eq!(slow, Vec::<String>::new());
}
