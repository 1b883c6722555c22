//! A store of its own for each test.

mod steps;

use fluxprint_domain::id::{Id, Kind, OrganisationId};
use fluxprint_domain::{Clock, Sha256, Timestamp};
use fluxprint_sim::FakeClock;
use fluxprint_sim::postgres::{Postgres, Template, TestDatabase};
use fluxprint_store::{Config, LoginPasswords, ServiceStore, migrate};

pub use steps::{LIMITS, new_job};

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
