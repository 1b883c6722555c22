//! Printing a project's files, and the service's addresses that are passed on.

use crate::played_service::{PlayedService, Seen};
use crate::rig::{Engine, Rig, Seat, settings, sha256, with_json};
use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fluxprint_domain::id::ProjectId;
use fluxprint_domain::role::Role;
use fluxprint_tokens::{AUDIENCE, Claims, ISSUER, Projects, Subject, Verifier};
use serde_json::{Value, json};

const STL: &[u8] = b"solid a\nfacet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 1 0 0\nvertex 0 1 0\nendloop\nendfacet\nendsolid a\n";
const OBJ: &[u8] = b"v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n";

struct Shop {
    rig: Rig,
    service: PlayedService,
}

async fn shop() -> Shop {
    let service = PlayedService::new();
    let rig = Rig::with(Engine::Sqlite, settings(), service.router()).await;
    Shop { rig, service }
}

impl Shop {
    /// Uploads a file as a page does; its id.
    async fn upload(&self, seat: &Seat, project: ProjectId, name: &str, bytes: &[u8]) -> String {
        let said = |text: &str| STANDARD.encode(text);
        let metadata = format!(
            "filename {},project {}",
            said(name),
            said(&project.to_string())
        );
        let begin = self.rig.request("POST /api/uploads", seat);
        let begin = begin
            .header("tus-resumable", "1.0.0")
            .header("upload-length", bytes.len())
            .header("upload-metadata", metadata);
        let begun = self.rig.send(begin.body(Body::empty()).unwrap()).await;
        assert_eq!(
            begun.status,
            201,
            "{:?}",
            String::from_utf8_lossy(&begun.bytes)
        );
        let place = begun.headers["location"].to_str().unwrap().to_owned();
        let send = self.rig.request(&format!("PATCH {place}"), seat);
        let send = send
            .header("tus-resumable", "1.0.0")
            .header("upload-offset", 0)
            .header("content-length", bytes.len())
            .header("content-type", "application/offset+octet-stream");
        let sent = self
            .rig
            .send(send.body(Body::from(bytes.to_vec())).unwrap())
            .await;
        assert_eq!(
            sent.status,
            204,
            "{:?}",
            String::from_utf8_lossy(&sent.bytes)
        );
        sent.headers["x-fluxprint-file"]
            .to_str()
            .unwrap()
            .to_owned()
    }

    /// The service takes models and jobs.
    fn takes_everything(&self, project: ProjectId, file: &str, hash: &str) {
        self.service.answers(
            &format!("PUT /v1/models/{hash}"),
            201,
            json!({ "state": "received" }),
        );
        self.service
            .answers("POST /v1/jobs", 201, job(project, file, "queued"));
        self.service
            .answers("POST /v1/estimates", 200, json!({ "copies": 1 }));
    }

    async fn print(&self, seat: &Seat, project: ProjectId, body: &Value) -> crate::rig::Answer {
        let call = format!("POST /api/projects/{project}/print/jobs");
        let request = self
            .rig
            .request(&call, seat)
            .header("idempotency-key", "key-1");
        self.rig.send(with_json(request, body)).await
    }

    fn claims(&self, seen: &Seen) -> Claims {
        let verifier = Verifier::new(ISSUER, AUDIENCE).with_jwks(&self.rig.studio.keys.jwks());
        verifier
            .verify(&seen.token(), self.rig.studio.clock.now())
            .unwrap()
    }
}

fn job(project: ProjectId, file: &str, state: &str) -> Value {
    json!({
        "id": "job_0192f0c1a4b37e0c8d1f2a3b4c5d6e7f", "project": project, "reference": file, "state": state,
        "place": 1, "created_at": "2026-01-01T00:00:00Z", "name": "part.stl", "allowed": ["cancel"],
    })
}

fn wanted(file: &str) -> Value {
    json!({ "file": file, "material": "PLA", "quality": "standard", "copies": 2, "supports": true,
        "infill_pct": 20, "notes": "for the fair", "printer": null })
}

