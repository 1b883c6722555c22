//! The order of the queue: moves, priorities, and two people at once.

use crate::world::{World, on_both_engines};
use fluxprint_domain::Refusal;
use fluxprint_domain::id::JobId;
use fluxprint_domain::queue::{OrderVersion, Priority};
use fluxprint_store::StoreError;
use fluxprint_store::service::job::{Beside, Prioritised, Reordered, Target};

async fn order(world: &World) -> Vec<JobId> {
    let queue = world.store.jobs(world.org).queue().await.unwrap();
    let places: Vec<_> = queue.iter().filter_map(|job| job.place).collect();
    assert_eq!(places, (1..=places.len() as u32).collect::<Vec<_>>());
    for job in &queue {
        let (read, _) = world.store.jobs(world.org).get(job.id).await.unwrap();
        assert_eq!(
            read.place, job.place,
            "one job has the same place as in the list"
        );
    }
    queue.into_iter().map(|job| job.id).collect()
}

async fn version(world: &World) -> OrderVersion {
    let organisation = world.store.organisations().get(world.org).await;
    organisation.unwrap().order_version
}

async fn four(world: &World) -> [JobId; 4] {
    let mut jobs = Vec::new();
    for _ in 0..4 {
        jobs.push(world.queued_job(1).await);
    }
    jobs.try_into().unwrap()
}

async fn put(world: &World, job: JobId, to: Beside) -> Reordered {
    let jobs = world.store.jobs(world.org);
    let seen = version(world).await;
    jobs.reorder(seen, job, to, "olu", world.now())
        .await
        .unwrap()
}

on_both_engines! {
    async fn a_job_is_moved_before_and_after_others_and_the_version_counts_up(world) {
        let [a, b, c, d] = four(&world).await;
        assert_eq!(order(&world).await, [a, b, c, d]);
        assert_eq!(put(&world, d, Beside::Before(a)).await, Reordered::Done(OrderVersion(1)));
        assert_eq!(order(&world).await, [d, a, b, c]);
        put(&world, d, Beside::After(b)).await;
        assert_eq!(order(&world).await, [a, b, d, c]);
        put(&world, a, Beside::After(c)).await;
        put(&world, b, Beside::Before(b)).await;
        assert_eq!(order(&world).await, [b, d, c, a]);
        assert_eq!(version(&world).await, OrderVersion(3));
        world.is_sound().await;
    }

    async fn of_two_people_who_move_at_once_the_second_is_told_and_moves_nothing(world) {
        let [a, b, c, d] = four(&world).await;
        let seen = version(&world).await;
        let (one, other) = (world.store.clone(), world.store.clone());
        let (one, other) = (one.jobs(world.org), other.jobs(world.org));
        let answers = tokio::join!(
            one.reorder(seen, d, Beside::Before(a), "olu", world.now()),
            other.reorder(seen, c, Beside::Before(a), "ada", world.now()),
        );
        let (done, told) = (Reordered::Done(OrderVersion(1)), Reordered::OtherVersion(OrderVersion(1)));
        let after = order(&world).await;
        match (answers.0.unwrap(), answers.1.unwrap()) {
            (first, second) if (first, second) == (done, told) => assert_eq!(after, [d, a, b, c]),
            (first, second) if (first, second) == (told, done) => assert_eq!(after, [c, a, b, d]),
            both => panic!("{both:?}"),
        }
    }

    async fn raised_jobs_come_first_low_ones_last_and_nobody_raises_too_many(world) {
        let [a, b, c, d] = four(&world).await;
        let jobs = world.store.jobs(world.org);
        let set = |job, to, who| jobs.prioritise(job, to, 2, who, world.now());
        assert_eq!(set(c, Priority::Raised, "olu").await.unwrap(), Prioritised::Done);
        assert_eq!(set(a, Priority::Low, "olu").await.unwrap(), Prioritised::Done);
        assert_eq!(order(&world).await, [c, b, d, a]);
        assert_eq!(set(d, Priority::Raised, "olu").await.unwrap(), Prioritised::Done);
        assert_eq!(set(b, Priority::Raised, "olu").await.unwrap(), Prioritised::TooMany);
        assert_eq!(set(d, Priority::Raised, "olu").await.unwrap(), Prioritised::Done);
        assert_eq!(set(b, Priority::Raised, "ada").await.unwrap(), Prioritised::Done);
        assert_eq!(order(&world).await, [c, d, b, a]);
        // What is over no longer counts.
        jobs.cancel(Target::Job(c), "olu", world.now()).await.unwrap();
        assert_eq!(set(a, Priority::Raised, "olu").await.unwrap(), Prioritised::Done);
        assert_eq!(order(&world).await, [d, b, a]);
        world.is_sound().await;
    }

    async fn what_does_not_wait_is_not_moved_and_priorities_are_not_mixed(world) {
        let [a, b, c, _] = four(&world).await;
        let jobs = world.store.jobs(world.org);
        jobs.prioritise(a, Priority::Raised, 2, "olu", world.now()).await.unwrap();
        jobs.cancel(Target::Job(c), "olu", world.now()).await.unwrap();
        let seen = version(&world).await;
        let (jobs, now) = (&jobs, world.now());
        let refused = async |job, to| {
            match jobs.reorder(seen, job, to, "olu", now).await {
                Err(StoreError::Refused(refusal)) => refusal,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(refused(b, Beside::Before(a)).await, Refusal::OtherPriority);
        assert_eq!(refused(b, Beside::Before(c)).await, Refusal::AlreadyEnded);
        assert_eq!(refused(c, Beside::Before(b)).await, Refusal::AlreadyEnded);
        assert_eq!(version(&world).await, seen);
    }
}
