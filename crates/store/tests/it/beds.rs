use crate::world::on_both_engines;
use fluxprint_domain::Refusal;
use fluxprint_domain::attempt::Phase;
use fluxprint_domain::bed::Witness;
use fluxprint_domain::limits::BED_TOKEN_S;
use fluxprint_domain::printer::{Build, PrinterState};
use fluxprint_store::StoreError;
use fluxprint_store::service::printer::NewPrinter;

on_both_engines! {
    async fn a_word_for_a_bed_is_used_up_by_one_start(world) {
        let printer = world.printer().await;
        let first = world.started(printer).await;
        world.seen(first, Phase::Completed).await;
        let second = world.staged(printer).await;
        let refused = world.issue(second).await;
        assert!(matches!(refused, Err(StoreError::Refused(Refusal::BedNotClear))), "{refused:?}");
    }

    async fn a_word_for_a_bed_expires(world) {
        let printer = world.printer().await;
        let attempt = world.staged(printer).await;
        world.clear(printer).await;
        world.clock.advance_s(BED_TOKEN_S.unsigned_abs());
        assert!(world.issue(attempt).await.is_err());
        // Nobody has heard of the printer for half a day: no word about its bed is taken.
        let beds = world.store.beds(world.org);
        let unseen = beds.clear(printer, world.id(), &Witness::Person, "olu", world.now()).await;
        assert!(matches!(unseen, Err(StoreError::Refused(Refusal::PrinterOffline))));
        let printers = world.store.printers(world.org);
        printers.contact(printer, world.now()).await.unwrap();
        let again = world.clear(printer).await;
        assert_eq!(world.issue(attempt).await.unwrap().bed_token, again);
    }

    async fn activity_that_is_not_ours_takes_the_word_for_the_bed_away(world) {
        let printer = world.printer().await;
        let attempt = world.staged(printer).await;
        world.clear(printer).await;
        let printers = world.store.printers(world.org);
        printers.raise_bed_generation(printer, "printed from its own screen", "bridge", world.now())
            .await
            .unwrap();
        assert!(world.issue(attempt).await.is_err());
    }

    async fn said_twice_is_one_word(world) {
        let printer = world.printer().await;
        let first = world.clear(printer).await;
        world.clock.advance_s(60);
        let second = world.clear(printer).await;
        assert_eq!(first, second);
        let current = world.store.beds(world.org).current(printer, world.now()).await.unwrap();
        assert_eq!(current.unwrap().given_at, world.now());
    }

    async fn a_bed_cannot_be_cleared_while_the_machine_may_move(world) {
        let printer = world.printer().await;
        let busy = async || {
            let beds = world.store.beds(world.org);
            let given = beds.clear(printer, world.id(), &Witness::Person, "olu", world.now()).await;
            matches!(given, Err(StoreError::Refused(Refusal::PrinterBusy)))
        };
        let printers = world.store.printers(world.org);
        for state in [PrinterState::Busy, PrinterState::Paused] {
            printers.observe(printer, state, None, world.now()).await.unwrap();
            assert!(busy().await);
        }
        printers.observe(printer, PrinterState::Ready, None, world.now()).await.unwrap();
        world.started(printer).await;
        assert!(busy().await);
    }

    async fn a_rule_speaks_only_for_printers_that_were_registered_as_virtual(world) {
        let rule = Witness::Rule("xtask-once".into());
        let beds = world.store.beds(world.org);
        let real = world.printer_called("real", false).await;
        let printers = world.store.printers(world.org);
        let known = printers.get(real).await.unwrap();
        // Its bridge cannot make a real one virtual afterwards.
        let new = NewPrinter {
            id: world.id(),
            bridge: known.bridge,
            local_name: "real",
            is_virtual: true,
            build: &Build::DESKTOP,
        };
        assert_eq!(printers.upsert_from_bridge(&new, world.now()).await.unwrap(), real);
        let given = beds.clear(real, world.id(), &rule, "rule:xtask-once", world.now()).await;
        let refused = Refusal::RuleOnlyForVirtualPrinters;
        assert!(matches!(given, Err(StoreError::Refused(r)) if r == refused));
        let simulated = world.printer_called("simulated", true).await;
        beds.clear(simulated, world.id(), &rule, "rule:xtask-once", world.now()).await.unwrap();
    }
    async fn a_raised_epoch_outdates_starts_and_leaves_the_word_for_the_bed(world) {
        let printer = world.printer().await;
        let token = world.clear(printer).await;
        let printers = world.store.printers(world.org);
        let before = printers.get(printer).await.unwrap().epoch;
        let after = printers.raise_epoch(printer, "bridge", world.now()).await.unwrap();
        assert!(after > before);
        let current = world.store.beds(world.org).current(printer, world.now()).await.unwrap();
        assert_eq!(current.unwrap().id, token);
    }
}
