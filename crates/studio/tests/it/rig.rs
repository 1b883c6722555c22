//! A studio of its own for each test, and people who are signed in.

use crate::disk::Disk;
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, request};
use fluxprint_blobs::LocalBlobs;
use fluxprint_domain::id::{Id, Kind, OrganisationId, PersonId, ProjectId, SignInId};
use fluxprint_domain::role::Role;
use fluxprint_domain::{Clock, Sha256};
use fluxprint_sim::FakeClock;
use fluxprint_sim::postgres::{Postgres, Template, TestDatabase};
use fluxprint_store::studio::person::NewPerson;
use fluxprint_store::studio::session::NewSession;
use fluxprint_store::{Config, LoginPasswords, StudioStore, migrate};
use fluxprint_studio::{Gateway, Keys, Parts, Settings, Studio};
use fluxprint_tokens::Minter;
use http_body_util::BodyExt;
use serde_json::Value;
use sha2::Digest;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tower::ServiceExt;

/// The address under which the rig's pages are.
pub const URL: &str = "https://studio.example.org";

/// The engine a test runs on.
#[derive(Clone, Copy, Debug)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// One test for each engine from one body.
macro_rules! on_both_engines {
    ($(async fn $name:ident($rig:ident) $body:block)*) => {$(
        async fn $name($rig: $crate::rig::Rig) $body

        mod $name {
            use $crate::rig::{Engine, Rig};

            #[tokio::test]
            async fn on_sqlite() {
                super::$name(Rig::on(Engine::Sqlite).await).await;
            }

            #[tokio::test]
            async fn on_postgres() {
                super::$name(Rig::on(Engine::Postgres).await).await;
            }
        }
    )*};
}
pub(crate) use on_both_engines;

pub struct Rig {
    pub studio: Arc<Studio>,
    pub router: Router,
    pub clock: Arc<FakeClock>,
    pub org: OrganisationId,
    made_of: MadeOf,
}

/// How a rig's studio reaches its print service.
type Way = Box<dyn Fn(Minter, Arc<dyn Clock>) -> Gateway + Send + Sync>;

/// What outlives the studio of a rig.
struct MadeOf {
    dir: tempfile::TempDir,
    config: Config,
    settings: Settings,
    way: Way,
    free_bytes: Arc<AtomicU64>,
    _database: Option<TestDatabase<'static>>,
}

impl MadeOf {
    async fn studio(&self, clock: &Arc<FakeClock>) -> Arc<Studio> {
        let dir = self.dir.path();
        let keys = Keys::open_or_create(&dir.join("keys"), clock.clone()).unwrap();
        let blobs = Disk {
            files: LocalBlobs::open(dir.join("files"), clock.now()).unwrap(),
            free_bytes: self.free_bytes.clone(),
        };
        Arc::new(Studio::new(Parts {
            store: StudioStore::open(&self.config).await.unwrap(),
            blobs: Arc::new(blobs),
            clock: clock.clone(),
            gateway: (self.way)(keys.minter(), clock.clone()),
            keys,
            settings: self.settings.clone(),
        }))
    }
}

/// Somebody who is signed in, in a browser of their own.
#[derive(Clone, Debug)]
pub struct Seat {
    pub person: PersonId,
    pub email: String,
    pub session: SignInId,
    /// The project for drafts.
    pub drafts: ProjectId,
    /// What the browser sends as `Cookie`.
    pub cookie: String,
    /// What its pages send as `x-csrf`.
    pub csrf: String,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap()
    }

    /// The status and code of a problem; panics for a body that is none.
    pub fn problem(&self) -> (u16, String) {
        let text = String::from_utf8_lossy(&self.bytes);
        assert_eq!(
            self.headers["content-type"], "application/problem+json",
            "{} {text}",
            self.status
        );
        let problem = self.json();
        assert_eq!(problem["status"], self.status.as_u16());
        for part in ["type", "title", "detail", "remedy", "request_id"] {
            let said = problem[part].as_str();
            assert!(said.is_some_and(|said| !said.is_empty()), "{part}");
        }
        let code = problem["code"].as_str().unwrap().to_owned();
        (self.status.as_u16(), code)
    }

    /// The body of a success.
    pub fn ok(self) -> Value {
        let text = String::from_utf8_lossy(&self.bytes);
        assert!(self.status.is_success(), "{}: {text}", self.status);
        if self.bytes.is_empty() {
            Value::Null
        } else {
            self.json()
        }
    }

    /// What a browser would send back: the cookies that the answer set.
    pub fn cookies(&self) -> String {
        let set = self.headers.get_all("set-cookie").iter();
        let pairs = set.map(|value| value.to_str().unwrap().split(';').next().unwrap());
        pairs.collect::<Vec<_>>().join("; ")
    }
}

async fn database(
    engine: Engine,
    dir: &std::path::Path,
) -> (Config, Option<TestDatabase<'static>>) {
    const PASSWORD: &str = "only-for-tests";
    if matches!(engine, Engine::Sqlite) {
        let dir = dir.join("db");
        return (Config::Sqlite { dir }, None);
    }
    let cluster = Postgres::shared().unwrap();
    let template = match cluster.template("fluxprint_studio").unwrap() {
        Template::Ready(name) => name,
        Template::Unfilled(draft) => {
            let passwords = LoginPasswords {
                studio: PASSWORD.into(),
                service: PASSWORD.into(),
            };
            migrate(&draft.url(), &passwords).await.unwrap();
            draft.finish().unwrap()
        }
    };
    let database = cluster.database("studio", Some(&template)).unwrap();
    let password = Some(PASSWORD.to_owned());
    let url = database.url();
    (Config::Postgres { url, password }, Some(database))
}

