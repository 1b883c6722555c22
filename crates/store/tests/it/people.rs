use crate::world::{Engine, Home, World, on_both_engines};
use fluxprint_domain::id::{Id, OrganisationId};
use fluxprint_store::{AuditVerdict, StudioStore};
use serde_json::json;

on_both_engines! {
    async fn the_studio_keeps_organisations_audit_and_outbox_of_its_own(world) {
        let studio = StudioStore::open(&world.config).await.unwrap();
        assert_eq!(studio.check_statements().await.unwrap(), Vec::<String>::new());
        let org: OrganisationId = Id::fresh(&world.clock);
        for _ in 0..2 {
            studio.ensure_organisation(org, "Workshop", "setup", world.now()).await.unwrap();
        }
        let facts = json!({ "role": "owner" });
        studio.note(org, world.now(), "setup", "token minted", "jti", &facts).await.unwrap();
        let organisations = studio.organisations().await.unwrap();
        assert_eq!(organisations.len(), 1, "the service's organisation is not the studio's");
        let rows = studio.audit(org, 0, 10).await.unwrap();
        let what: Vec<_> = rows.iter().map(|row| row.what.as_str()).collect();
        assert_eq!(what, ["organisation added", "token minted"]);
        let verdict = studio.verify_audit(org, None).await.unwrap();
        assert!(matches!(verdict, AuditVerdict::Intact(Some(head)) if head.seq == 2));
        assert_eq!(studio.events_since(org, 0, 10).await.unwrap().len(), 1);
        let pruned = studio.prune_events(org, world.now().plus_s(1)).await.unwrap();
        assert_eq!(pruned, 0, "the newest event stays: its number is the count of changes");
    }
}

#[tokio::test]
async fn neither_role_can_read_the_other_rooms_schema() {
    let world = World::new(Engine::Postgres).await;
    let Home::Database(database) = &world.home else {
        panic!("PostgreSQL was asked for");
    };
    for (role, schema) in [
        ("fluxprint_studio", "service"),
        ("fluxprint_service", "studio"),
    ] {
        let url = database.url().replace("fluxprint@", &format!("{role}@"));
        let mut connection = <sqlx::PgConnection as sqlx::Connection>::connect(&url)
            .await
            .unwrap();
        let sql = format!("SELECT count(*) FROM {schema}.organisations");
        let read = sqlx::raw_sql(sqlx::AssertSqlSafe(sql))
            .execute(&mut connection)
            .await;
        assert!(read.unwrap_err().to_string().contains("permission denied"));
    }
}
