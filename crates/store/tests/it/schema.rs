//! Two engines, one schema.

use crate::world::{Engine, Home, PASSWORD, World, on_both_engines, passwords};
use fluxprint_sim::postgres::Postgres;
use fluxprint_store::{Config, ServiceStore, StoreError, StudioStore, migrate};
use sqlx::Row;
use std::collections::BTreeSet;

on_both_engines! {
    async fn every_statement_fits_the_tables(world) {
        assert_eq!(world.store.check_statements().await.unwrap(), Vec::<String>::new());
        world.store.ping().await.unwrap();
    }
}

/// What can be compared: `table.column kind null?`, and `index on table (columns) unique? where?`.
type Shape = BTreeSet<String>;

fn kind(declared: &str) -> &'static str {
    match declared {
        "BLOB" | "uuid" | "bytea" => "bytes",
        "INTEGER" | "bigint" | "boolean" => "integer",
        "REAL" | "double precision" => "real",
        "TEXT" | "text" => "text",
        other => panic!("{other}"),
    }
}

/// `CREATE [UNIQUE] INDEX name ON table (columns) [WHERE …]`, as both engines print it, made alike.
fn index(create: &str) -> String {
    let plain: String = create
        .replace("service.", "")
        .replace("studio.", "")
        .replace("USING btree ", "")
        .replace("::text[]", "")
        .replace("::text", "")
        .replace("<> ALL (ARRAY[", "NOT IN (")
        .replace("= ANY (ARRAY[", "IN (")
        .replace("])", ")")
        .replace('"', "")
        .replace(['(', ')'], " ");
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

async fn shape_of_sqlite(file: &std::path::Path) -> Shape {
    let options = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(file)
        .read_only(true);
    let mut connection = sqlx::ConnectOptions::connect(&options).await.unwrap();
    let columns = "SELECT m.name AS t, p.name AS c, p.type AS k, p.\"notnull\" OR p.pk > 0 AS n
        FROM sqlite_schema m JOIN pragma_table_info(m.name) p
        WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name <> '_sqlx_migrations'";
    let mut shape = Shape::new();
    for row in sqlx::query(columns)
        .fetch_all(&mut connection)
        .await
        .unwrap()
    {
        let (table, column): (String, String) = (row.get("t"), row.get("c"));
        let (declared, not_null): (String, bool) = (row.get("k"), row.get("n"));
        shape.insert(format!("{table}.{column} {} {not_null}", kind(&declared)));
    }
    let indexes = "SELECT sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL";
    for row in sqlx::query(indexes)
        .fetch_all(&mut connection)
        .await
        .unwrap()
    {
        shape.insert(index(row.get("sql")));
    }
    shape
}

fn shape_of_postgres(database: &str, schema: &str) -> Shape {
    let cluster = Postgres::shared().unwrap();
    let columns = format!(
        "SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns
        WHERE table_schema = '{schema}' AND table_name <> '_sqlx_migrations'"
    );
    let mut shape = Shape::new();
    for line in cluster.sql(database, &columns).unwrap().lines() {
        let parts: Vec<&str> = line.split('|').collect();
        shape.insert(format!(
            "{}.{} {} {}",
            parts[0],
            parts[1],
            kind(parts[2]),
            parts[3] == "NO"
        ));
    }
    let indexes = format!(
        "SELECT indexdef FROM pg_indexes WHERE schemaname = '{schema}' AND indexname NOT LIKE '%_pkey'"
    );
    for line in cluster.sql(database, &indexes).unwrap().lines() {
        shape.insert(index(line));
    }
    shape
}

#[tokio::test]
async fn both_engines_have_the_same_tables_columns_and_indexes() {
    let lite = World::new(Engine::Sqlite).await;
    StudioStore::open(&lite.config).await.unwrap().close().await;
    let pg = World::new(Engine::Postgres).await;
    let (Home::Folder(dir), Home::Database(database)) = (&lite.home, &pg.home) else {
        panic!("one of each was asked for");
    };
    for room in ["service", "studio"] {
        let ours = shape_of_sqlite(&dir.path().join(format!("{room}.db"))).await;
        let theirs = shape_of_postgres(database.name(), room);
        assert!(ours.len() > 10, "{room}: {ours:?}");
        assert_eq!(ours, theirs, "{room}");
    }
}

#[tokio::test]
async fn migrating_twice_changes_nothing_and_an_unmigrated_database_is_refused() {
    let cluster = Postgres::shared().unwrap();
    let database = cluster.database("store_bare", None).unwrap();
    let config = Config::Postgres {
        url: database.url(),
        password: Some(PASSWORD.to_owned()),
    };
    crate::world::postgres().await;
    let refused = ServiceStore::open(&config).await;
    assert!(
        matches!(refused, Err(StoreError::OtherSchema)),
        "{refused:?}"
    );
    for _ in 0..2 {
        migrate(&database.url(), &passwords()).await.unwrap();
    }
    ServiceStore::open(&config)
        .await
        .unwrap()
        .ping()
        .await
        .unwrap();
    StudioStore::open(&config)
        .await
        .unwrap()
        .organisations()
        .await
        .unwrap();
}