#[tokio::test]
async fn a_print_of_a_file_becomes_a_job_of_its_model_in_the_callers_name() {
    let shop = shop().await;
    let ada = shop.rig.seat(Role::Editor).await;
    let file = shop.upload(&ada, ada.drafts, "part.stl", STL).await;
    let hash = sha256(STL).to_string();
    shop.takes_everything(ada.drafts, &file, &hash);
    let answer = shop.print(&ada, ada.drafts, &wanted(&file)).await;
    assert_eq!(answer.status, 201);
    assert_eq!(answer.ok()["state"], "queued");
    let model = &shop.service.asked(&format!("PUT /v1/models/{hash}"))[0];
    assert_eq!(model.body, STL, "the bytes went first");
    let made = &shop.service.asked("POST /v1/jobs")[0];
    let said = made.json();
    assert_eq!(
        (&said["model"], &said["project"]),
        (&json!(hash), &json!(ada.drafts))
    );
    assert_eq!(
        (&said["reference"], &said["name"]),
        (&json!(file), &json!("part.stl"))
    );
    assert_eq!(said["copies"], 2);
    assert_eq!(made.headers["idempotency-key"], "key-1");
    for never in ["cookie", "x-csrf", "sec-fetch-site"] {
        assert!(!made.headers.contains_key(never), "{never}");
    }
    let claims = shop.claims(made);
    assert_eq!(
        (claims.sub, claims.role),
        (Subject::Person(ada.person), Role::Editor)
    );
    assert_eq!(
        claims.projects,
        Projects::Some([(ada.drafts, Role::Editor)].into())
    );
    let shown = shop
        .rig
        .call(
            &format!("GET /api/projects/{}/files/{file}", ada.drafts),
            &ada,
        )
        .await;
    assert_eq!(shown.ok()["badge"]["state"], "queued", "at once");
}

#[tokio::test]
async fn a_job_is_noted_though_the_page_was_closed_while_it_was_made() {
    let shop = shop().await;
    let ada = shop.rig.seat(Role::Editor).await;
    let file = shop.upload(&ada, ada.drafts, "part.stl", STL).await;
    shop.takes_everything(ada.drafts, &file, &sha256(STL).to_string());
    let go = shop.service.holds("POST /v1/jobs");
    let asked = async {
        while shop.service.asked("POST /v1/jobs").is_empty() {
            tokio::task::yield_now().await;
        }
    };
    let body = wanted(&file);
    tokio::select! {
        _ = shop.print(&ada, ada.drafts, &body) => panic!("it was not answered yet"),
        () = asked => {}
    }
    go.notify_one();
    shop.rig.studio.sockets.close();
    shop.rig.studio.sockets.wait().await;
    let prints = shop.rig.studio.store.prints(shop.rig.org);
    assert!(prints.any_open().await.unwrap());
}

#[tokio::test]
async fn a_file_stays_while_the_service_is_being_asked_to_print_it() {
    let shop = shop().await;
    let ada = shop.rig.seat(Role::Editor).await;
    let file = shop.upload(&ada, ada.drafts, "part.stl", STL).await;
    shop.takes_everything(ada.drafts, &file, &sha256(STL).to_string());
    let go = shop.service.holds("POST /v1/jobs");
    let delete = format!("DELETE /api/projects/{}/files/{file}", ada.drafts);
    let asked = async {
        while shop.service.asked("POST /v1/jobs").is_empty() {
            tokio::task::yield_now().await;
        }
        let kept = shop.rig.call(&delete, &ada).await;
        assert_eq!(kept.status, 409, "it is being asked for");
        go.notify_one();
    };
    let body = wanted(&file);
    let (made, ()) = tokio::join!(shop.print(&ada, ada.drafts, &body), asked);
    assert_eq!(made.status, 201);
}

