//! A service of its own for each test, and the few steps most tests begin with.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, request};
use fluxprint_blobs::{Blobs, LocalBlobs};
use fluxprint_domain::id::{
    BridgeId, Id, JobId, Kind, OrganisationId, PersonId, PrinterId, SessionId,
};
use fluxprint_domain::printer::{Build, PrinterState};
use fluxprint_domain::role::Role;
use fluxprint_domain::units::SizeMm;
use fluxprint_domain::{Clock, Sha256};
use fluxprint_link::{Command, SafeAnswer};
use fluxprint_service::http::door::Trust;
use fluxprint_service::http::{self, health};
use fluxprint_service::hub::Entrance;
use fluxprint_service::report::{MeshReport, ModelReport};
use fluxprint_service::{Parts, Service, Settings};
use fluxprint_sim::FakeClock;
use fluxprint_sim::postgres::{Postgres, Template, TestDatabase};
use fluxprint_slicer::{SliceError, SliceRequest, Sliced, Slicer};
use fluxprint_store::service::printer::NewPrinter;
use fluxprint_store::{Config, LoginPasswords, ServiceStore, migrate};
use fluxprint_tokens::{
    AUDIENCE, Grant, ISSUER, Jwks, Minter, Projects, SigningKey, Subject, Verifier,
};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use sha2::Digest;
use std::sync::Arc;
use tokio::sync::mpsc;
use tower::ServiceExt;

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
    pub service: Arc<Service>,
    pub router: Router,
    pub clock: Arc<FakeClock>,
    pub minter: Minter,
    pub org: OrganisationId,
    _dir: tempfile::TempDir,
    _database: Option<TestDatabase<'static>>,
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

    /// The code of a problem; panics for a body that is none.
    pub fn code(&self) -> String {
        assert_eq!(self.headers["content-type"], "application/problem+json");
        let problem = self.json();
        assert_eq!(problem["status"], self.status.as_u16());
        for part in ["type", "title", "detail", "remedy", "request_id"] {
            assert!(
                problem[part].as_str().is_some_and(|s| !s.is_empty()),
                "{part}"
            );
        }
        problem["code"].as_str().unwrap().to_owned()
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
}

struct NoSlicer;

#[async_trait::async_trait]
impl Slicer for NoSlicer {
    fn version(&self) -> &str {
        "none"
    }

    async fn slice(&self, _: SliceRequest<'_>) -> Result<Sliced, SliceError> {
        panic!("nothing is sliced here")
    }
}

