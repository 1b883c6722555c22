use crate::world::on_both_engines;
use fluxprint_domain::Refusal;
use fluxprint_domain::attempt::{Event, Outcome, Phase, State};
use fluxprint_domain::job;
use fluxprint_domain::limits::{START_DEADLINE_S, TRIES_NOT_STARTED_MAX};
use fluxprint_domain::printer::PrinterState;
use fluxprint_store::StoreError;
use fluxprint_store::service::attempt::Observed;
use fluxprint_store::service::job::{Settled, Target};
use std::sync::Arc;

on_both_engines! {
    async fn six_parallel_starts_of_one_try_make_one_start(world) {
        let printer = world.printer().await;
        let attempt = world.staged(printer).await;
        world.clear(printer).await;
        let session = world.session(attempt).await;
        let world = Arc::new(world);
        let calls: Vec<_> = (0..6)
            .map(|_| {
                let world = Arc::clone(&world);
                tokio::spawn(async move { world.issue_in(session, attempt).await })
            })
            .collect();
        let mut issued = Vec::new();
        for call in calls {
            match call.await.unwrap() {
                Ok(start) => issued.push(start),
                Err(error) => assert!(matches!(error, StoreError::Refused(_)), "{error:?}"),
            }
        }
        assert_eq!(issued.len(), 1);
        assert_eq!(issued[0].not_after, world.now().plus_s(START_DEADLINE_S));
        let printer = world.store.printers(world.org).get(printer).await.unwrap();
        assert_eq!(printer.epoch, issued[0].epoch);
        assert_eq!(printer.bed, None);
        world.is_sound().await;
    }

    async fn six_parallel_matches_give_a_printer_one_copy(world) {
        let printer = world.printer().await;
        let mut copies = Vec::new();
        for _ in 0..6 {
            copies.push(world.queued_copy().await);
        }
        let world = Arc::new(world);
        let calls: Vec<_> = copies
            .into_iter()
            .map(|copy| {
                let world = Arc::clone(&world);
                tokio::spawn(async move { world.assign(copy, printer).await })
            })
            .collect();
        let mut taken = 0;
        for call in calls {
            match call.await.unwrap() {
                Ok(_) => taken += 1,
                Err(StoreError::Conflict(index)) => assert_eq!(index, "attempts_open_printer"),
                Err(error) => panic!("{error:?}"),
            }
        }
        assert_eq!(taken, 1);
        assert_eq!(world.store.jobs(world.org).waiting().await.unwrap().len(), 5);
        world.is_sound().await;
    }

    async fn a_start_needs_a_ready_printer_a_clear_bed_and_an_organisation_not_on_hold(world) {
        let printer = world.printer().await;
        let attempt = world.staged(printer).await;
        let refusal = async || match world.issue(attempt).await {
            Err(StoreError::Refused(refusal)) => refusal,
            other => panic!("{other:?}"),
        };
        assert_eq!(refusal().await, Refusal::BedNotClear);
        world.clear(printer).await;
        let hold = async |on: bool| {
            let organisations = world.store.organisations();
            organisations.set_hold(world.org, on, "ada", world.now()).await.unwrap();
        };
        hold(true).await;
        assert_eq!(refusal().await, Refusal::OrganisationOnHold);
        hold(false).await;
        let see = async |state: PrinterState| {
            let printers = world.store.printers(world.org);
            printers.observe(printer, state, None, world.now()).await.unwrap();
        };
        for (state, expected) in [
            (PrinterState::Offline, Refusal::PrinterOffline),
            (PrinterState::Unknown, Refusal::NotReconciled),
            (PrinterState::Busy, Refusal::PrinterBusy),
            (PrinterState::Paused, Refusal::PrinterBusy),
            (PrinterState::Error, Refusal::PrinterInError),
        ] {
            see(state).await;
            assert_eq!(refusal().await, expected);
        }
        see(PrinterState::Ready).await;
        world.issue(attempt).await.unwrap();
    }

    async fn a_start_that_was_never_tried_gives_its_bed_token_back_and_the_copy_waits_again(world) {
        let printer = world.printer().await;
        let attempt = world.staged(printer).await;
        let token = world.clear(printer).await;
        world.issue(attempt).await.unwrap();
        let beds = world.store.beds(world.org);
        assert_eq!(beds.current(printer, world.now()).await.unwrap(), None);
        let applied = world.seen(attempt, Phase::NothingTried).await;
        assert_eq!(applied.attempt.state, State::Ended(Outcome::NotStarted));
        assert_eq!(applied.copy.state, job::State::Queued);
        let current = beds.current(printer, world.now()).await.unwrap();
        assert_eq!(current.unwrap().id, token);
        let again = world.assign(applied.copy.id, printer).await.unwrap();
        world.seen(again, Phase::Staged).await;
        let issued = world.issue(again).await.unwrap();
        assert_eq!(issued.bed_token, token);
        world.is_sound().await;
    }

    async fn a_token_is_not_given_back_for_a_bed_that_has_changed_since(world) {
        let printer = world.printer().await;
        let attempt = world.started(printer).await;
        let printers = world.store.printers(world.org);
        printers.raise_bed_generation(printer, "moved by hand", "bridge", world.now()).await.unwrap();
        world.seen(attempt, Phase::NothingTried).await;
        let current = world.store.beds(world.org).current(printer, world.now()).await.unwrap();
        assert_eq!(current, None);
    }

    async fn an_end_raises_the_bed_generation_and_takes_the_word_for_the_bed_away(world) {
        let printers = world.store.printers(world.org);
        for (n, phase) in [Phase::Completed, Phase::Failed, Phase::Canceled].into_iter().enumerate() {
            let printer = world.printer_called(&n.to_string(), false).await;
            let attempt = world.started(printer).await;
            world.seen(attempt, Phase::Printing).await;
            let before = printers.get(printer).await.unwrap();
            let applied = world.seen(attempt, phase).await;
            let after = printers.get(printer).await.unwrap();
            assert!(after.bed_generation > before.bed_generation);
            assert!(after.epoch > before.epoch);
            assert!(!after.bed_is_clear(world.now()));
            assert_eq!(applied.attempt.ended_at, Some(world.now()));
            assert_eq!(applied.attempt.started_at, Some(world.now()));
        }
        world.is_sound().await;
    }

    async fn an_unsure_try_is_never_queued_again_and_holds_its_printer_until_a_person_settles_it(world) {
        let printer = world.printer().await;
        let attempt = world.started(printer).await;
        world.seen(attempt, Phase::Intent).await;
        let applied = world.seen(attempt, Phase::Unsure).await;
        assert_eq!(applied.copy.state, job::State::NeedsAttention);
        for phase in Phase::ALL {
            assert!(!world.seen(attempt, phase).await.changed, "{phase:?}");
        }
        assert!(!world.apply(attempt, Event::Forgotten).await.unwrap().changed);
        let jobs = world.store.jobs(world.org);
        assert_eq!(jobs.waiting().await.unwrap(), []);
        let other = world.queued_copy().await;
        assert!(matches!(world.assign(other, printer).await, Err(StoreError::Conflict(_))));
        let beds = world.store.beds(world.org);
        let person = fluxprint_domain::bed::Witness::Person;
        let cleared = beds.clear(printer, world.id(), &person, "olu", world.now()).await;
        assert!(matches!(cleared, Err(StoreError::Refused(Refusal::PrinterBusy))));

        let completed = Settled::As(Outcome::Completed);
        let copy = jobs.settle(applied.copy.id, completed, "olu", world.now()).await.unwrap();
        assert_eq!(copy.state, job::State::Completed);
        let again = jobs.settle(applied.copy.id, completed, "olu", world.now()).await;
        assert!(matches!(again, Err(StoreError::Refused(_))));
        world.clear(printer).await;
        world.assign(other, printer).await.unwrap();
        world.is_sound().await;
    }

    async fn a_person_who_has_looked_may_have_it_printed_again(world) {
        let printer = world.printer().await;
        let jobs = world.store.jobs(world.org);
        for how in [Settled::PrintAgain, Settled::As(Outcome::NotStarted)] {
            let attempt = world.started(printer).await;
            let applied = world.seen(attempt, Phase::Unsure).await;
            let copy = jobs.settle(applied.copy.id, how, "olu", world.now()).await.unwrap();
            assert_eq!(copy.state, job::State::Queued);
            let current = world.store.beds(world.org).current(printer, world.now()).await.unwrap();
            assert_eq!(current, None, "the bed has to be looked at again");
        }
        assert_eq!(jobs.waiting().await.unwrap().len(), 2);
        world.is_sound().await;
    }

    async fn a_print_that_was_never_started_by_us_is_a_matter_for_a_person(world) {
        let printer = world.printer().await;
        let attempt = world.staged(printer).await;
        let applied = world.seen(attempt, Phase::Printing).await;
        assert_eq!(applied.attempt.state, State::Unsure);
        assert_eq!(applied.copy.state, job::State::NeedsAttention);
        world.is_sound().await;
    }

    async fn a_copy_that_does_not_start_again_and_again_is_held_until_a_person_releases_it(world) {
        let printer = world.printer().await;
        let copy = world.queued_copy().await;
        for n in 1..=TRIES_NOT_STARTED_MAX {
            let attempt = world.assign(copy, printer).await.unwrap();
            let applied = world.seen(attempt, Phase::NothingTried).await;
            assert_eq!(applied.copy.not_started_count, n);
            let held = applied.copy.state == job::State::Held;
            assert_eq!(held, n == TRIES_NOT_STARTED_MAX, "{n}");
            assert_eq!(applied.copy.reason.is_some(), held);
        }
        let jobs = world.store.jobs(world.org);
        jobs.release(Target::Copy(copy), "olu", world.now()).await.unwrap();
        let attempt = world.assign(copy, printer).await.unwrap();
        let applied = world.seen(attempt, Phase::NothingTried).await;
        assert_eq!(applied.copy.state, job::State::Queued);
        world.is_sound().await;
    }

    async fn an_older_session_of_a_bridge_starts_nothing_and_proves_nothing(world) {
        let printer = world.printer().await;
        let attempt = world.staged(printer).await;
        world.clear(printer).await;
        let (older, newer) = (world.session(attempt).await, world.session(attempt).await);
        let late = world.issue_in(older, attempt).await;
        assert!(matches!(late, Err(StoreError::Refused(Refusal::StartOutdated))), "{late:?}");
        world.issue_in(newer, attempt).await.unwrap();
        let attempts = world.store.attempts(world.org);
        let read_late = Observed { heard_in: Some(older), ..Observed::default() };
        let lost = attempts
            .apply(attempt, Event::StartLost, &read_late, "bridge", world.now())
            .await;
        assert!(matches!(lost, Err(StoreError::Stale)), "{lost:?}");
        assert_eq!(attempts.get(attempt).await.unwrap().state, State::StartSent);
        world.is_sound().await;
    }

    async fn a_lost_start_is_held_when_that_is_asked_for(world) {
        let printer = world.printer().await;
        let attempt = world.started(printer).await;
        let observed = Observed { hold: true, ..Observed::default() };
        let attempts = world.store.attempts(world.org);
        let applied = attempts
            .apply(attempt, Event::StartLost, &observed, "service", world.now())
            .await
            .unwrap();
        assert_eq!(applied.copy.state, job::State::Held);
        assert!(world.store.beds(world.org).current(printer, world.now()).await.unwrap().is_some());
    }

    async fn a_copy_follows_its_try_through_pause_and_resume(world) {
        let printer = world.printer().await;
        let attempt = world.started(printer).await;
        for (phase, expected) in [
            (Phase::Intent, job::State::Assigned),
            (Phase::Starting, job::State::Printing),
            (Phase::Printing, job::State::Printing),
            (Phase::Paused, job::State::Paused),
            (Phase::Paused, job::State::Paused),
            (Phase::Printing, job::State::Printing),
            (Phase::Completed, job::State::Completed),
        ] {
            let applied = world.seen(attempt, phase).await;
            assert_eq!(applied.copy.state, expected, "{phase:?}");
        }
        let at_once = world.started(printer).await;
        let applied = world.seen(at_once, Phase::Paused).await;
        assert_eq!(applied.copy.state, job::State::Paused);
        assert!(applied.attempt.paused);
        world.is_sound().await;
    }

    async fn a_report_that_tells_nothing_new_writes_nothing(world) {
        let printer = world.printer().await;
        let attempt = world.started(printer).await;
        world.seen(attempt, Phase::Printing).await;
        let before = world.store.events(world.org).latest_seq().await.unwrap();
        let observed = Observed { completion_pct: Some(50.0), ..Observed::default() };
        let attempts = world.store.attempts(world.org);
        let printing = Event::Seen(Phase::Printing);
        let applied =
            attempts.apply(attempt, printing, &observed, "bridge", world.now()).await.unwrap();
        assert!(!applied.changed);
        assert_eq!(world.store.events(world.org).latest_seq().await.unwrap(), before);
    }

    async fn open_tries_are_found_by_printer_and_by_bridge(world) {
        let printer = world.printer().await;
        let attempt = world.staged(printer).await;
        let attempts = world.store.attempts(world.org);
        let bridge = world.store.printers(world.org).get(printer).await.unwrap().bridge;
        let other = world.bridge().await;
        assert_eq!(attempts.open_at_bridge(bridge).await.unwrap()[0].id, attempt);
        assert_eq!(attempts.open_at_bridge(other).await.unwrap(), []);
        assert_eq!(attempts.open_on_printer(printer).await.unwrap().unwrap().id, attempt);
        world.apply(attempt, Event::GiveUp).await.unwrap();
        assert_eq!(attempts.open().await.unwrap(), []);
        let job = attempts.get(attempt).await.unwrap().job;
        let (_, tries) = world.store.jobs(world.org).get(job).await.unwrap();
        assert_eq!(tries.len(), 1);
    }
}
