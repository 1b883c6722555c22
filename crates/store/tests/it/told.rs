//! What is told of prints, and what can be read of their past.

use crate::world::{World, on_both_engines};
use fluxprint_domain::Refusal;
use fluxprint_domain::attempt::Phase;
use fluxprint_domain::job::State;
use fluxprint_store::service::job::Created;
use fluxprint_store::service::reason::Reason;
use serde_json::Value;

/// The events so far of this name.
async fn told(world: &World, name: &str) -> Vec<Value> {
    let events = world.store.events(world.org).since(0, 500).await.unwrap();
    let of_name = events.iter().filter(|event| event.name == name);
    of_name
        .map(|event| serde_json::from_str(&event.payload).unwrap())
        .collect()
}

on_both_engines! {
    async fn every_step_of_a_print_is_told_with_its_job_and_its_end_by_name(world) {
        let printer = world.printer().await;
        let attempt = world.started(printer).await;
        world.seen(attempt, Phase::Printing).await;
        world.seen(attempt, Phase::Completed).await;
        let steps = told(&world, "print:status-update").await;
        let statuses: Vec<_> = steps.iter().map(|step| step["status"].as_str().unwrap()).collect();
        assert_eq!(statuses, ["preparing", "queued", "assigned", "printing", "completed"]);
        let job = world.store.attempts(world.org).get(attempt).await.unwrap().job;
        for step in &steps {
            assert_eq!(step["job_id"], job.to_string());
            assert_eq!((&step["name"], &step["person"]), (&"Bracket".into(), &"ada".into()));
        }
        assert_eq!((&steps[0]["copy"], &steps[0]["place"]), (&Value::Null, &1.into()));
        assert_eq!((&steps[1]["copy"]["state"], &steps[1]["progress_pct"]), (&"queued".into(), &Value::Null));
        assert_eq!(steps[3]["copy"]["printer"], printer.to_string());
        assert_eq!(steps[3]["progress_pct"], 0.0);
        assert_eq!((&steps[4]["progress_pct"], &steps[4]["place"]), (&100.0.into(), &Value::Null));
        let done = told(&world, "print:completed").await;
        assert_eq!((done.len(), &done[0]["job_id"]), (1, &job.to_string().into()));
        assert_eq!(told(&world, "print:failed").await, Vec::<Value>::new());
        assert_eq!(told(&world, "queue:updated").await.len(), 5);
    }

    async fn a_job_that_failed_is_told_once_with_the_reason(world) {
        let Created::Made(job) = world.create(2, "key").await else { panic!("not made") };
        let job = job.id;
        let reason = Reason::from(&Refusal::TooLarge);
        let jobs = world.store.jobs(world.org);
        jobs.cannot_prepare(job, &reason, "worker", world.now()).await.unwrap();
        let failed = told(&world, "print:failed").await;
        assert_eq!(failed.len(), 1);
        assert_eq!(failed[0]["reason"]["code"], "TOO_LARGE_FOR_PRINTER");
        assert_eq!(failed[0]["reason"]["remedy"], Refusal::TooLarge.remedy());
        assert_eq!(jobs.get(job).await.unwrap().0.state(), State::Failed);
        world.is_sound().await;
    }

    async fn the_past_of_a_job_is_what_was_done_to_it_and_to_nothing_else(world) {
        let printer = world.printer().await;
        let attempt = world.started(printer).await;
        world.seen(attempt, Phase::Printing).await;
        world.seen(attempt, Phase::Paused).await;
        world.seen(attempt, Phase::Printing).await;
        world.seen(attempt, Phase::Failed).await;
        world.queued_job(1).await;
        let jobs = world.store.jobs(world.org);
        let id = world.store.attempts(world.org).get(attempt).await.unwrap().job;
        let (job, attempts) = jobs.get(id).await.unwrap();
        let deeds = jobs.deeds(&job, &attempts).await.unwrap();
        let what: Vec<_> = deeds.iter().map(|deed| deed.what.as_str()).collect();
        assert_eq!(what, [
            "job created", "job prepared", "printer assigned", "attempt moved on", "attempt moved on",
            "start issued", "attempt moved on", "attempt paused", "attempt resumed", "attempt moved on",
        ]);
        let words = jobs.bed_words(id).await.unwrap();
        assert_eq!(words.len(), 1);
        assert_eq!((words[0].attempt, words[0].printer), (attempt, printer));
    }
}
