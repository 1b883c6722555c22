//! What open pages are told, and when they are told no more.

mod away;
mod rights;
mod silent;
mod telling;

use crate::page::{Page, serve};
use crate::played_service::PlayedService;
use crate::rig::{Engine, Rig, Seat, settings};
use fluxprint_domain::id::{FileId, JobId, PersonId, ProjectId};
use fluxprint_domain::role::Role;
use serde_json::{Value, json};

struct House {
    rig: Rig,
    service: PlayedService,
    url: String,
}

/// A studio whose live room runs, before a service that a test plays.
async fn house() -> House {
    let service = PlayedService::new();
    let rig = Rig::with(Engine::Sqlite, settings(), service.router()).await;
    tokio::spawn(fluxprint_studio::live::run(rig.studio.clone()));
    let url = serve(&rig).await;
    House { rig, service, url }
}

impl House {
    async fn page(&self, seat: &Seat) -> (Page, Value) {
        let mut page = Page::open(&self.url, seat).await;
        let mut snapshot = page.snapshot().await;
        while snapshot["queue"].is_null() {
            snapshot = page.snapshot().await;
        }
        (page, snapshot)
    }

    async fn set_role(&self, person: PersonId, role: Role) {
        let members = self.rig.studio.store.members(self.rig.org);
        let by = ("test", Role::Owner);
        let now = self.rig.studio.clock.now();
        members.set_role(person, role, by, now).await.unwrap();
    }
}

fn printer(state: &str) -> Value {
    json!([{ "id": "prn_1", "name": "Mk4-07", "state": state, "message": null, "heaters": null,
        "progress": null, "job": null,
        "allowed": ["clear_bed", "load", "emergency_stop", "heaters_off"] }])
}

fn entry(job: JobId, project: ProjectId, file: Option<FileId>, state: &str) -> Value {
    json!({ "place": 1, "job": job, "project": project, "name": "Rocket", "person": "usr_x",
        "reference": file, "other_project": false, "created_at": "2026-01-01T00:00:00Z", "state": state,
        "copies": [], "allowed": ["cancel", "start"] })
}

fn queue(entries: &[Value]) -> Value {
    json!({ "on_hold": false, "entries": entries })
}
