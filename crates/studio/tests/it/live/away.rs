//! A service that goes and comes back.

use super::{House, printer, queue};
use crate::page::serve;
use crate::played_service::PlayedService;
use crate::rig::{Engine, Rig, settings};
use fluxprint_domain::role::Role;
use fluxprint_studio::Gateway;
use serde_json::json;
use std::cell::Cell;

/// A played service behind HTTP; it can go away and come back at the same address.
struct Elsewhere {
    service: PlayedService,
    address: std::net::SocketAddr,
    stopping: tokio_util::sync::CancellationToken,
    served: tokio::task::JoinHandle<()>,
}

impl Elsewhere {
    async fn serve(service: PlayedService, address: &str) -> Self {
        let listener = tokio::net::TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let stopping = tokio_util::sync::CancellationToken::new();
        let serving = fluxprint_http::serve(listener, service.router(), stopping.clone());
        let served = tokio::spawn(serving);
        Self {
            service,
            address,
            stopping,
            served,
        }
    }

    async fn go(self) -> (PlayedService, String) {
        self.service.hangs_up();
        self.stopping.cancel();
        self.served.await.unwrap();
        (self.service, self.address.to_string())
    }
}

#[tokio::test]
async fn a_service_that_goes_is_told_and_everything_follows_when_it_is_back() {
    let played = PlayedService::new();
    played.stands(printer("ready"), queue(&[]));
    played.answers("GET /readyz", 200, json!({ "ready": true }));
    let elsewhere = Elsewhere::serve(played, "127.0.0.1:0").await;
    let base = format!("http://{}", elsewhere.address);
    let way = move |minter, clock| Gateway::outside(base.parse().unwrap(), minter, clock).unwrap();
    let rig = Rig::before(Engine::Sqlite, settings(), Box::new(way)).await;
    tokio::spawn(fluxprint_studio::live::run(rig.studio.clone()));
    let house = House {
        url: serve(&rig).await,
        service: elsewhere.service.clone(),
        rig,
    };
    let ada = house.rig.seat(Role::Owner).await;
    let (mut page, _) = house.page(&ada).await;
    let (service, address) = elsewhere.go().await;
    let away = page.event("service:changed").await;
    assert_eq!(away["up"], false);
    for call in ["GET /api/print/queue", "GET /api/print/printers"] {
        let refused = house.rig.call(call, &ada).await.problem();
        assert_eq!(
            refused,
            (503, "PRINTING_SERVICE_UNAVAILABLE".to_owned()),
            "{call}"
        );
    }
    house.rig.call("GET /api/flag", &ada).await.ok();
    let me = house.rig.call("GET /api/me", &ada).await.ok();
    assert_eq!(me["service"]["up"], false);
    let (_, snapshot) = house.page(&ada).await;
    assert_eq!(snapshot["service"]["up"], false);
    assert_eq!(
        snapshot["printers"][0]["name"], "Mk4-07",
        "as it was last seen"
    );
    assert!(snapshot["seen_at"].is_string());
    service.stands(printer("busy"), queue(&[]));
    let back = Elsewhere::serve(service, &address).await;
    // The one who looks for the service and the one who dials it may find it in either order.
    let (told, fresh) = (Cell::new(false), Cell::new(false));
    page.until(|message| {
        if message["name"] == "service:changed" {
            told.set(message["payload"]["up"] == true);
        }
        if message["type"] == "snapshot" {
            let stale = !message["seen_at"].is_null();
            fresh.set(message["printers"][0]["state"] == "busy" && !stale);
        }
        told.get() && fresh.get()
    })
    .await;
    house.rig.clock.advance_s(2);
    house.rig.call("GET /api/print/queue", &ada).await.ok();
    drop(back);
}