#[tokio::test]
async fn a_print_that_was_refused_keeps_no_file() {
    let shop = shop().await;
    let ada = shop.rig.seat(Role::Editor).await;
    let file = shop.upload(&ada, ada.drafts, "part.stl", STL).await;
    shop.service.refuses("POST /v1/jobs", 409, "PRINTER_BUSY");
    shop.takes_everything(ada.drafts, &file, &sha256(STL).to_string());
    let refused = shop.print(&ada, ada.drafts, &wanted(&file)).await;
    assert_eq!(refused.status, 409);
    let gone = format!("DELETE /api/projects/{}/files/{file}", ada.drafts);
    assert_eq!(shop.rig.call(&gone, &ada).await.status, 204);
}

#[tokio::test]
async fn a_job_is_found_though_the_answer_to_its_making_was_lost() {
    let shop = shop().await;
    tokio::spawn(fluxprint_studio::live::run(shop.rig.studio.clone()));
    let ada = shop.rig.seat(Role::Editor).await;
    let file = shop.upload(&ada, ada.drafts, "part.stl", STL).await;
    shop.service.refuses("POST /v1/jobs", 500, "BROKEN");
    shop.takes_everything(ada.drafts, &file, &sha256(STL).to_string());
    let over = job(ada.drafts, &file, "completed");
    let jobs = json!({ "jobs": ["nonsense", over], "next": null });
    shop.service.answers("GET /v1/jobs", 200, jobs);
    let lost = shop.print(&ada, ada.drafts, &wanted(&file)).await;
    assert_eq!(lost.status, 500);
    let prints = shop.rig.studio.store.prints(shop.rig.org);
    let found = async {
        while prints.newest().await.unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
    };
    let bound = std::time::Duration::from_secs(20);
    tokio::time::timeout(bound, found).await.unwrap();
}

#[tokio::test]
async fn a_token_for_a_print_names_the_prints_project_and_no_other() {
    let shop = shop().await;
    let ada = shop.rig.seat(Role::Editor).await;
    let name = json!({ "name": "Fair" });
    shop.rig.put("POST /api/projects", &ada, &name).await.ok();
    let list = format!("GET /api/projects/{}/print/jobs", ada.drafts);
    shop.rig.call(&list, &ada).await;
    let claims = shop.claims(&shop.service.asked("GET /v1/jobs")[0]);
    assert_eq!(
        claims.projects,
        Projects::Some([(ada.drafts, Role::Editor)].into())
    );
}

#[tokio::test]
async fn an_owner_speaks_for_all_projects() {
    let shop = shop().await;
    let owner = shop.rig.seat(Role::Owner).await;
    shop.rig.call("GET /api/print/queue", &owner).await.ok();
    let claims = shop.claims(&shop.service.asked("GET /v1/queue")[0]);
    assert_eq!((claims.projects, claims.role), (Projects::All, Role::Owner));
}

#[tokio::test]
async fn what_cannot_be_printed_is_said_before_the_service_hears_of_it() {
    let shop = shop().await;
    let (ada, ben) = (
        shop.rig.seat(Role::Editor).await,
        shop.rig.seat(Role::Editor).await,
    );
    let viewer = shop.rig.seat(Role::Viewer).await;
    let obj = shop.upload(&ada, ada.drafts, "part.obj", OBJ).await;
    let text = shop
        .upload(&ada, ada.drafts, "read-me.txt", b"Hello.\n")
        .await;
    let stl = shop.upload(&ada, ada.drafts, "part.stl", STL).await;
    let before = shop.service.count();
    for (seat, file, wrong) in [
        (&ada, &obj, (415, "PRINTING_UNSUPPORTED_FILE_TYPE")),
        (&ada, &text, (415, "PRINTING_UNSUPPORTED_FILE_TYPE")),
        (
            &ada,
            &"file_0192f0c1a4b37e0c8d1f2a3b4c5d6e7f".to_owned(),
            (404, "FILE_NOT_FOUND"),
        ),
        (&ben, &stl, (404, "PRINTING_PROJECT_NOT_FOUND")),
        (&viewer, &stl, (404, "PRINTING_PROJECT_NOT_FOUND")),
    ] {
        let refused = shop.print(seat, ada.drafts, &wanted(file)).await.problem();
        assert_eq!((refused.0, refused.1.as_str()), wrong);
    }
    let later = shop.print(&ada, ada.drafts, &wanted(&obj)).await.json();
    assert!(
        later["detail"]
            .as_str()
            .unwrap()
            .contains("printing these comes later")
    );
    let own = shop
        .print(&viewer, viewer.drafts, &wanted(&stl))
        .await
        .problem();
    assert_eq!(own, (403, "PRINTING_INSUFFICIENT_PERMISSIONS".to_owned()));
    let call = format!("POST /api/projects/{}/print/jobs", ada.drafts);
    let keyless = shop.rig.put(&call, &ada, &wanted(&stl)).await.problem();
    assert_eq!(keyless, (400, "IDEMPOTENCY_KEY_MISSING".to_owned()));
    let mut odd = wanted(&stl);
    odd["project"] = json!(ben.drafts);
    assert_eq!(
        shop.print(&ada, ada.drafts, &odd).await.status,
        422,
        "nothing else is taken"
    );
    assert_eq!(shop.service.count(), before);
}

