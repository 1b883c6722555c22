//! The studio's room of a world, with a few people and projects in it.

use crate::world::{Home, World};
use fluxprint_domain::Sha256;
use fluxprint_domain::id::{
    FileId, Id, JobId, Kind, OrganisationId, PersonId, ProjectId, UploadId,
};
use fluxprint_sim::postgres::Postgres;
use fluxprint_store::StudioStore;
use fluxprint_store::studio::file::Outcome;
use fluxprint_store::studio::upload::{Allowance, Begun, Complete, NewUpload, Step, Upload};

/// One test for each engine from one body, in the studio's room.
macro_rules! in_the_studio {
    ($(async fn $name:ident($world:ident) $body:block)*) => {
        $crate::world::on_both_engines! {$(
            async fn $name(world) {
                let $world = $crate::studio_world::StudioWorld::new(world).await;
                $body
            }
        )*}
    };
}
pub(crate) use in_the_studio;

pub const ROOMY: Allowance = Allowance {
    quota_bytes: 1_000_000,
    open_max: 100,
    open_bytes_max: u64::MAX,
};

pub struct StudioWorld {
    pub world: World,
    pub store: StudioStore,
    pub org: OrganisationId,
    pub ada: PersonId,
    pub project: ProjectId,
}

impl StudioWorld {
    pub async fn new(world: World) -> Self {
        let store = StudioStore::open(&world.config).await.unwrap();
        let (org, ada, project) = (world.org, world.id(), world.id());
        let now = world.now();
        store
            .ensure_organisation(org, "Workshop", "test", now)
            .await
            .unwrap();
        let this = Self {
            world,
            store,
            org,
            ada,
            project,
        };
        this.add_person(ada, "ada@example.org").await;
        this.add_project(project).await;
        this
    }

    pub async fn add_person(&self, person: PersonId, email: &str) {
        let id = self.spell(person);
        self.raw(&format!(
            "INSERT INTO people (id, email, name, password_hash, password_at, created_at)
            VALUES ({id}, '{email}', 'Ada', '', 0, 0)"
        ))
        .await;
    }

    pub async fn add_project(&self, project: ProjectId) {
        let (org, id) = (self.spell(self.org), self.spell(project));
        self.raw(&format!(
            "INSERT INTO projects (org_id, id, name, created_by, created_at)
            VALUES ({org}, {id}, 'Gripper', 'test', 0)"
        ))
        .await;
    }

    pub async fn add_member(&self, person: PersonId, role: &str) {
        let (org, person) = (self.spell(self.org), self.spell(person));
        self.raw(&format!(
            "INSERT INTO members (org_id, person_id, role, since) VALUES ({org}, {person}, '{role}', 0)"
        ))
        .await;
    }

    /// What was heard of a print.
    pub async fn add_print(&self, file: FileId, state: &str) {
        let job: JobId = self.id();
        let (org, job, project, file) = (
            self.spell(self.org),
            self.spell(job),
            self.spell(self.project),
            self.spell(file),
        );
        self.raw(&format!(
            "INSERT INTO prints (org_id, job_id, project_id, file_id, state, made_at, heard_at, seq)
            VALUES ({org}, {job}, {project}, {file}, '{state}', 0, 0, 0)"
        ))
        .await;
    }

    /// An id as the engine writes it.
    pub fn spell<K: Kind>(&self, id: Id<K>) -> String {
        match self.world.home {
            Home::Folder(_) => format!("x'{}'", id.uuid().simple()),
            Home::Database(_) => format!("'{}'::uuid", id.uuid().hyphenated()),
        }
    }

    /// Runs statements past the store, as the owner of everything.
    pub async fn raw(&self, sql: &str) {
        match &self.world.home {
            Home::Folder(dir) => {
                let file = dir.path().join("studio.db");
                let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
                let mut connection = sqlx::ConnectOptions::connect(&options).await.unwrap();
                let sql = sqlx::AssertSqlSafe(sql.to_owned());
                sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
                sqlx::Connection::close(connection).await.unwrap();
            }
            Home::Database(database) => {
                let sql = format!("SET search_path TO studio; {sql}");
                Postgres::shared()
                    .unwrap()
                    .sql(database.name(), &sql)
                    .unwrap();
            }
        }
    }

    pub fn id<K: Kind>(&self) -> Id<K> {
        self.world.id()
    }

    pub async fn begin(
        &self,
        name: &str,
        size_bytes: u64,
        allowance: Allowance,
    ) -> (UploadId, Begun) {
        let (id, now) = (self.id(), self.world.now());
        let new = NewUpload {
            id,
            project: self.project,
            person: self.ada,
            name,
            size_bytes,
            hash_state: vec![0],
            expires_at: now.plus_s(60),
        };
        let uploads = self.store.uploads(self.org);
        (id, uploads.begin(&new, allowance, now).await.unwrap())
    }

    pub async fn get(&self, id: UploadId) -> Upload {
        let uploads = self.store.uploads(self.org);
        uploads.get(id, self.ada, self.world.now()).await.unwrap()
    }

    /// An upload of which all bytes are here.
    pub async fn arrived(&self, name: &str, size_bytes: u64) -> Upload {
        let (id, begun) = self.begin(name, size_bytes, ROOMY).await;
        assert_eq!(begun, Begun::Yes);
        let step = Step {
            from_bytes: 0,
            to_bytes: size_bytes,
            hash_state: vec![1],
            expires_at: self.world.now().plus_s(60),
        };
        self.store
            .uploads(self.org)
            .advance(id, &step)
            .await
            .unwrap();
        self.get(id).await
    }

    pub async fn finish(&self, upload: &Upload, sha256: Sha256) -> (FileId, Option<Outcome>) {
        let complete = Complete {
            sha256,
            kind: "stl",
            printable: true,
            file: self.id(),
            version: self.id(),
            errand: self.id(),
        };
        let uploads = self.store.uploads(self.org);
        uploads
            .finish(upload, &complete, self.world.now())
            .await
            .unwrap()
    }

    /// A file of these bytes.
    pub async fn file(&self, name: &str, size_bytes: u64, sha256: Sha256) -> (FileId, Outcome) {
        let upload = self.arrived(name, size_bytes).await;
        let (file, outcome) = self.finish(&upload, sha256).await;
        (file, outcome.unwrap())
    }

    pub async fn stored_bytes(&self) -> u64 {
        self.store.files(self.org).stored_bytes().await.unwrap()
    }

    pub async fn names_of_events(&self) -> Vec<String> {
        let events = self.store.events_since(self.org, 0, 100).await.unwrap();
        events.into_iter().map(|event| event.name).collect()
    }
}
