//! What a host calls a job by.

use crate::rig::{on_both_engines, wanted};
use fluxprint_domain::id::ProjectId;
use fluxprint_domain::role::Role;
use fluxprint_tokens::Projects;
use serde_json::{Value, json};

on_both_engines! {
    async fn a_reference_comes_back_wherever_its_job_is_shown_and_finds_it(rig) {
        let (editor, model) = (rig.token(Role::Editor), rig.model(1).await);
        let (mut with, without) = (wanted(model), wanted(model));
        with["reference"] = json!("file_7/version 2");
        let made = rig.submit(&editor, "a", &with).await.ok();
        rig.clock.advance_ms(1);
        let other = rig.job(&editor, &without).await;
        assert_eq!(made["reference"], "file_7/version 2");
        let call = format!("GET /v1/jobs/{}", made["id"].as_str().unwrap());
        assert_eq!(rig.call(&call, &editor).await.ok()["reference"], made["reference"]);
        let queue = rig.call("GET /v1/queue", &editor).await.ok();
        assert_eq!(queue["entries"][0]["reference"], made["reference"]);
        assert_eq!(queue["entries"][1]["reference"], Value::Null);

        let found = rig.call("GET /v1/jobs?reference=file_7/version%202", &editor).await.ok();
        assert_eq!(found["jobs"].as_array().unwrap().len(), 1);
        assert_eq!(found["jobs"][0]["id"], made["id"]);
        assert_eq!(found["jobs"][0]["place"], 1);
        let all = rig.call("GET /v1/jobs", &editor).await.ok();
        assert_eq!((&all["jobs"][0]["id"], &all["jobs"][0]["place"]), (&json!(other), &json!(2)));
        let none = rig.call("GET /v1/jobs?reference=file_8", &editor).await.ok();
        assert_eq!(none["jobs"], json!([]));
        for wrong in [json!(""), json!("x".repeat(201)), json!("a\u{7}b"), json!(7)] {
            with["reference"] = wrong;
            assert_eq!(rig.submit(&editor, "b", &with).await.code(), "VALIDATION_ERROR");
        }
    }

    async fn a_reference_is_hidden_from_those_who_do_not_see_the_project(rig) {
        let (owner, model) = (rig.token(Role::Owner), rig.model(1).await);
        let theirs: ProjectId = rig.id();
        let mut body = wanted(model);
        (body["project"], body["reference"]) = (json!(theirs), json!("secret"));
        rig.job(&owner, &body).await;
        let mut grant = rig.grant(Role::Editor);
        grant.projects = Projects::Some([].into());
        let designer = rig.mint(&grant);
        let queue = rig.call("GET /v1/queue", &designer).await.ok();
        assert_eq!(queue["entries"][0]["reference"], Value::Null);
        for filter in ["reference=secret".to_owned(), format!("project={theirs}"), "state=preparing".to_owned()] {
            let page = rig.call(&format!("GET /v1/jobs?{filter}"), &designer).await.ok();
            assert_eq!(page, json!({ "jobs": [], "next": null }), "{filter}");
            let page = rig.call(&format!("GET /v1/jobs?{filter}"), &owner).await.ok();
            assert_eq!(page["jobs"].as_array().unwrap().len(), 1, "{filter}");
        }
    }
}