#[tokio::test]
async fn while_printing_is_switched_off_nothing_new_is_taken_and_all_else_goes_on() {
    let shop = shop().await;
    let (owner, ada) = (
        shop.rig.seat(Role::Owner).await,
        shop.rig.seat(Role::Editor).await,
    );
    let file = shop.upload(&ada, ada.drafts, "part.stl", STL).await;
    let off = json!({ "on": false });
    let refused = shop.rig.put("PUT /api/flag", &ada, &off).await.problem();
    assert_eq!(
        refused,
        (403, "PRINTING_INSUFFICIENT_PERMISSIONS".to_owned())
    );
    let shown = shop.rig.put("PUT /api/flag", &owner, &off).await.ok();
    assert_eq!(
        (&shown["on"], &shown["can_switch"], &shown["by"]),
        (&json!(false), &json!(true), &json!("Ada"))
    );
    let seen = shop.rig.call("GET /api/flag", &ada).await.ok();
    assert_eq!(
        (&seen["on"], &seen["can_switch"]),
        (&json!(false), &json!(false))
    );
    let disabled = (503, "PRINTING_SERVICE_DISABLED".to_owned());
    assert_eq!(
        shop.print(&ada, ada.drafts, &wanted(&file)).await.problem(),
        disabled
    );
    let estimate = format!("POST /api/projects/{}/print/estimates", ada.drafts);
    let body = json!({ "file": file, "material": "PLA", "quality": "draft", "infill_pct": 5, "supports": false, "copies": 1 });
    assert_eq!(
        shop.rig.put(&estimate, &ada, &body).await.problem(),
        disabled
    );
    shop.rig.call("GET /api/print/queue", &ada).await.ok();
    let hash = sha256(STL).to_string();
    shop.takes_everything(ada.drafts, &file, &hash);
    shop.rig
        .put("PUT /api/flag", &owner, &json!({ "on": true }))
        .await
        .ok();
    assert_eq!(shop.rig.put(&estimate, &ada, &body).await.status, 200);
}

#[tokio::test]
async fn a_model_that_the_service_has_lost_is_handed_over_again() {
    let shop = shop().await;
    let ada = shop.rig.seat(Role::Editor).await;
    let file = shop.upload(&ada, ada.drafts, "part.stl", STL).await;
    let hash = sha256(STL).to_string();
    shop.service
        .refuses("POST /v1/jobs", 404, "MODEL_NOT_FOUND");
    shop.takes_everything(ada.drafts, &file, &hash);
    assert_eq!(
        shop.print(&ada, ada.drafts, &wanted(&file)).await.status,
        201
    );
    assert_eq!(
        shop.service.asked(&format!("PUT /v1/models/{hash}")).len(),
        2
    );
    assert_eq!(shop.service.asked("POST /v1/jobs").len(), 2);
}

