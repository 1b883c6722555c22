use super::*;
use fluxprint_domain::id::{JobId, OrganisationId};
use fluxprint_domain::job::State;
use fluxprint_domain::{Sha256, Timestamp};
use fluxprint_sim::postgres::Postgres;
use sqlx::Executor;

const ORG: u128 = 1;
const PASSWORD: &str = "only-for-tests";

/// What an earlier version has written: a model somebody sent, and two jobs of it.
/// What stands in `<>` the engines spell differently.
const WRITTEN: &str = "
    INSERT INTO organisations VALUES (<1>, 'Workshop', FALSE, 1);
    INSERT INTO models (org_id, sha256, size_bytes, kind, name, state, report, created_at)
        VALUES (<1>, <h>, 684, 'stl', 'bracket.stl', 'checked', '{}', 1);
    INSERT INTO audit VALUES (<1>, 1, <h>, <h>, 7, 'usr_ada', 'model received', '<x>', '{}');
    INSERT INTO jobs (org_id, id, person, name, model_sha256, choice, position, notes, estimate, created_at)
        VALUES (<1>, <2>, 'usr_ada', 'Bracket', <h>, '{}', 1, '', '{\"confidence\":\"low\",\"reason\":\"\"}', 1),
        (<1>, <3>, 'usr_ada', 'Bracket', <h>, '{}', 2, '', NULL, 2);
    INSERT INTO copies (org_id, id, job_id, number, state, state_at, state_by, not_started_count, version)
        VALUES (<1>, <4>, <2>, 1, 'completed', 1, 'x', 0, 0), (<1>, <5>, <2>, 2, 'held', 1, 'x', 0, 0),
        (<1>, <6>, <3>, 1, 'failed', 1, 'x', 0, 0), (<1>, <7>, <3>, 2, 'completed', 1, 'x', 0, 0);
";

fn written(id: fn(u128) -> String, hash: &str) -> String {
    let text = (1..=7).fold(WRITTEN.to_owned(), |text, n| {
        text.replace(&format!("<{n}>"), &id(n))
    });
    text.replace("<h>", hash).replace("<x>", &"07".repeat(32))
}

/// The tables as the first migration made them.
fn first(all: Texts) -> Migrator {
    let mut migrator = migrator(Room::Service, all);
    migrator.migrations.to_mut().truncate(1);
    migrator
}

async fn stands(store: crate::ServiceStore) {
    let org = OrganisationId::from_uuid(uuid::Uuid::from_u128(ORG));
    let page = crate::service::job::JobPage {
        state: Some(State::Held),
        limit: 10,
        ..Default::default()
    };
    let held = store.jobs(org).list(page).await.unwrap();
    assert_eq!(held.len(), 1);
    assert_eq!(held[0].id, JobId::from_uuid(uuid::Uuid::from_u128(2)));
    assert_eq!(
        (held[0].place, held[0].reference.as_deref()),
        (Some(1), None)
    );
    let estimate = held[0].estimate.as_deref();
    let with_span = r#"{"confidence":"low","within_pct":40,"reason":""}"#;
    assert_eq!(estimate, Some(with_span));
    assert_eq!(store.jobs(org).queue().await.unwrap(), held);
    let model = Sha256([7; 32]);
    let models = store.models(org);
    let sent = models.sent_by("usr_ada", None, 10).await.unwrap();
    assert_eq!((sent[0].sha256, sent[0].created_at), (model, Timestamp(7)));
    assert_eq!(models.sent_by("usr_eve", None, 10).await.unwrap(), []);
    assert_eq!(store.doctor(org).check().await.unwrap(), []);
}

#[tokio::test]
async fn what_an_earlier_version_wrote_is_carried_over_on_sqlite() {
    let dir = tempfile::tempdir().unwrap();
    let options = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(dir.path().join("service.db"))
        .create_if_missing(true);
    let mut file = options.connect().await.unwrap();
    first(LITE_MIGRATIONS)
        .run_direct(None, &mut file, false)
        .await
        .unwrap();
    let hash = format!("x'{}'", "07".repeat(32));
    let rows = written(|n| format!("x'{n:032x}'"), &hash);
    file.execute(sqlx::raw_sql(AssertSqlSafe(rows)))
        .await
        .unwrap();
    file.close().await.unwrap();
    let config = crate::Config::Sqlite {
        dir: dir.path().to_owned(),
    };
    stands(crate::ServiceStore::open(&config).await.unwrap()).await;
}

#[tokio::test]
async fn what_an_earlier_version_wrote_is_carried_over_on_postgres() {
    let cluster = Postgres::shared().unwrap();
    let database = cluster.database("store_upgrade", None).unwrap();
    let passwords = LoginPasswords {
        studio: PASSWORD.to_owned(),
        service: PASSWORD.to_owned(),
    };
    let mut owner = PgConnection::connect(&database.url()).await.unwrap();
    ensure_role(&mut owner, Room::Service, PASSWORD)
        .await
        .unwrap();
    first(PG_MIGRATIONS)
        .run_direct(None, &mut owner, false)
        .await
        .unwrap();
    let hash = format!("decode('{}', 'hex')", "07".repeat(32));
    let rows = written(|n| format!("'{}'", uuid::Uuid::from_u128(n)), &hash);
    let org = uuid::Uuid::from_u128(ORG);
    let rows = format!("SET search_path TO service; SET fluxprint.org = '{org}'; {rows}");
    owner
        .execute(sqlx::raw_sql(AssertSqlSafe(rows)))
        .await
        .unwrap();
    owner.close().await.unwrap();
    migrate(&database.url(), &passwords).await.unwrap();
    let config = crate::Config::Postgres {
        url: database.url(),
        password: Some(PASSWORD.to_owned()),
    };
    stands(crate::ServiceStore::open(&config).await.unwrap()).await;
}
