//! The studio's live room before the real service: what its words mean there is what it means here.

use super::both_ways;
use super::rig::{Seam, sha256, wanted};
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method};
use fluxprint_domain::id::{FileId, JobId, ProjectId};
use fluxprint_domain::job::State;
use fluxprint_domain::role::Role;
use fluxprint_store::studio::print::Print;
use fluxprint_studio::gateway::Call;
use serde_json::Value;
use std::time::Duration;

async fn job(seam: &Seam, project: ProjectId, file: FileId) -> JobId {
    let hash = sha256(b"solid");
    let call = Call::new(Method::PUT, format!("/v1/models/{hash}?name=part.stl"));
    let call = call.file(Body::from("solid"), 5);
    let token = seam.token(Role::Editor);
    seam.gateway().send(call, &token).await.unwrap();
    let mut headers = HeaderMap::new();
    headers.insert("idempotency-key", HeaderValue::from_static("key-1"));
    let body = wanted(hash, project, &file.to_string());
    let call = Call::new(Method::POST, "/v1/jobs")
        .with_headers_of(&headers)
        .json(&body);
    let made: Value = seam
        .gateway()
        .send(call, &token)
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    made["id"].as_str().unwrap().parse().unwrap()
}

/// The file's newest print, once it stands so.
async fn print(seam: &Seam, project: ProjectId, file: FileId, state: State) -> Print {
    let prints = seam.studio.store.prints(seam.org);
    let stands = async {
        loop {
            match prints.of_file(project, file).await.unwrap() {
                Some(print) if print.state == state => return print,
                _ => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), stands)
        .await
        .unwrap()
}

both_ways! {
    async fn a_files_print_follows_its_job_though_no_page_is_open(seam) {
        let (project, file): (ProjectId, FileId) = (seam.id(), seam.id());
        let other = Print {
            job: seam.id(),
            project,
            file: seam.id(),
            state: State::Queued,
            progress_pct: None,
            place: None,
            made_at: fluxprint_sim::FakeClock::START,
            heard_at: fluxprint_sim::FakeClock::START,
            seq: 0,
        };
        seam.studio.store.prints(seam.org).hear(other).await.unwrap();
        tokio::spawn(fluxprint_studio::live::run(seam.studio.clone()));
        print(&seam, project, other.file, State::Canceled).await;
        let job = job(&seam, project, file).await;
        let heard = print(&seam, project, file, State::Preparing).await;
        assert_eq!((heard.job, heard.place), (job, Some(1)));
        let cancel = Call::new(Method::POST, format!("/v1/jobs/{job}/cancellation"));
        seam.gateway().send(cancel, &seam.token(Role::Owner)).await.unwrap();
        print(&seam, project, file, State::Canceled).await;
    }
}
