use crate::world::on_both_engines;
use fluxprint_store::ServiceStore;
use fluxprint_store::service::counter::{Hit, Limit};

on_both_engines! {
    async fn a_limit_is_exact_at_its_boundary_and_survives_a_restart(world) {
        let limit = Limit { subject: "ada", what: "starts", window_s: 60, max: 5 };
        let counters = world.store.counters(world.org);
        for left in (0..5).rev() {
            assert_eq!(counters.hit(limit, world.now()).await.unwrap(), Hit::Allowed { left });
            world.clock.advance_s(1);
        }
        let refused = Hit::Refused { retry_after_s: 55 };
        assert_eq!(counters.hit(limit, world.now()).await.unwrap(), refused);
        let other = Limit { subject: "olu", ..limit };
        assert_eq!(counters.hit(other, world.now()).await.unwrap(), Hit::Allowed { left: 4 });

        world.store.close().await;
        drop(world.store);
        let store = ServiceStore::open(&world.config).await.unwrap();
        let counters = store.counters(world.org);
        world.clock.advance_ms(54_999);
        let refused = Hit::Refused { retry_after_s: 1 };
        assert_eq!(counters.hit(limit, fluxprint_domain::Clock::now(&world.clock)).await.unwrap(), refused);
        world.clock.advance_ms(1);
        let allowed = counters.hit(limit, fluxprint_domain::Clock::now(&world.clock)).await.unwrap();
        assert_eq!(allowed, Hit::Allowed { left: 4 });
    }
}
