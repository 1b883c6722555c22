//! A real service with a database of its own, and the gateway before it.

use axum::Router;
use fluxprint_blobs::LocalBlobs;
use fluxprint_domain::id::{Id, Kind, OrganisationId, PersonId, ProjectId};
use fluxprint_domain::role::Role;
use fluxprint_domain::{Clock, Sha256};
use fluxprint_service::http::door::Trust;
use fluxprint_service::{Parts, Service, Settings, http, publisher};
use fluxprint_sim::FakeClock;
use fluxprint_slicer::{SliceError, SliceRequest, Sliced, Slicer};
use fluxprint_store::{Config, ServiceStore, StudioStore};
use fluxprint_studio::{Gateway, Keys, Studio};
use fluxprint_tokens::{AUDIENCE, Grant, ISSUER, Projects, Subject, Verifier};
use serde_json::{Value, json};
use sha2::Digest;
use std::sync::Arc;
use tokio::net::TcpListener;

/// The two ways of the gateway.
#[derive(Clone, Copy, Debug)]
pub enum Way {
    /// The service's router in this process.
    Inside,
    /// The service behind HTTP.
    OverHttp,
}

/// Both sides of the seam.
pub struct Seam {
    pub service: Arc<Service>,
    pub studio: Arc<Studio>,
    pub clock: Arc<FakeClock>,
    pub org: OrganisationId,
    _dir: tempfile::TempDir,
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

impl Seam {
    pub async fn by(way: Way) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(FakeClock::new(23));
        let keys = Keys::open_or_create(&dir.path().join("keys"), clock.clone()).unwrap();
        let verifier = Verifier::new(ISSUER, AUDIENCE).with_jwks(&keys.jwks());
        let blobs = LocalBlobs::open(dir.path().join("blobs"), clock.now()).unwrap();
        let config = Config::Sqlite {
            dir: dir.path().join("db"),
        };
        let service = Arc::new(Service::new(Parts {
            store: ServiceStore::open(&config).await.unwrap(),
            blobs: Arc::new(blobs),
            slicer: Arc::new(NoSlicer),
            clock: clock.clone(),
            trust: Trust::fixed(verifier),
            settings: Settings::default(),
            work_root: dir.path().to_owned(),
        }));
        tokio::spawn(publisher::run(service.clone()));
        let router = http::router(service.clone(), Router::new());
        let (minter, time) = (keys.minter(), clock.clone());
        let gateway = match way {
            Way::Inside => Gateway::inside(router, minter, time),
            Way::OverHttp => {
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                let base = format!("http://{}", listener.local_addr().unwrap());
                let stopping = service.stopping.clone();
                tokio::spawn(fluxprint_http::serve(listener, router, stopping));
                Gateway::outside(base.parse().unwrap(), minter, time).unwrap()
            }
        };
        let files = LocalBlobs::open(dir.path().join("files"), clock.now()).unwrap();
        let studio = Arc::new(Studio::new(fluxprint_studio::Parts {
            store: StudioStore::open(&config).await.unwrap(),
            blobs: Arc::new(files),
            clock: clock.clone(),
            keys,
            gateway,
            settings: fluxprint_studio::Settings::at("http://localhost:8080".parse().unwrap()),
        }));
        let org = Id::fresh(clock.as_ref());
        let made = studio
            .store
            .ensure_organisation(org, "Workshop", "test", clock.now());
        made.await.unwrap();
        Self {
            service,
            studio,
            clock,
            org,
            _dir: dir,
        }
    }

    pub fn id<K: Kind>(&self) -> Id<K> {
        Id::fresh(self.clock.as_ref())
    }

    /// What a role says that sees all projects, always the same person for the same role.
    pub fn grant(&self, role: Role) -> Grant {
        let person = PersonId::new(FakeClock::START, role as u128 + 1);
        Grant {
            sub: Subject::Person(person),
            org: self.org,
            role,
            projects: Projects::All,
        }
    }

    pub fn token(&self, role: Role) -> Arc<str> {
        self.gateway().token(&self.grant(role)).unwrap()
    }

    /// An editor who sees only this project.
    pub fn only(&self, project: ProjectId) -> Arc<str> {
        let mut grant = self.grant(Role::Editor);
        grant.projects = Projects::Some([(project, Role::Editor)].into());
        self.gateway().token(&grant).unwrap()
    }

    pub fn gateway(&self) -> &Gateway {
        &self.studio.gateway
    }
}

pub fn sha256(bytes: &[u8]) -> Sha256 {
    Sha256(sha2::Sha256::digest(bytes).into())
}

/// The body that makes a job of `model` in `project`.
pub fn wanted(model: Sha256, project: ProjectId, reference: &str) -> Value {
    json!({
        "model": model, "name": "Bracket", "material": "PLA", "quality": "standard", "copies": 1,
        "supports": false, "infill_pct": 20, "notes": "", "printer": null, "project": project,
        "reference": reference,
    })
}