async fn database(
    engine: Engine,
    dir: &std::path::Path,
) -> (Config, Option<TestDatabase<'static>>) {
    const PASSWORD: &str = "only-for-tests";
    match engine {
        Engine::Sqlite => (
            Config::Sqlite {
                dir: dir.join("db"),
            },
            None,
        ),
        Engine::Postgres => {
            let cluster = Postgres::shared().unwrap();
            let template = match cluster.template("fluxprint_service").unwrap() {
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
            let database = cluster.database("service", Some(&template)).unwrap();
            let password = Some(PASSWORD.to_owned());
            (
                Config::Postgres {
                    url: database.url(),
                    password,
                },
                Some(database),
            )
        }
    }
}

impl Rig {
    pub async fn new() -> Self {
        Self::on(Engine::Sqlite).await
    }

    pub async fn on(engine: Engine) -> Self {
        Self::with(engine, Settings::default(), None).await
    }

    pub async fn with(engine: Engine, settings: Settings, blobs: Option<Arc<dyn Blobs>>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(FakeClock::new(11));
        let (config, database) = database(engine, dir.path()).await;
        let local = LocalBlobs::open(dir.path().join("blobs"), clock.now()).unwrap();
        let key = SigningKey::generate().unwrap();
        let published = Jwks {
            keys: vec![key.public()],
        };
        let service = Arc::new(Service::new(Parts {
            store: ServiceStore::open(&config).await.unwrap(),
            blobs: blobs.unwrap_or_else(|| Arc::new(local)),
            slicer: Arc::new(NoSlicer),
            clock: clock.clone(),
            trust: Trust::fixed(Verifier::new(ISSUER, AUDIENCE).with_jwks(&published)),
            settings,
            work_root: dir.path().to_owned(),
        }));
        Self {
            router: http::router(service.clone(), axum::Router::new()),
            service,
            minter: Minter::ed25519(ISSUER, AUDIENCE, &key),
            org: Id::fresh(clock.as_ref()),
            clock,
            _dir: dir,
            _database: database,
        }
    }

    pub fn id<K: Kind>(&self) -> Id<K> {
        Id::fresh(self.clock.as_ref())
    }

    /// What a role of the rig's organisation says, always the same person for the same role.
    pub fn grant(&self, role: Role) -> Grant {
        let person = PersonId::new(FakeClock::START, role as u128 + 1);
        let sub = Subject::Person(person);
        Grant {
            sub,
            org: self.org,
            role,
            projects: Projects::All,
        }
    }

    pub fn mint(&self, grant: &Grant) -> String {
        self.minter.mint(grant, 120, self.clock.as_ref()).unwrap()
    }

    pub fn token(&self, role: Role) -> String {
        self.mint(&self.grant(role))
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = answer.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes().to_vec();
        Answer {
            status: parts.status,
            headers: parts.headers,
            bytes,
        }
    }

    pub fn request(&self, call: &str, token: &str) -> request::Builder {
        let (method, path) = call.split_once(' ').unwrap();
        let request = Request::builder().method(method).uri(path);
        match token {
            "" => request,
            token => request.header("authorization", format!("Bearer {token}")),
        }
    }

    /// A call without a body.
    pub async fn call(&self, call: &str, token: &str) -> Answer {
        self.send(self.request(call, token).body(Body::empty()).unwrap())
            .await
    }

    /// A call as a role of the rig's organisation.
    pub async fn by(&self, role: Role, call: &str) -> Answer {
        self.call(call, &self.token(role)).await
    }

    pub async fn post(&self, call: &str, token: &str, body: &Value) -> Answer {
        let request = self
            .request(call, token)
            .header("content-type", "application/json");
        self.send(request.body(Body::from(body.to_string())).unwrap())
            .await
    }

    /// A paired bridge and its token.
    pub async fn bridge(&self) -> (BridgeId, String) {
        let owner = self.token(Role::Owner);
        let name = json!({ "name": "Workshop" });
        let added = self.post("POST /v1/bridges", &owner, &name).await.ok();
        let code = json!({ "code": added["code"] });
        let paired = self.post("POST /v1/pairing", "", &code).await.ok();
        let id = added["id"].as_str().unwrap().parse().unwrap();
        (id, paired["token"].as_str().unwrap().to_owned())
    }

    /// A printer of `bridge` that is ready.
    pub async fn printer_at(&self, bridge: BridgeId, is_virtual: bool) -> PrinterId {
        let build = &Build::DESKTOP;
        let new = NewPrinter {
            id: self.id(),
            bridge,
            local_name: "mk4-07",
            is_virtual,
            build,
        };
        let printers = self.service.store.printers(self.org);
        let now = self.clock.now();
        let printer = printers.upsert_from_bridge(&new, now).await.unwrap();
        printers
            .observe(printer, PrinterState::Ready, None, now)
            .await
            .unwrap();
        printer
    }

    /// A printer that is ready, with its bridge.
    pub async fn printer(&self, is_virtual: bool) -> (BridgeId, PrinterId) {
        let (bridge, _) = self.bridge().await;
        (bridge, self.printer_at(bridge, is_virtual).await)
    }

    /// Connects a bridge and reconciles it.
    pub fn connect(&self, bridge: BridgeId, printer: PrinterId) -> Entrance {
        let session: SessionId = self.id();
        let entrance = self.service.hub.enter(self.org, bridge, session, [printer]);
        self.service.hub.reconciled(bridge, session);
        entrance
    }

    /// Changes a row of the record, as only somebody with the database in hand can.
    pub async fn break_audit(&self) {
        use sqlx::{ConnectOptions, Executor};
        let file = self._dir.path().join("db/service.db");
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
        let mut database = options.connect().await.unwrap();
        let sql = "DROP TRIGGER IF EXISTS audit_stays; DROP TRIGGER IF EXISTS audit_remains;
            UPDATE audit SET who = 'nobody' WHERE seq = 1";
        database.execute(sqlx::raw_sql(sql)).await.unwrap();
    }

    /// Connects a bridge that answers every command with this, and gives on what it was told.
    pub fn answering(
        &self,
        bridge: BridgeId,
        printer: PrinterId,
        answer: SafeAnswer,
    ) -> mpsc::UnboundedReceiver<Command> {
        let mut entrance = self.connect(bridge, printer);
        let (told, hears) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            loop {
                let said = tokio::select! {
                    said = entrance.urgent.recv() => said,
                    said = entrance.commands.recv() => said,
                };
                let Some(said) = said else { return };
                let _ = told.send(said.command);
                if let Some(waits) = said.answer {
                    let _ = waits.send(answer.clone());
                }
            }
        });
        hears
    }

    pub async fn upload(&self, name: &str, bytes: &[u8], token: &str) -> Answer {
        let call = format!("PUT /v1/models/{}?name={name}", sha256(bytes));
        let request = self
            .request(&call, token)
            .header("content-length", bytes.len());
        self.send(request.body(Body::from(bytes.to_vec())).unwrap())
            .await
    }

    /// A model that was checked, as the worker would.
    pub async fn model(&self, seed: u8) -> Sha256 {
        let bytes = [seed; 100];
        let token = self.token(Role::Editor);
        self.upload("bracket.stl", &bytes, &token).await.ok();
        let now = self.clock.now();
        let task = self
            .service
            .store
            .tasks(self.org)
            .claim("test", 60, now)
            .await
            .unwrap();
        let size = SizeMm {
            x_mm: 20.0,
            y_mm: 20.0,
            z_mm: 10.0,
        };
        let report = ModelReport::Mesh(MeshReport {
            size,
            volume_mm3: 4_000.0,
            area_mm2: 1_600.0,
            triangle_count: 12,
            shells: 1,
            canonical_sha256: sha256(&bytes),
            canonical_size_bytes: 100,
        });
        let report = serde_json::to_string(&report).unwrap();
        let models = self.service.store.models(self.org);
        let hash = sha256(&bytes);
        models
            .mark_checked(hash, Some(size), &report, &task.unwrap(), now)
            .await
            .unwrap();
        hash
    }

    /// The call that makes a job.
    pub async fn submit(&self, token: &str, key: &str, body: &Value) -> Answer {
        let request = self
            .request("POST /v1/jobs", token)
            .header("content-type", "application/json")
            .header("idempotency-key", key);
        self.send(request.body(Body::from(body.to_string())).unwrap())
            .await
    }

    /// A job of `token`'s caller.
    pub async fn job(&self, token: &str, body: &Value) -> JobId {
        let key = format!("key-{:x}", self.clock.random());
        let job = self.submit(token, &key, body).await.ok();
        job["id"].as_str().unwrap().parse().unwrap()
    }

    pub async fn ops(&self, path: &str) -> Answer {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let router = health::probes(self.service.clone());
        let router = router.merge(health::metrics(self.service.clone()));
        let answer = router.oneshot(request).await.unwrap();
        let (parts, body) = answer.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes().to_vec();
        Answer {
            status: parts.status,
            headers: parts.headers,
            bytes,
        }
    }
}

pub fn sha256(bytes: &[u8]) -> Sha256 {
    Sha256(sha2::Sha256::digest(bytes).into())
}

/// The body that makes a job of `model`.
pub fn wanted(model: Sha256) -> Value {
    json!({
        "model": model, "name": "Bracket", "material": "PLA", "quality": "standard", "copies": 2,
        "supports": false, "infill_pct": 20, "notes": "for the fair",
    })
}
