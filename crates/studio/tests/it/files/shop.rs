//! A studio with a project, an editor of it, and a print service that does as it is told.

use super::service::FakeService;
use crate::rig::{Answer, Engine, Rig, Seat, settings};
use fluxprint_domain::id::{Id, ProjectId};
use fluxprint_domain::role::Role;
use fluxprint_domain::{Clock, Timestamp};
use fluxprint_studio::Settings;
use std::path::Path;
use std::sync::Arc;

/// One test for each engine from one body.
macro_rules! in_the_shop {
    ($(async fn $name:ident($shop:ident) $body:block)*) => {$(
        async fn $name($shop: $crate::files::shop::Shop) $body

        mod $name {
            use $crate::files::shop::Shop;
            use $crate::rig::Engine;

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                super::$name(Shop::on(Engine::Sqlite).await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgres() {
                super::$name(Shop::on(Engine::Postgres).await).await;
            }
        }
    )*};
}
pub(crate) use in_the_shop;

pub struct Shop {
    pub rig: Rig,
    pub service: Arc<FakeService>,
    pub project: ProjectId,
    /// Whoever made the project.
    pub owner: Seat,
    /// An editor of it.
    pub ada: Seat,
}

impl Shop {
    pub async fn on(engine: Engine) -> Self {
        Self::with(engine, |_| {}).await
    }

    pub async fn with(engine: Engine, set: impl FnOnce(&mut Settings)) -> Self {
        let service = Arc::new(FakeService::default());
        let mut settings = settings();
        set(&mut settings);
        let rig = Rig::with(engine, settings, service.clone().router()).await;
        let owner = rig.seat(Role::Owner).await;
        let project = rig.id();
        let projects = rig.studio.store.projects(rig.org);
        let made = projects.create(project, "Gripper", owner.person, 9, rig.clock.now());
        made.await.unwrap();
        let ada = rig.seat(Role::Viewer).await;
        let shop = Self {
            rig,
            service,
            project,
            owner,
            ada,
        };
        shop.open_to(&shop.ada, Role::Editor).await;
        shop
    }

    pub async fn restart(self) -> Self {
        Self {
            rig: self.rig.restart().await,
            ..self
        }
    }

    pub async fn open_to(&self, seat: &Seat, role: Role) {
        let projects = self.rig.studio.store.projects(self.rig.org);
        let now = self.now();
        projects
            .open_to(self.project, seat.person, role, "test", now)
            .await
            .unwrap();
    }

    /// A member of the project in this role, who is nothing but a viewer elsewhere.
    pub async fn member(&self, role: Role) -> Seat {
        let seat = self.rig.seat(Role::Viewer).await;
        self.open_to(&seat, role).await;
        seat
    }

    /// An owner of another organisation.
    pub async fn stranger(&self) -> Seat {
        let other = Id::fresh(self.rig.clock.as_ref());
        self.rig.organisation(other).await;
        self.rig.seat_in(other, Role::Owner).await
    }

    pub fn now(&self) -> Timestamp {
        self.rig.clock.now()
    }

    /// The address of the project's files.
    pub fn files(&self) -> String {
        format!("/api/projects/{}/files", self.project)
    }

    /// A call of Ada's without a body.
    pub async fn call(&self, call: &str) -> Answer {
        self.rig.call(call, &self.ada).await
    }

    pub async fn download(&self, file: &str) -> Answer {
        self.call(&format!("GET {}/{file}/content", self.files()))
            .await
    }

    /// How many files the store holds, drafts among them.
    pub fn stored_files(&self) -> usize {
        files_below(&self.rig.dir().join("files"))
    }
}

/// A part of an answer's head; nothing for one that is not there.
pub fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
    let value = answer.headers.get(name);
    value.map_or("", |value| value.to_str().unwrap())
}

/// What a problem says.
pub fn sentence(answer: &Answer) -> String {
    answer.json()["detail"].as_str().unwrap().to_owned()
}

/// A binary STL of so many triangles; `seed` makes it another one.
pub fn stl(triangles: usize, seed: u8) -> Vec<u8> {
    let mut bytes = vec![seed; 80];
    bytes.extend(u32::try_from(triangles).unwrap().to_le_bytes());
    bytes.extend((0..50 * triangles).map(|i| (i as u8).wrapping_mul(seed)));
    bytes
}

fn files_below(dir: &Path) -> usize {
    std::fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| if path.is_dir() { files_below(&path) } else { 1 })
        .sum()
}