impl Rig {
    pub async fn new() -> Self {
        Self::on(Engine::Sqlite).await
    }

    pub async fn on(engine: Engine) -> Self {
        Self::with(engine, settings(), Router::new()).await
    }

    /// With these settings, before this print service.
    pub async fn with(engine: Engine, settings: Settings, service: Router) -> Self {
        let way = move |minter, clock| Gateway::inside(service.clone(), minter, clock);
        Self::before(engine, settings, Box::new(way)).await
    }

    /// With these settings, on this way to a print service.
    pub async fn before(engine: Engine, settings: Settings, way: Way) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(FakeClock::new(17));
        let (config, database) = database(engine, dir.path()).await;
        let made_of = MadeOf {
            dir,
            config,
            settings,
            way,
            free_bytes: Arc::new(AtomicU64::new(u64::MAX)),
            _database: database,
        };
        let studio = made_of.studio(&clock).await;
        let rig = Self {
            router: fluxprint_studio::router(studio.clone()),
            studio,
            org: Id::fresh(clock.as_ref()),
            clock,
            made_of,
        };
        rig.organisation(rig.org).await;
        rig
    }

    /// The studio dies, and another one begins with what it left.
    pub async fn restart(self) -> Self {
        let Self {
            studio,
            router,
            clock,
            org,
            made_of,
        } = self;
        studio.store.close().await;
        drop((studio, router));
        let studio = made_of.studio(&clock).await;
        Self {
            router: fluxprint_studio::router(studio.clone()),
            studio,
            clock,
            org,
            made_of,
        }
    }

    /// From now on the disk has so much room.
    pub fn leave_free(&self, bytes: u64) {
        self.made_of.free_bytes.store(bytes, Ordering::Relaxed);
    }

    /// The folder with all that the studio keeps.
    pub fn dir(&self) -> &std::path::Path {
        self.made_of.dir.path()
    }

    pub fn id<K: Kind>(&self) -> Id<K> {
        Id::fresh(self.clock.as_ref())
    }

    pub async fn organisation(&self, org: OrganisationId) {
        let store = &self.studio.store;
        let made = store.ensure_organisation(org, "Workshop", "test", self.clock.now());
        made.await.unwrap();
    }

    /// A new member of the rig's organisation, signed in.
    pub async fn seat(&self, role: Role) -> Seat {
        self.seat_in(self.org, role).await
    }

    /// A new member of an organisation, signed in; they have no password.
    pub async fn seat_in(&self, org: OrganisationId, role: Role) -> Seat {
        let (person, drafts): (PersonId, ProjectId) = (self.id(), self.id());
        let email = format!("{}@example.org", person.uuid().simple());
        let new = NewPerson {
            id: person,
            email: &email,
            name: "Ada",
            password_hash: "",
        };
        let (members, now) = (self.studio.store.members(org), self.clock.now());
        members.add(&new, role, drafts, "test", now).await.unwrap();
        self.sit(org, person, email, drafts).await
    }

    /// One more session of somebody.
    pub async fn sit(
        &self,
        org: OrganisationId,
        person: PersonId,
        email: String,
        drafts: ProjectId,
    ) -> Seat {
        let secret = format!("{:032x}{:032x}", self.clock.random(), self.clock.random());
        let new = NewSession {
            id: self.id(),
            secret_sha256: sha256(secret.as_bytes()),
            device: "Firefox on Linux",
        };
        let sessions = self.studio.store.sessions();
        let now = self.clock.now();
        sessions.begin(org, person, &new, now).await.unwrap();
        Seat {
            person,
            email,
            session: new.id,
            drafts,
            cookie: format!("__Host-fluxprint={secret}"),
            csrf: sha256(format!("csrf{secret}").as_bytes()).to_string(),
        }
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = answer.into_parts();
        Answer {
            status: parts.status,
            headers: parts.headers,
            bytes: body.collect().await.unwrap().to_bytes().to_vec(),
        }
    }

    /// A call from one of our pages in which nobody is signed in.
    pub fn stranger(&self, call: &str) -> request::Builder {
        let (method, path) = call.split_once(' ').unwrap();
        let request = Request::builder().method(method).uri(path);
        request.header("sec-fetch-site", "same-origin")
    }

    /// A call from one of our pages.
    pub fn request(&self, call: &str, seat: &Seat) -> request::Builder {
        let request = self.stranger(call).header("cookie", &seat.cookie);
        request.header("x-csrf", &seat.csrf)
    }

    /// A call without a body.
    pub async fn call(&self, call: &str, seat: &Seat) -> Answer {
        let request = self.request(call, seat).body(Body::empty());
        self.send(request.unwrap()).await
    }

    /// A call with a JSON body.
    pub async fn put(&self, call: &str, seat: &Seat, body: &Value) -> Answer {
        self.send(with_json(self.request(call, seat), body)).await
    }

    /// A call with a JSON body from a page in which nobody is signed in.
    pub async fn knock(&self, call: &str, body: &Value) -> Answer {
        self.send(with_json(self.stranger(call), body)).await
    }

    /// What the audit says was done, oldest first.
    pub async fn audited(&self) -> Vec<String> {
        let rows = self.studio.store.audit(self.org, 0, 500).await.unwrap();
        rows.into_iter().map(|row| row.what).collect()
    }
}

pub fn settings() -> Settings {
    Settings::at(URL.parse().unwrap())
}

pub fn with_json(request: request::Builder, body: &Value) -> Request<Body> {
    let request = request.header("content-type", "application/json");
    request.body(Body::from(body.to_string())).unwrap()
}

pub fn sha256(bytes: &[u8]) -> Sha256 {
    Sha256(sha2::Sha256::digest(bytes).into())
}
