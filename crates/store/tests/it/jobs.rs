use crate::world::{LIMITS, on_both_engines};
use fluxprint_domain::attempt::Phase;
use fluxprint_domain::id::CopyId;
use fluxprint_domain::job::State;
use fluxprint_domain::{Refusal, Sha256};
use fluxprint_store::StoreError;
use fluxprint_store::service::job::{Canceled, Created, JobPage, Target};
use fluxprint_store::service::reason::Reason;
use std::sync::Arc;

on_both_engines! {
    async fn six_parallel_identical_submissions_make_one_job(world) {
        let model = world.model().await;
        let world = Arc::new(world);
        let calls: Vec<_> = (0..6)
            .map(|_| {
                let world = Arc::clone(&world);
                tokio::spawn(async move { world.create_of(model, 2, "key", Sha256([1; 32])).await })
            })
            .collect();
        let mut answers = Vec::new();
        for call in calls {
            answers.push(call.await.unwrap());
        }
        let made: Vec<_> = answers.iter().filter(|a| matches!(a, Created::Made(_))).collect();
        assert_eq!(made.len(), 1, "{answers:?}");
        let jobs = world.store.jobs(world.org).queue().await.unwrap();
        assert_eq!(jobs.len(), 1);
        assert_eq!(jobs[0].copies.len(), 2);
        let job = jobs[0].id;
        let replayed = answers.iter().filter(|a| **a == Created::Replayed(job)).count();
        assert_eq!(replayed, 5);
    }

    async fn a_key_used_for_another_call_is_refused(world) {
        let model = world.model().await;
        let first = world.create_of(model, 1, "key", Sha256([1; 32])).await;
        assert!(matches!(first, Created::Made(_)));
        assert_eq!(world.create_of(model, 1, "key", Sha256([2; 32])).await, Created::KeyReused);
        assert_eq!(world.store.jobs(world.org).queue().await.unwrap().len(), 1);
    }

    async fn the_tenth_job_of_an_hour_is_made_and_the_eleventh_waits_for_the_hour_to_end(world) {
        let model = world.model().await;
        for n in 0..LIMITS.per_hour {
            let made = world.create_of(model, 1, &n.to_string(), Sha256([1; 32])).await;
            assert!(matches!(made, Created::Made(_)), "{n}");
        }
        world.clock.advance_s(3_599);
        let eleventh = || world.create_of(model, 1, "11", Sha256([1; 32]));
        assert_eq!(eleventh().await, Created::LimitReached { retry_after_s: 1 });
        assert_eq!(world.store.jobs(world.org).queue().await.unwrap().len(), 10);
        // The call that was made before is answered, not counted.
        let again = world.create_of(model, 1, "0", Sha256([1; 32])).await;
        assert!(matches!(again, Created::Replayed(_)));
        world.clock.advance_s(1);
        assert!(matches!(eleventh().await, Created::Made(_)));
    }

    async fn a_person_has_no_more_open_jobs_than_allowed(world) {
        let model = world.model().await;
        let limits = fluxprint_store::service::job::JobLimits { per_hour: 100, open_max: 2 };
        let create = async |key: &str| {
            let copies: [CopyId; 1] = [world.id()];
            let new = crate::world::new_job(world.id(), &copies, model, key, Sha256([1; 32]));
            world.store.jobs(world.org).create(&new, limits, world.now()).await.unwrap()
        };
        let Created::Made(first) = create("1").await else { panic!("not made") };
        let first = first.id;
        assert!(matches!(create("2").await, Created::Made(_)));
        assert_eq!(create("3").await, Created::TooManyOpen);
        let target = Target::Job(first);
        world.store.jobs(world.org).cancel(target, "ada", world.now()).await.unwrap();
        assert!(matches!(create("3").await, Created::Made(_)));
    }

    async fn jobs_wait_in_the_order_they_were_made_and_are_listed_newest_first(world) {
        let mut made = Vec::new();
        for _ in 0..3 {
            made.push(world.queued_job(2).await);
            world.clock.advance_s(1);
        }
        let jobs = world.store.jobs(world.org);
        let waiting = jobs.waiting().await.unwrap();
        let order: Vec<_> = waiting.iter().map(|w| (w.job, w.number)).collect();
        let expected: Vec<_> = made.iter().flat_map(|job| [(*job, 1), (*job, 2)]).collect();
        assert_eq!(order, expected);
        assert_eq!(waiting[0].gcode_bytes, 4_096);
        assert_eq!(waiting[0].size.unwrap().z_mm, 10.0);

        let page = jobs.list(JobPage { limit: 2, ..JobPage::default() }).await.unwrap();
        assert_eq!(page.iter().map(|job| job.id).collect::<Vec<_>>(), [made[2], made[1]]);
        assert_eq!(page[0].copies.len(), 2);
        let after = Some((page[1].created_at, page[1].id));
        let rest = jobs.list(JobPage { after, limit: 2, ..JobPage::default() }).await.unwrap();
        assert_eq!(rest.iter().map(|job| job.id).collect::<Vec<_>>(), [made[0]]);
        let project = Some(world.id());
        let none = jobs.list(JobPage { project, limit: 9, ..JobPage::default() }).await.unwrap();
        assert_eq!(none, []);
    }

    async fn a_model_that_cannot_be_printed_fails_its_copies_with_the_reason(world) {
        let Created::Made(job) = world.create(2, "key").await else { panic!("not made") };
        let job = job.id;
        let jobs = world.store.jobs(world.org);
        assert_eq!(jobs.preparing().await.unwrap().len(), 1);
        let reason = Reason::from(&Refusal::TooLarge);
        jobs.cannot_prepare(job, &reason, "worker", world.now()).await.unwrap();
        let (job, _) = jobs.get(job).await.unwrap();
        assert_eq!(job.state(), State::Failed);
        assert_eq!(job.copies[1].reason.as_ref(), Some(&reason));
        assert_eq!(jobs.preparing().await.unwrap(), []);
    }

    async fn what_is_held_is_not_matched_until_it_is_released(world) {
        let copy = world.queued_copy().await;
        let printer = world.printer().await;
        let jobs = world.store.jobs(world.org);
        jobs.hold(Target::Copy(copy), None, "olu", world.now()).await.unwrap();
        assert_eq!(jobs.waiting().await.unwrap(), []);
        assert!(matches!(world.assign(copy, printer).await, Err(StoreError::Refused(_))));
        jobs.release(Target::Copy(copy), "olu", world.now()).await.unwrap();
        world.assign(copy, printer).await.unwrap();
        let held = jobs.hold(Target::Copy(copy), None, "olu", world.now()).await;
        assert!(matches!(held, Err(StoreError::Refused(Refusal::NotNow { .. }))));
        world.is_sound().await;
    }

    async fn cancelling_before_a_start_frees_the_printer_and_afterwards_asks_the_printer(world) {
        let printer = world.printer().await;
        let staged = world.staged(printer).await;
        let jobs = world.store.jobs(world.org);
        let copy = world.store.attempts(world.org).get(staged).await.unwrap().copy;
        let canceled = jobs.cancel(Target::Copy(copy), "ada", world.now()).await.unwrap();
        assert_eq!(canceled, [(copy, Canceled::Done { given_up: Some((staged, printer)) })]);
        let again = jobs.cancel(Target::Copy(copy), "ada", world.now()).await.unwrap();
        assert_eq!(again, [(copy, Canceled::AlreadyOver)]);

        let started = world.started(printer).await;
        let copy = world.store.attempts(world.org).get(started).await.unwrap().copy;
        for _ in 0..2 {
            let canceled = jobs.cancel(Target::Copy(copy), "ada", world.now()).await.unwrap();
            assert_eq!(canceled, [(copy, Canceled::AtPrinter { attempt: started, printer })]);
        }
        world.seen(started, Phase::Printing).await;
        let applied = world.seen(started, Phase::Canceled).await;
        assert_eq!(applied.copy.state, State::Canceled);
        world.is_sound().await;
    }

    async fn a_copy_that_was_cancelled_is_not_queued_again_when_its_start_was_never_tried(world) {
        let printer = world.printer().await;
        let started = world.started(printer).await;
        let copy = world.store.attempts(world.org).get(started).await.unwrap().copy;
        world.store.jobs(world.org).cancel(Target::Copy(copy), "ada", world.now()).await.unwrap();
        let applied = world.seen(started, Phase::NothingTried).await;
        assert_eq!(applied.copy.state, State::Canceled);
        world.is_sound().await;
    }
}