#[tokio::test]
async fn an_older_version_can_be_printed_and_a_strangers_cannot() {
    let shop = shop().await;
    let ada = shop.rig.seat(Role::Editor).await;
    let file = shop.upload(&ada, ada.drafts, "part.stl", STL).await;
    let path = format!("GET /api/projects/{}/files/{file}", ada.drafts);
    let first = shop.rig.call(&path, &ada).await.ok()["version"]["id"].clone();
    let changed = String::from_utf8_lossy(STL).replace("solid a", "solid b");
    shop.upload(&ada, ada.drafts, "part.stl", changed.as_bytes())
        .await;
    shop.takes_everything(ada.drafts, &file, &sha256(STL).to_string());
    let mut body = wanted(&file);
    body["version"] = first;
    assert_eq!(shop.print(&ada, ada.drafts, &body).await.status, 201);
    let said = shop.service.asked("POST /v1/jobs")[0].json();
    assert_eq!(said["model"], json!(sha256(STL)));
    body["version"] = json!("ver_0192f0c1a4b37e0c8d1f2a3b4c5d6e7f");
    let strange = shop.print(&ada, ada.drafts, &body).await.problem();
    assert_eq!(strange, (404, "FILE_VERSION_NOT_FOUND".to_owned()));
}

#[tokio::test]
async fn only_the_addresses_on_the_list_are_passed_on() {
    let shop = shop().await;
    let owner = shop.rig.seat(Role::Owner).await;
    for address in [
        "audit",
        "hold",
        "models",
        "openapi.json",
        "events",
        "bridge",
        "pairing",
        "",
        "jobs/a%2Fb",
        "jobs/..",
        "printers/x%00y",
    ] {
        let answer = shop
            .rig
            .call(&format!("GET /api/print/{address}"), &owner)
            .await;
        assert_eq!(answer.status, 404, "{address}");
    }
    assert_eq!(shop.service.count(), 0);
    shop.service
        .answers("GET /v1/jobs", 200, json!({ "jobs": [], "next": null }));
    shop.rig
        .call("GET /api/print/jobs?state=queued&limit=5", &owner)
        .await
        .ok();
    assert_eq!(
        shop.service.asked("GET /v1/jobs")[0].path,
        "/v1/jobs?state=queued&limit=5"
    );
    let project = format!("GET /api/projects/{}/print/jobs?state=queued", owner.drafts);
    shop.rig.call(&project, &owner).await.ok();
    let asked = shop.service.asked("GET /v1/jobs")[1].path.clone();
    assert_eq!(
        asked,
        format!("/v1/jobs?project={}&state=queued", owner.drafts)
    );
    let nowhere = "GET /api/projects/prj_0192f0c1a4b37e0c8d1f2a3b4c5d6e7f/print/jobs";
    let refused = shop.rig.call(nowhere, &owner).await.problem();
    assert_eq!(refused, (404, "PRINTING_PROJECT_NOT_FOUND".to_owned()));
}

#[tokio::test]
async fn the_services_own_words_are_shown_with_our_request_id() {
    let shop = shop().await;
    let owner = shop.rig.seat(Role::Owner).await;
    let printer = "prn_0192f0c1a4b37e0c8d1f2a3b4c5d6e7f";
    let there = format!("PUT /v1/printers/{printer}/bed-clearance");
    shop.service.refuses(&there, 409, "PRINTER_BUSY");
    let here = format!("PUT /api/print/printers/{printer}/bed-clearance");
    let refused = shop.rig.put(&here, &owner, &json!({})).await;
    assert_eq!(refused.json()["detail"], "It does not go.");
    assert_eq!(
        refused.json()["request_id"],
        refused.headers["x-request-id"].to_str().unwrap()
    );
    assert_eq!(refused.problem(), (409, "PRINTER_BUSY".to_owned()));
    shop.service.refuses("GET /v1/queue", 401, "NOT_SIGNED_IN");
    let mistrusted = shop
        .rig
        .call("GET /api/print/queue", &owner)
        .await
        .problem();
    assert_eq!(
        mistrusted,
        (502, "PRINTING_PROXY_ERROR".to_owned()),
        "the caller is signed in"
    );
}
