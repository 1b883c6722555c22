//! Alerts: one is open for each kind and thing, and it closes when what it says is over.

use crate::world::{World, on_both_engines};
use fluxprint_domain::alert::{Alarm, AlertKind};
use fluxprint_domain::id::{Id, OrganisationId};
use fluxprint_store::StoreError;
use fluxprint_store::service::alert::{AlertPage, Cause};

const HOT: AlertKind = AlertKind::Alarm(Alarm::HeaterLeftOn);

async fn all(world: &World) -> Vec<fluxprint_store::service::alert::Alert> {
    let page = AlertPage {
        closed: true,
        after: None,
        limit: 100,
    };
    world.store.alerts(world.org).list(page).await.unwrap()
}

async fn told(world: &World) -> usize {
    let events = world.store.events(world.org).since(0, 500).await.unwrap();
    events.iter().filter(|event| event.name == "alert").count()
}

on_both_engines! {
    async fn an_alert_stands_once_for_as_long_as_it_is_true(world) {
        let printer = world.printer().await;
        let alerts = world.store.alerts(world.org);
        let hot = Cause::printer(HOT, printer, Some("200 °C\u{0}".to_owned()));
        assert!(alerts.raise(world.id(), &hot, world.now()).await.unwrap());
        assert!(!alerts.raise(world.id(), &hot, world.now()).await.unwrap(), "it is open");
        let open = alerts.open().await.unwrap();
        assert_eq!((open.len(), open[0].cause.printer), (1, Some(printer)));
        let ours = |alert: &fluxprint_store::service::alert::Alert| alert.cause.kind == HOT;
        let stand = async |causes: &[Cause]| {
            alerts.stand(ours, causes, || world.id(), world.now()).await.unwrap()
        };
        assert!(!stand(std::slice::from_ref(&hot)).await, "nothing has changed");
        world.clock.advance_s(5);
        assert!(stand(&[]).await);
        assert_eq!(alerts.open().await.unwrap(), []);
        assert_eq!(all(&world).await[0].closed_at, Some(world.now()));
        assert!(stand(std::slice::from_ref(&hot)).await, "again, as a new one");
        assert_eq!((all(&world).await.len(), told(&world).await), (2, 3));
        let only_open = AlertPage { closed: false, after: None, limit: 100 };
        assert_eq!(alerts.list(only_open).await.unwrap().len(), 1);
        world.is_sound().await;
    }

    async fn whoever_has_seen_an_alert_is_written_down_and_what_never_ends_is_over_with_it(world) {
        let bridge = world.bridge().await;
        let alerts = world.store.alerts(world.org);
        let twice = Cause::bridge(AlertKind::BridgeTakenOver, bridge);
        let silent = Cause::bridge(AlertKind::BridgeSilent, bridge);
        for cause in [&twice, &silent] {
            alerts.raise(world.id(), cause, world.now()).await.unwrap();
        }
        for alert in alerts.open().await.unwrap() {
            let seen = alerts.acknowledge(alert.id, "ada", world.now()).await.unwrap();
            assert_eq!(seen.acknowledged, Some(("ada".to_owned(), world.now())));
            let again = alerts.acknowledge(alert.id, "eve", world.now()).await.unwrap();
            assert_eq!(again, seen, "the first counts");
        }
        let open = alerts.open().await.unwrap();
        assert_eq!((open.len(), &open[0].cause), (1, &silent));
        let none = alerts.acknowledge(world.id(), "ada", world.now()).await;
        assert!(matches!(none, Err(StoreError::NotFound)));
        world.is_sound().await;
    }

    async fn alerts_are_read_page_by_page_newest_first_and_the_old_ones_go(world) {
        let alerts = world.store.alerts(world.org);
        for copy in 0..5 {
            world.clock.advance_s(1);
            let cause = Cause::about(AlertKind::NeedsAttention, copy);
            alerts.raise(world.id(), &cause, world.now()).await.unwrap();
        }
        let mut seen = Vec::new();
        let mut after = None;
        loop {
            let page = alerts.list(AlertPage { closed: true, after, limit: 2 }).await.unwrap();
            let Some(last) = page.last() else { break };
            after = Some((last.raised_at, last.id));
            seen.extend(page.into_iter().map(|alert| alert.cause.subject));
        }
        assert_eq!(seen, ["4", "3", "2", "1", "0"]);
        alerts.stand(|_| true, &[], || world.id(), world.now()).await.unwrap();
        assert_eq!(alerts.prune(world.now()).await.unwrap(), 0);
        assert_eq!(alerts.prune(world.now().plus_s(1)).await.unwrap(), 5);
    }

    async fn another_organisations_alerts_are_not_there(world) {
        let other: OrganisationId = Id::fresh(&world.clock);
        world.store.organisations().ensure(other, "Other", world.now()).await.unwrap();
        let cause = Cause::about(AlertKind::AuditBroken, "");
        world.store.alerts(other).raise(world.id(), &cause, world.now()).await.unwrap();
        let theirs = world.store.alerts(other).open().await.unwrap();
        let alerts = world.store.alerts(world.org);
        assert_eq!(alerts.open().await.unwrap(), []);
        let seen = alerts.acknowledge(theirs[0].id, "eve", world.now()).await;
        assert!(matches!(seen, Err(StoreError::NotFound)));
    }
}
