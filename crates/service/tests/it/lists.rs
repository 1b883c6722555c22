//! A list of jobs is remembered until something changes, and not a moment longer.

use crate::rig::{Rig, on_both_engines, wanted};
use fluxprint_domain::id::ProjectId;
use fluxprint_domain::role::Role;
use fluxprint_tokens::Projects;
use serde_json::{Value, json};

const LIST: &str = "GET /v1/jobs";

async fn jobs(rig: &Rig, token: &str) -> Value {
    rig.call(LIST, token).await.ok()["jobs"].clone()
}

on_both_engines! {
    async fn a_list_shows_every_change_at_once_whoever_made_it(rig) {
        let owner = rig.token(Role::Owner);
        let model = rig.model(1).await;
        assert_eq!(jobs(&rig, &owner).await, json!([]));
        let job = rig.job(&owner, &wanted(model)).await;
        let made = jobs(&rig, &owner).await;
        assert_eq!(made[0]["id"], json!(job));
        assert_eq!(jobs(&rig, &owner).await, made, "nothing has changed");
        // Past the HTTP side, as another process of the service would.
        let now = fluxprint_domain::Clock::now(rig.clock.as_ref());
        let store = rig.service.store.jobs(rig.org);
        let canceled = fluxprint_store::service::job::Target::Job(job);
        store.cancel(canceled, "somebody else", now).await.unwrap();
        assert_eq!(jobs(&rig, &owner).await[0]["state"], "canceled");
    }

    async fn a_list_that_is_remembered_is_for_one_person_in_one_role_only(rig) {
        let model = rig.model(1).await;
        let project: ProjectId = rig.id();
        let mut grant = rig.grant(Role::Owner);
        let mut body = wanted(model);
        body["project"] = json!(project);
        rig.job(&rig.mint(&grant), &body).await;
        let mine = jobs(&rig, &rig.mint(&grant)).await;
        assert_ne!(mine[0]["allowed"], json!([]));
        let viewer = jobs(&rig, &rig.token(Role::Viewer)).await;
        assert_eq!(viewer[0]["allowed"], json!([]), "another person");
        grant.role = Role::Viewer;
        let demoted = jobs(&rig, &rig.mint(&grant)).await;
        assert_eq!(demoted[0]["allowed"], json!([]));
        grant.projects = Projects::Some([].into());
        assert_eq!(jobs(&rig, &rig.mint(&grant)).await, json!([]), "removed from the project");
        let others = rig.call("GET /v1/jobs?limit=1&state=failed", &rig.token(Role::Owner)).await;
        assert_eq!(others.ok()["jobs"], json!([]), "another question");
    }
}
