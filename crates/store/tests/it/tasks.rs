use crate::world::{World, on_both_engines};
use fluxprint_store::StoreError;
use fluxprint_store::limits::TASK_TRIES_MAX;
use fluxprint_store::service::task::{Failed, NewTask, TaskKind};
use std::sync::Arc;

fn new(world: &World, subject: &str) -> NewTask {
    NewTask {
        id: world.id(),
        kind: TaskKind::SliceModel,
        subject: subject.to_owned(),
        payload: "{}".to_owned(),
    }
}

on_both_engines! {
    async fn a_worker_that_outlived_its_lease_changes_nothing(world) {
        let tasks = world.store.tasks(world.org);
        tasks.enqueue(&new(&world, "a"), world.now()).await.unwrap();
        let slow = tasks.claim("slow", 30, world.now()).await.unwrap().unwrap();
        world.clock.advance_s(29);
        assert_eq!(tasks.claim("quick", 30, world.now()).await.unwrap(), None);
        tasks.extend(&slow, 30, world.now()).await.unwrap();
        world.clock.advance_s(30);
        let quick = tasks.claim("quick", 30, world.now()).await.unwrap().unwrap();
        assert_eq!(quick.id, slow.id);
        assert!(quick.fence > slow.fence);
        assert!(matches!(tasks.finish(&slow).await, Err(StoreError::Stale)));
        assert!(matches!(tasks.extend(&slow, 30, world.now()).await, Err(StoreError::Stale)));
        let failed = tasks.fail(&slow, "late", true, world.now()).await;
        assert!(matches!(failed, Err(StoreError::Stale)));
        tasks.finish(&quick).await.unwrap();
        world.clock.advance_s(60);
        assert_eq!(tasks.claim("quick", 30, world.now()).await.unwrap(), None);
        assert_eq!(tasks.prune(world.now()).await.unwrap(), 1);
    }

    async fn six_workers_share_the_tasks_and_none_is_given_out_twice(world) {
        let tasks = world.store.tasks(world.org);
        for n in 0..12 {
            tasks.enqueue(&new(&world, &n.to_string()), world.now()).await.unwrap();
        }
        let world = Arc::new(world);
        let workers: Vec<_> = (0..6)
            .map(|n| {
                let world = Arc::clone(&world);
                tokio::spawn(async move {
                    let mut got = Vec::new();
                    let tasks = world.store.tasks(world.org);
                    while let Some(task) = tasks.claim(&n.to_string(), 60, world.now()).await.unwrap() {
                        got.push(task.subject);
                    }
                    got
                })
            })
            .collect();
        let mut all = Vec::new();
        for worker in workers {
            all.extend(worker.await.unwrap());
        }
        all.sort();
        let before = all.len();
        all.dedup();
        assert_eq!((before, all.len()), (12, 12));
    }

    async fn a_task_that_is_on_its_way_is_not_made_twice(world) {
        let tasks = world.store.tasks(world.org);
        assert!(tasks.enqueue(&new(&world, "a"), world.now()).await.unwrap());
        assert!(!tasks.enqueue(&new(&world, "a"), world.now()).await.unwrap());
        let task = tasks.claim("w", 30, world.now()).await.unwrap().unwrap();
        assert!(!tasks.enqueue(&new(&world, "a"), world.now()).await.unwrap());
        tasks.finish(&task).await.unwrap();
        assert!(tasks.enqueue(&new(&world, "a"), world.now()).await.unwrap());
    }

    async fn a_task_that_fails_is_tried_again_later_and_then_laid_aside(world) {
        let tasks = world.store.tasks(world.org);
        tasks.enqueue(&new(&world, "a"), world.now()).await.unwrap();
        let mut pauses = Vec::new();
        for n in 1..=TASK_TRIES_MAX {
            let task = tasks.claim("w", 30, world.now()).await.unwrap().unwrap();
            assert_eq!((task.tries, task.is_exhausted()), (n, false));
            match tasks.fail(&task, "the slicer\0 crashed", true, world.now()).await.unwrap() {
                Failed::RetryAt(at) => {
                    let pause = at.seconds_since(world.now());
                    pauses.push(pause);
                    assert_eq!(tasks.claim("w", 30, world.now()).await.unwrap(), None);
                    world.clock.advance_s(pause.unsigned_abs());
                }
                Failed::Dead => assert_eq!(n, TASK_TRIES_MAX),
            }
        }
        assert_eq!(pauses, [2, 4, 8, 16]);
        assert_eq!(tasks.claim("w", 30, world.now()).await.unwrap(), None);
    }

    async fn a_task_whose_workers_die_is_given_out_as_exhausted_in_the_end(world) {
        let tasks = world.store.tasks(world.org);
        tasks.enqueue(&new(&world, "a"), world.now()).await.unwrap();
        for _ in 0..TASK_TRIES_MAX {
            assert!(!tasks.claim("w", 30, world.now()).await.unwrap().unwrap().is_exhausted());
            world.clock.advance_s(30);
        }
        let task = tasks.claim("w", 30, world.now()).await.unwrap().unwrap();
        assert!(task.is_exhausted());
        let failed = tasks.fail(&task, "its workers died", true, world.now()).await.unwrap();
        assert_eq!(failed, Failed::Dead);
    }
}
