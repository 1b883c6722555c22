//! The walls between organisations.

use crate::world::{Engine, Home, World, on_both_engines};
use fluxprint_domain::alert::{Alarm, AlertKind};
use fluxprint_domain::id::{Id, OrganisationId};
use fluxprint_store::StoreError;
use fluxprint_store::service::alert::Cause;
use fluxprint_store::service::job::{JobPage, Target};
use sqlx::{Connection, PgConnection, Row};

on_both_engines! {
    async fn nothing_of_another_organisation_is_found_or_changed(world) {
        let printer = world.printer().await;
        let attempt = world.started(printer).await;
        let ours = world.store.attempts(world.org).get(attempt).await.unwrap();
        let other: OrganisationId = Id::fresh(&world.clock);
        world.store.organisations().ensure(other, "Other", world.now()).await.unwrap();

        let store = &world.store;
        assert!(matches!(store.attempts(other).get(attempt).await, Err(StoreError::NotFound)));
        assert!(matches!(store.jobs(other).get(ours.job).await, Err(StoreError::NotFound)));
        assert!(matches!(store.printers(other).get(printer).await, Err(StoreError::NotFound)));
        let page = JobPage { limit: 9, ..JobPage::default() };
        assert_eq!(store.jobs(other).list(page).await.unwrap(), []);
        assert_eq!(store.jobs(other).queue().await.unwrap(), []);
        assert_eq!(store.jobs(other).waiting().await.unwrap(), []);
        assert_eq!(store.printers(other).list().await.unwrap(), []);
        assert_eq!(store.attempts(other).open().await.unwrap(), []);
        assert_eq!(store.events(other).since(0, 100).await.unwrap(), []);
        assert_eq!(store.audit(other).list(0, 100).await.unwrap().len(), 1, "its own first row");
        let target = Target::Job(ours.job);
        let canceled = store.jobs(other).cancel(target, "eve", world.now()).await;
        assert!(matches!(canceled, Err(StoreError::NotFound)));
        let raised = store.printers(other).raise_bed_generation(printer, "", "eve", world.now()).await;
        assert!(matches!(raised, Err(StoreError::Stale)));
        assert_eq!(store.attempts(world.org).get(attempt).await.unwrap(), ours);
    }
}

async fn as_service(world: &World) -> PgConnection {
    let Home::Database(database) = &world.home else {
        panic!("PostgreSQL was asked for");
    };
    let url = database.url().replace("fluxprint@", "fluxprint_service@");
    let mut connection = PgConnection::connect(&url).await.unwrap();
    run(&mut connection, "SET search_path TO service".to_owned())
        .await
        .unwrap();
    connection
}

async fn run(connection: &mut PgConnection, sql: String) -> sqlx::Result<u64> {
    let done = sqlx::raw_sql(sqlx::AssertSqlSafe(sql))
        .execute(connection)
        .await?;
    Ok(done.rows_affected())
}

/// A pairing is nobody's until it is confirmed: whoever shows one of its codes sees that one row
/// (`identity`).
async fn tenant_tables(connection: &mut PgConnection) -> Vec<String> {
    let sql = "SELECT table_name::text FROM information_schema.columns
        WHERE table_schema = 'service' AND column_name = 'org_id' AND table_name <> 'pairings' ORDER BY 1";
    let rows = sqlx::query(sql).fetch_all(connection).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

#[tokio::test]
async fn a_statement_that_forgets_its_organisation_sees_and_changes_nothing_of_another_one() {
    let world = World::new(Engine::Postgres).await;
    let printer = world.printer().await;
    world.started(printer).await;
    world
        .store
        .counters(world.org)
        .hit(
            fluxprint_store::service::counter::Limit {
                subject: "a",
                what: "b",
                window_s: 1,
                max: 1,
            },
            world.now(),
        )
        .await
        .unwrap();
    let cause = Cause::printer(AlertKind::Alarm(Alarm::SerialLost), printer, None);
    let alerts = world.store.alerts(world.org);
    let id = Id::fresh(&world.clock);
    assert!(alerts.raise(id, &cause, world.now()).await.unwrap());
    let mut connection = as_service(&world).await;
    let tables = tenant_tables(&mut connection).await;
    assert_eq!(tables.len(), 15);
    let other: OrganisationId = Id::fresh(&world.clock);
    for (org, foreign) in [(None, true), (Some(other), true), (Some(world.org), false)] {
        if let Some(org) = org {
            run(
                &mut connection,
                format!("SET fluxprint.org = '{}'", org.uuid()),
            )
            .await
            .unwrap();
        }
        for table in &tables {
            let sql = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
            let row = sqlx::query(sql).fetch_one(&mut connection).await.unwrap();
            assert_eq!(row.get::<i64, _>(0) == 0, foreign, "{table} as {org:?}");
        }
        if foreign {
            let sql = "UPDATE copies SET state_by = 'eve'".to_owned();
            assert_eq!(run(&mut connection, sql).await.unwrap(), 0);
        }
    }
    let moved = format!("UPDATE copies SET org_id = '{}'", other.uuid());
    assert!(
        run(&mut connection, moved).await.is_err(),
        "no row leaves its organisation"
    );
}

#[tokio::test]
async fn every_tenant_table_has_its_wall_and_the_audit_cannot_be_changed_by_the_service() {
    let world = World::new(Engine::Postgres).await;
    let mut connection = as_service(&world).await;
    // A session belongs to its person and only looks at an organisation; its secret finds it.
    let unwalled =
        "SELECT c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'org_id'
        WHERE n.nspname IN ('service', 'studio') AND c.relkind = 'r'
        AND (n.nspname, c.relname) <> ('studio', 'sessions')
        AND NOT (c.relrowsecurity AND c.relforcerowsecurity)";
    let rows = sqlx::query(unwalled)
        .fetch_all(&mut connection)
        .await
        .unwrap();
    assert!(rows.is_empty());
    let owned = "SELECT 1 FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner
        WHERE r.rolname IN ('fluxprint_service', 'fluxprint_studio')";
    assert!(
        sqlx::query(owned)
            .fetch_all(&mut connection)
            .await
            .unwrap()
            .is_empty()
    );
    run(
        &mut connection,
        format!("SET fluxprint.org = '{}'", world.org.uuid()),
    )
    .await
    .unwrap();
    for sql in [
        "UPDATE audit SET who = 'eve'",
        "DELETE FROM audit",
        "TRUNCATE audit",
    ] {
        let refused = run(&mut connection, sql.to_owned())
            .await
            .unwrap_err()
            .to_string();
        assert!(refused.contains("permission denied"), "{sql}: {refused}");
    }
}

#[tokio::test]
async fn on_sqlite_too_an_audit_row_stays_as_it_is() {
    let world = World::new(Engine::Sqlite).await;
    let Home::Folder(dir) = &world.home else {
        panic!("SQLite was asked for");
    };
    let file = dir.path().join("service.db");
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
    let mut connection = sqlx::ConnectOptions::connect(&options).await.unwrap();
    for sql in ["UPDATE audit SET who = 'eve'", "DELETE FROM audit"] {
        let done = sqlx::raw_sql(sql).execute(&mut connection).await;
        assert!(done.unwrap_err().to_string().contains("audit rows stay"));
    }
}
