//! What the print service is told, and when.

use super::shop::{Shop, in_the_shop, stl};
use crate::rig::sha256;
use fluxprint_store::studio::errand::Lane;
use fluxprint_store::studio::flag::Switch;
use fluxprint_studio::handover;
use serde_json::{Value, json};
use std::time::Duration;

impl Shop {
    async fn deliver(&self, lane: Lane) {
        handover::turn(&self.rig.studio, lane).await.unwrap();
    }

    async fn shown(&self, file: &str) -> Value {
        let shown = self.call(&format!("GET {}/{file}", self.files())).await;
        shown.ok()
    }

    async fn check(&self, file: &str) -> Value {
        let call = format!("GET {}/{file}/check", self.files());
        self.call(&call).await.ok()
    }

    async fn switch(&self, on: bool) {
        let flag = self.rig.studio.store.flag(self.rig.org);
        let switch = Switch {
            on,
            person: self.owner.person,
            name: "Ada",
            errand: self.rig.id(),
        };
        flag.switch(switch, self.now()).await.unwrap();
    }
}

in_the_shop! {
    async fn the_bytes_of_what_can_be_printed_go_to_the_service_in_the_name_of_whoever_sent_them(shop) {
        let bytes = stl(50, 3);
        let file = shop.file("Löwe & co.stl".replace('&', "+").as_str(), &bytes).await;
        shop.file("notes.md", b"# not for the printer").await;
        assert_eq!(shop.check(&file).await["state"], "waiting");
        shop.deliver(Lane::Models).await;
        let hash = sha256(&bytes).to_string();
        {
            let models = shop.service.models.lock().unwrap();
            assert_eq!(models.len(), 1);
            assert_eq!((models[&hash].name.as_str(), &models[&hash].bytes[..]), ("Löwe + co.stl", &bytes[..]));
            let claims = shop.service.claims.lock().unwrap().clone().unwrap();
            assert_eq!((&claims["sub"], &claims["role"]), (&json!(shop.ada.person), &"editor".into()));
        }
        assert_eq!(shop.shown(&file).await["handover"], "done");
        assert_eq!(shop.check(&file).await, json!({ "state": "checking" }));
        shop.service.found(&hash, json!({
            "state": "checked", "size": { "x_mm": 1.0, "y_mm": 2.0, "z_mm": 3.0 },
            "report": { "kind": "mesh", "volume_mm3": 4.5, "triangle_count": 50 },
        }));
        let ready = json!({ "state": "ready", "size_mm": [1.0, 2.0, 3.0], "volume_mm3": 4.5, "triangles": 50 });
        assert_eq!(shop.check(&file).await, ready);
        // Nothing is told twice.
        shop.deliver(Lane::Models).await;
        assert_eq!(*shop.service.brought.lock().unwrap(), 1);
    }

    async fn bytes_that_the_service_has_are_not_sent_again(shop) {
        let bytes = stl(50, 3);
        shop.file("a.stl", &bytes).await;
        shop.deliver(Lane::Models).await;
        let file = shop.file("b.stl", &bytes).await;
        assert_eq!(shop.shown(&file).await["handover"], "done", "another name for the same bytes");
        shop.deliver(Lane::Models).await;
        assert_eq!(*shop.service.brought.lock().unwrap(), 1);
    }

    async fn while_the_service_is_away_errands_wait_longer_and_longer_and_none_is_given_up(shop) {
        let file = shop.file("a.stl", &stl(50, 3)).await;
        shop.switch(false).await;
        shop.service.refuse(Some((503, "PRINTING_SERVICE_UNAVAILABLE")));
        for _ in 0..15 {
            shop.deliver(Lane::Models).await;
            shop.deliver(Lane::Holds).await;
            shop.rig.clock.advance_s(60);
        }
        let now = shop.now();
        let errands = shop.rig.studio.store.errands(shop.rig.org);
        let tries = errands.due(Lane::Models, now).await.unwrap()[0].tries;
        assert_eq!(tries, 15);
        shop.service.refuse(None);
        shop.deliver(Lane::Models).await;
        shop.deliver(Lane::Holds).await;
        assert_eq!(shop.shown(&file).await["handover"], "done");
        assert_eq!(*shop.service.holds.lock().unwrap(), [true]);
    }

    async fn an_errand_that_failed_is_not_tried_at_once(shop) {
        shop.file("a.stl", &stl(50, 3)).await;
        shop.service.refuse(Some((500, "INTERNAL_ERROR")));
        for _ in 0..5 {
            shop.deliver(Lane::Models).await;
        }
        shop.rig.clock.advance_s(120);
        let errands = shop.rig.studio.store.errands(shop.rig.org);
        assert_eq!(errands.due(Lane::Models, shop.now()).await.unwrap()[0].tries, 1);
    }

    async fn a_model_that_the_service_will_not_take_is_told_with_its_words_and_tried_anew_when_sent_again(shop) {
        let bytes = stl(50, 3);
        let file = shop.file("a.stl", &bytes).await;
        shop.service.refuse(Some((413, "BODY_TOO_LARGE")));
        shop.deliver(Lane::Models).await;
        assert_eq!(shop.shown(&file).await["handover"], "failed");
        let check = shop.check(&file).await;
        assert_eq!((&check["state"], &check["reason"]["sentence"]), (&"refused".into(), &"The service says no.".into()));
        shop.service.refuse(None);
        shop.deliver(Lane::Models).await;
        assert_eq!(shop.shown(&file).await["handover"], "failed", "not by itself");
        shop.upload("a.stl", &bytes).await;
        shop.deliver(Lane::Models).await;
        assert_eq!(shop.shown(&file).await["handover"], "done");
    }

    async fn a_service_that_has_lost_a_model_gets_it_again(shop) {
        let file = shop.file("a.stl", &stl(50, 3)).await;
        shop.deliver(Lane::Models).await;
        shop.service.models.lock().unwrap().clear();
        assert_eq!(shop.check(&file).await["state"], "waiting");
        shop.deliver(Lane::Models).await;
        assert_eq!(shop.check(&file).await["state"], "checking");
    }

    async fn holds_are_told_in_their_order_whatever_comes_of_models(shop) {
        shop.file("a.stl", &stl(50, 3)).await;
        for on in [false, true, false] {
            shop.switch(on).await;
            shop.deliver(Lane::Holds).await;
        }
        assert_eq!(*shop.service.holds.lock().unwrap(), [true, false, true]);
        assert_eq!(*shop.service.brought.lock().unwrap(), 0);
        let claims = shop.service.claims.lock().unwrap().clone().unwrap();
        assert_eq!((&claims["sub"], &claims["role"]), (&json!(shop.owner.person), &"owner".into()));
    }

    async fn a_file_that_is_deleted_is_not_handed_over_any_more(shop) {
        let file = shop.file("a.stl", &stl(50, 3)).await;
        shop.call(&format!("DELETE {}/{file}", shop.files())).await.ok();
        shop.deliver(Lane::Models).await;
        assert_eq!(*shop.service.brought.lock().unwrap(), 0);
    }

    async fn the_loop_is_woken_by_a_file(shop) {
        let studio = shop.rig.studio.clone();
        let running = tokio::spawn(handover::run(studio));
        tokio::time::sleep(Duration::from_millis(50)).await;
        let file = shop.file("a.stl", &stl(50, 3)).await;
        let told = async {
            while shop.shown(&file).await["handover"] != "done" {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_millis(1_500), told).await.unwrap();
        shop.rig.studio.stopping.cancel();
        running.await.unwrap();
    }
}
