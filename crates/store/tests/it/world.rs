//! A store of its own for each test, and the few steps most tests begin with.

use fluxprint_domain::attempt::{Event, Phase};
use fluxprint_domain::bed::Witness;
use fluxprint_domain::id::{
    AttemptId, BedTokenId, BridgeId, CopyId, Id, JobId, Kind, OrganisationId, PrinterId, SessionId,
    SliceId,
};
use fluxprint_domain::printer::{Build, PrinterState};
use fluxprint_domain::units::SizeMm;
use fluxprint_domain::{Clock, Sha256, Timestamp};
use fluxprint_sim::FakeClock;
use fluxprint_sim::postgres::{Postgres, Template, TestDatabase};
use fluxprint_store::service::attempt::{Applied, Issued, NewAttempt, Observed};
use fluxprint_store::service::bridge::NewBridge;
use fluxprint_store::service::job::{Created, JobLimits, NewJob};
use fluxprint_store::service::model::NewModel;
use fluxprint_store::service::printer::NewPrinter;
use fluxprint_store::service::slice::{SliceResult, WantedSlice};
use fluxprint_store::service::task::{NewTask, TaskKind};
use fluxprint_store::{Config, LoginPasswords, Result, ServiceStore, migrate};

/// The engine a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// What has to stay alive as long as the store.
pub enum Home {
    Folder(tempfile::TempDir),
    Database(TestDatabase<'static>),
}

pub struct World {
    pub engine: Engine,
    pub store: ServiceStore,
    pub config: Config,
    pub clock: FakeClock,
    pub org: OrganisationId,
    pub home: Home,
}

/// One test for each engine from one body.
macro_rules! on_both_engines {
    ($(async fn $name:ident($world:ident) $body:block)*) => {$(
        async fn $name($world: $crate::world::World) $body

        mod $name {
            use $crate::world::{Engine, World};

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                super::$name(World::new(Engine::Sqlite).await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgres() {
                super::$name(World::new(Engine::Postgres).await).await;
            }
        }
    )*};
}
pub(crate) use on_both_engines;

pub const PASSWORD: &str = "only-for-tests";

/// A migrated PostgreSQL database; the migrations run once in a cluster, then are copied.
pub async fn postgres() -> (Config, TestDatabase<'static>) {
    let cluster = Postgres::shared().unwrap();
    let template = match cluster.template("fluxprint_store").unwrap() {
        Template::Ready(name) => name,
        Template::Unfilled(draft) => {
            migrate(&draft.url(), &passwords()).await.unwrap();
            draft.finish().unwrap()
        }
    };
    let database = cluster.database("store", Some(&template)).unwrap();
    let config = Config::Postgres {
        url: database.url(),
        password: Some(PASSWORD.to_owned()),
    };
    (config, database)
}

pub fn passwords() -> LoginPasswords {
    LoginPasswords {
        studio: PASSWORD.to_owned(),
        service: PASSWORD.to_owned(),
    }
}

impl World {
    pub async fn new(engine: Engine) -> Self {
        let (config, home) = match engine {
            Engine::Sqlite => {
                let dir = tempfile::tempdir().unwrap();
                (
                    Config::Sqlite {
                        dir: dir.path().to_owned(),
                    },
                    Home::Folder(dir),
                )
            }
            Engine::Postgres => {
                let (config, database) = postgres().await;
                (config, Home::Database(database))
            }
        };
        let store = ServiceStore::open(&config).await.unwrap();
        let clock = FakeClock::new(7);
        let org = Id::fresh(&clock);
        store
            .organisations()
            .ensure(org, "Workshop", clock.now())
            .await
            .unwrap();
        Self {
            engine,
            store,
            config,
            clock,
            org,
            home,
        }
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn id<K: Kind>(&self) -> Id<K> {
        Id::fresh(&self.clock)
    }

    pub fn hash(&self) -> Sha256 {
        let half = self.clock.random().to_be_bytes();
        Sha256(std::array::from_fn(|i| half[i % 16] ^ i as u8))
    }

    /// Runs statements past the store, as the owner of everything.
    pub async fn raw(&self, sql: &str) {
        self.try_raw(sql).await.unwrap();
    }

    pub async fn try_raw(&self, sql: &str) -> Result<(), String> {
        match &self.home {
            Home::Folder(dir) => {
                let file = dir.path().join("service.db");
                let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
                let mut connection = sqlx::ConnectOptions::connect(&options).await.unwrap();
                let sql = sqlx::AssertSqlSafe(sql.to_owned());
                let done = sqlx::raw_sql(sql).execute(&mut connection).await;
                sqlx::Connection::close(connection).await.unwrap();
                done.map(drop).map_err(|error| error.to_string())
            }
            Home::Database(database) => {
                let sql = format!("SET search_path TO service; {sql}");
                let done = Postgres::shared().unwrap().sql(database.name(), &sql);
                done.map(drop).map_err(|error| error.to_string())
            }
        }
    }

    pub async fn bridge(&self) -> BridgeId {
        let id = self.id();
        let new = NewBridge {
            id,
            name: "Workshop bridge",
            code_sha256: self.hash(),
            code_expires_at: self.now().plus_s(600),
        };
        self.store
            .bridges(self.org)
            .create_with_code(&new, "ada", self.now())
            .await
            .unwrap();
        id
    }

    /// A printer that is ready.
    pub async fn printer_called(&self, local_name: &str, is_virtual: bool) -> PrinterId {
        let bridge = self.bridge().await;
        let new = NewPrinter {
            id: self.id(),
            bridge,
            local_name,
            is_virtual,
            build: &Build::DESKTOP,
        };
        let printers = self.store.printers(self.org);
        let id = printers.upsert_from_bridge(&new, self.now()).await.unwrap();
        printers
            .observe(id, PrinterState::Ready, None, self.now())
            .await
            .unwrap();
        id
    }

    pub async fn printer(&self) -> PrinterId {
        self.printer_called("mk4-07", false).await
    }

    /// A model that was checked.
    pub async fn model(&self) -> Sha256 {
        let sha256 = self.hash();
        let new = NewModel {
            sha256,
            size_bytes: 684,
            kind: "stl",
            name: "bracket.stl",
        };
        let task = NewTask {
            id: self.id(),
            kind: TaskKind::CheckModel,
            subject: sha256.to_string(),
            payload: "{}".to_owned(),
        };
        let models = self.store.models(self.org);
        let (_, added) = models.insert(&new, &task, "ada", self.now()).await.unwrap();
        assert!(added);
        let task = self
            .store
            .tasks(self.org)
            .claim("worker", 60, self.now())
            .await
            .unwrap();
        let size = SizeMm {
            x_mm: 20.0,
            y_mm: 20.0,
            z_mm: 10.0,
        };
        models
            .mark_checked(sha256, Some(size), "{}", &task.unwrap(), self.now())
            .await
            .unwrap();
        sha256
    }

    pub async fn slice(&self, model_sha256: Sha256) -> SliceId {
        let wanted = WantedSlice {
            id: self.id(),
            model_sha256,
            profile_hash: self.hash(),
            slicer_version: "2.5.0",
        };
        let slices = self.store.slices(self.org);
        let slice = slices.want(&wanted, None, self.now()).await.unwrap();
        slices.finish(slice.id, &gcode(), None).await.unwrap();
        slice.id
    }

    pub async fn create(&self, copies: usize, key: &str) -> Created {
        let model_sha256 = self.model().await;
        self.create_of(model_sha256, copies, key, Sha256([1; 32]))
            .await
    }

    pub async fn create_of(
        &self,
        model: Sha256,
        copies: usize,
        key: &str,
        body: Sha256,
    ) -> Created {
        let ids: Vec<CopyId> = (0..copies).map(|_| self.id()).collect();
        let new = new_job(self.id(), &ids, model, key, body);
        self.store
            .jobs(self.org)
            .create(&new, LIMITS, self.now())
            .await
            .unwrap()
    }

    /// A job whose copies wait for a printer.
    pub async fn queued_job(&self, copies: usize) -> JobId {
        let model = self.model().await;
        let key = self.hash().to_string();
        let Created::Made(job) = self.create_of(model, copies, &key, Sha256([1; 32])).await else {
            panic!("the job was not made");
        };
        let slice = self.slice(model).await;
        self.store
            .jobs(self.org)
            .prepared(job, slice, None, "worker", self.now())
            .await
            .unwrap();
        job
    }

    pub async fn queued_copy(&self) -> CopyId {
        let job = self.queued_job(1).await;
        self.store.jobs(self.org).get(job).await.unwrap().0.copies[0].id
    }

    pub async fn assign(&self, copy: CopyId, printer: PrinterId) -> Result<AttemptId> {
        let SliceResult {
            gcode_sha256,
            size_bytes,
            ..
        } = gcode();
        let new = NewAttempt {
            id: self.id(),
            copy,
            printer,
            gcode_sha256,
            gcode_bytes: size_bytes,
        };
        Ok(self
            .store
            .attempts(self.org)
            .assign(new, "dispatcher", self.now())
            .await?
            .id)
    }

    pub async fn seen(&self, attempt: AttemptId, phase: Phase) -> Applied {
        self.apply(attempt, Event::Seen(phase)).await.unwrap()
    }

    pub async fn apply(&self, attempt: AttemptId, event: Event) -> Result<Applied> {
        let attempts = self.store.attempts(self.org);
        attempts
            .apply(attempt, event, &Observed::default(), "bridge", self.now())
            .await
    }

    /// A try whose file lies in the printer's program.
    pub async fn staged(&self, printer: PrinterId) -> AttemptId {
        let copy = self.queued_copy().await;
        let attempt = self.assign(copy, printer).await.unwrap();
        let attempts = self.store.attempts(self.org);
        attempts
            .mark_staging(attempt, "dispatcher", self.now())
            .await
            .unwrap();
        self.seen(attempt, Phase::Staged).await;
        attempt
    }

    pub async fn clear(&self, printer: PrinterId) -> BedTokenId {
        let beds = self.store.beds(self.org);
        let given = beds
            .clear(printer, self.id(), &Witness::Person, "olu", self.now())
            .await;
        given.unwrap().id
    }

    pub async fn issue(&self, attempt: AttemptId) -> Result<Issued> {
        let session: SessionId = self.id();
        let attempts = self.store.attempts(self.org);
        attempts
            .issue_start(attempt, session, "dispatcher", self.now())
            .await
    }

    /// A try whose start was issued.
    pub async fn started(&self, printer: PrinterId) -> AttemptId {
        let attempt = self.staged(printer).await;
        self.clear(printer).await;
        self.issue(attempt).await.unwrap();
        attempt
    }

    /// No rule of the house is broken, and the audit chain holds.
    pub async fn is_sound(&self) {
        assert_eq!(self.store.doctor(self.org).check().await.unwrap(), []);
        let verdict = self.store.audit(self.org).verify(None).await.unwrap();
        assert!(
            matches!(verdict, fluxprint_store::AuditVerdict::Intact(Some(_))),
            "{verdict:?}"
        );
    }
}

pub const LIMITS: JobLimits = JobLimits {
    per_hour: 10,
    open_max: 50,
};

pub fn new_job<'a>(
    id: JobId,
    copies: &'a [CopyId],
    model_sha256: Sha256,
    key: &'a str,
    body_sha256: Sha256,
) -> NewJob<'a> {
    NewJob {
        id,
        copies,
        project: None,
        person: "ada",
        name: "Bracket",
        model_sha256,
        choice: "{}",
        material: None,
        printer: None,
        notes: "",
        estimate: None,
        key,
        body_sha256,
    }
}

/// The approved bytes of every slice here.
pub fn gcode() -> SliceResult {
    SliceResult {
        gcode_sha256: Sha256([9; 32]),
        size_bytes: 4_096,
        facts: "{}".to_owned(),
        nozzle_c_max: 215.0,
        bed_c_max: 60.0,
    }
}
