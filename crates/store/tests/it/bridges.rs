use crate::world::on_both_engines;
use fluxprint_domain::colour::Colour;
use fluxprint_domain::id::{Id, OrganisationId};
use fluxprint_domain::print_choice::Material;
use fluxprint_domain::printer::{Build, Loaded, PrinterState};
use fluxprint_store::StoreError;
use fluxprint_store::service::bridge::NewBridge;
use fluxprint_store::service::printer::NewPrinter;

on_both_engines! {
    async fn a_pairing_code_gives_a_token_once_and_only_in_time(world) {
        let bridges = world.store.bridges(world.org);
        let (code, late, token) = (world.hash(), world.hash(), world.hash());
        for code_sha256 in [code, late] {
            let code_expires_at = world.now().plus_s(600);
            let new = NewBridge { id: world.id(), name: "bridge", code_sha256, code_expires_at };
            bridges.create_with_code(&new, "ada", world.now()).await.unwrap();
        }
        assert_eq!(world.store.bridge_by_token(code, world.now()).await.unwrap(), None);
        let paired = world.store.redeem_bridge_code(code, (token, None), world.now()).await.unwrap();
        assert_eq!(paired.org, world.org);
        let again = world.store.redeem_bridge_code(code, (world.hash(), None), world.now()).await;
        assert!(matches!(again, Err(StoreError::NotFound)));
        world.clock.advance_s(600);
        let too_late = world.store.redeem_bridge_code(late, (world.hash(), None), world.now()).await;
        assert!(matches!(too_late, Err(StoreError::NotFound)));

        let found = world.store.bridge_by_token(token, world.now()).await.unwrap().unwrap();
        assert_eq!(found, paired);
        let session = world.id();
        bridges.open_session(found.id, session, "0.1.0", world.now()).await.unwrap();
        bridges.revoke(found.id, "ada", world.now()).await.unwrap();
        assert_eq!(world.store.bridge_by_token(token, world.now()).await.unwrap(), None);
        let too_late = bridges.open_session(found.id, world.id(), "0.1.0", world.now()).await;
        assert!(matches!(too_late, Err(StoreError::Stale)));
        let listed = bridges.list().await.unwrap();
        assert_eq!(listed[0].version.as_deref(), Some("0.1.0"));
        assert_eq!(listed[0].revoked_at, Some(world.now()));
    }

    async fn a_bridge_is_found_by_its_token_in_whatever_organisation_it_is(world) {
        let other: OrganisationId = Id::fresh(&world.clock);
        world.store.organisations().ensure(other, "Other", world.now()).await.unwrap();
        let (code, token) = (world.hash(), world.hash());
        let code_expires_at = world.now().plus_s(600);
        let new = NewBridge { id: world.id(), name: "b", code_sha256: code, code_expires_at };
        world.store.bridges(other).create_with_code(&new, "ada", world.now()).await.unwrap();
        world.store.redeem_bridge_code(code, (token, None), world.now()).await.unwrap();
        let found = world.store.bridge_by_token(token, world.now()).await.unwrap().unwrap();
        assert_eq!(found.org, other);
        assert_eq!(world.store.bridge_by_token(world.hash(), world.now()).await.unwrap(), None);
    }

    async fn a_printer_keeps_its_id_when_its_bridge_names_it_again(world) {
        let bridge = world.bridge().await;
        let printers = world.store.printers(world.org);
        let mut build = Build::DESKTOP;
        let mut ids = Vec::new();
        for nozzle_mm in [0.4, 0.4, 0.6] {
            build.nozzle_mm = nozzle_mm;
            let new = NewPrinter {
                id: world.id(),
                bridge,
                local_name: "mk4-07",
                is_virtual: false,
                build: &build,
            };
            ids.push(printers.upsert_from_bridge(&new, world.now()).await.unwrap());
        }
        assert_eq!(ids[0], ids[1]);
        assert_eq!(ids[0], ids[2]);
        assert_eq!(printers.list().await.unwrap().len(), 1);
        assert_eq!(printers.get(ids[0]).await.unwrap().build, build);
    }

    async fn a_printer_is_written_only_when_it_does_something_else(world) {
        let printer = world.printer().await;
        let printers = world.store.printers(world.org);
        let seen = async |state: PrinterState, message: Option<&str>| {
            printers.observe(printer, state, message, world.now()).await.unwrap()
        };
        assert!(seen(PrinterState::Error, Some("Thermal runaway")).await);
        assert!(!seen(PrinterState::Error, Some("Thermal runaway")).await);
        assert!(seen(PrinterState::Error, None).await);
        assert!(seen(PrinterState::Ready, None).await);
        world.clock.advance_s(5);
        printers.contact(printer, world.now()).await.unwrap();
        let loaded = Some(Loaded { material: Material::Petg, colour: Some(Colour::Red) });
        printers.set_loaded(printer, loaded, "olu", world.now()).await.unwrap();
        let printer = printers.get(printer).await.unwrap();
        assert_eq!(printer.last_contact_at, Some(world.now()));
        assert_eq!(printer.state_at, world.now().plus_s(-5));
        assert_eq!(printer.loaded, loaded);
    }
    async fn what_a_machine_says_is_kept_whatever_it_says(world) {
        let printer = world.printer().await;
        let printers = world.store.printers(world.org);
        let hostile = format!("\0'; DROP TABLE jobs; --{}", "x".repeat(10_000));
        let seen = async || {
            let message = Some(hostile.as_str());
            printers.observe(printer, PrinterState::Error, message, world.now()).await.unwrap()
        };
        assert!(seen().await);
        assert!(!seen().await, "the same words again change nothing");
        let kept = printers.get(printer).await.unwrap().message.unwrap();
        assert!(kept.starts_with("'; DROP TABLE") && kept.len() < 1_000);
    }
}
