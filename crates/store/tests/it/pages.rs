//! Pages of jobs: filtered where the rows are, so that a page is full or the last one.

use crate::world::{LIMITS, World, new_job, on_both_engines};
use fluxprint_domain::Sha256;
use fluxprint_domain::id::{CopyId, JobId, ProjectId};
use fluxprint_domain::job::State;
use fluxprint_store::service::job::{Created, JobLimits, JobPage, Target};

const MANY: JobLimits = JobLimits {
    per_hour: 100,
    open_max: 100,
};

/// A job of one copy, one second after the one before.
async fn made(world: &World, project: Option<ProjectId>, reference: Option<&str>) -> JobId {
    world.clock.advance_s(1);
    let copies: [CopyId; 1] = [world.id()];
    let (model, key) = (world.model().await, world.hash().to_string());
    let mut new = new_job(world.id(), &copies, model, &key, Sha256([1; 32]));
    (new.project, new.reference) = (project, reference);
    let jobs = world.store.jobs(world.org);
    match jobs.create(&new, MANY, world.now()).await.unwrap() {
        Created::Made(job) => job.id,
        other => panic!("{other:?}"),
    }
}

async fn ids(world: &World, page: JobPage<'_>) -> Vec<JobId> {
    let jobs = world.store.jobs(world.org).list(page).await.unwrap();
    jobs.iter().map(|job| job.id).collect()
}

async fn cancel(world: &World, job: JobId) {
    let jobs = world.store.jobs(world.org);
    jobs.cancel(Target::Job(job), "ada", world.now())
        .await
        .unwrap();
}

on_both_engines! {
    async fn a_page_holds_only_what_fits_and_goes_on_behind_its_last_job(world) {
        let (mine, theirs): (ProjectId, ProjectId) = (world.id(), world.id());
        let mut fitting = Vec::new();
        for n in 0..7 {
            let job = made(&world, Some(mine), Some("file_7")).await;
            if n % 2 == 0 {
                cancel(&world, job).await;
                fitting.insert(0, job);
            }
            made(&world, Some(theirs), Some("file_8")).await;
            made(&world, Some(mine), None).await;
        }
        let page = JobPage {
            project: Some(mine),
            state: Some(State::Canceled),
            reference: Some("file_7"),
            limit: 3,
            ..JobPage::default()
        };
        let first = world.store.jobs(world.org).list(page).await.unwrap();
        let after = first.last().map(|job| (job.created_at, job.id));
        let rest = ids(&world, JobPage { after, ..page }).await;
        let first: Vec<_> = first.iter().map(|job| job.id).collect();
        assert_eq!((first.len(), rest.len()), (3, 1));
        assert_eq!([first, rest].concat(), fitting);
        let all = |page| ids(&world, JobPage { limit: 100, ..page });
        assert_eq!(all(JobPage::default()).await.len(), 21);
        assert_eq!(all(JobPage { project: Some(theirs), ..JobPage::default() }).await.len(), 7);
        assert_eq!(all(JobPage { reference: Some("file_7"), ..JobPage::default() }).await.len(), 7);
        let preparing = JobPage { state: Some(State::Preparing), ..JobPage::default() };
        assert_eq!(all(preparing).await.len(), 17);
        assert_eq!(all(JobPage { reference: Some("file_9"), ..JobPage::default() }).await, []);
    }

    async fn whoever_sees_some_projects_gets_their_jobs_and_those_of_none(world) {
        let [a, b, c]: [ProjectId; 3] = [world.id(), world.id(), world.id()];
        let of_a = made(&world, Some(a), None).await;
        let of_b = made(&world, Some(b), None).await;
        let of_none = made(&world, None, None).await;
        let seen = |seen: &'static [ProjectId]| JobPage { seen: Some(seen), limit: 9, ..JobPage::default() };
        assert_eq!(ids(&world, seen(&[])).await, [of_none]);
        let both = [a, c];
        let page = JobPage { seen: Some(&both), limit: 9, ..JobPage::default() };
        assert_eq!(ids(&world, page).await, [of_none, of_a]);
        let hidden = JobPage { project: Some(b), ..page };
        assert_eq!(ids(&world, hidden).await, []);
        assert!(ids(&world, JobPage { seen: None, ..page }).await.contains(&of_b));
    }

    async fn a_job_says_its_place_until_it_is_over(world) {
        let mut jobs = Vec::new();
        for _ in 0..3 {
            jobs.push(made(&world, None, None).await);
        }
        cancel(&world, jobs[0]).await;
        let mut places = Vec::new();
        for job in &jobs {
            places.push(world.store.jobs(world.org).get(*job).await.unwrap().0.place);
        }
        assert_eq!(places, [None, Some(1), Some(2)]);
        let queue = world.store.jobs(world.org).queue().await.unwrap();
        let queue: Vec<_> = queue.iter().map(|job| (job.id, job.place)).collect();
        assert_eq!(queue, [(jobs[1], Some(1)), (jobs[2], Some(2))]);
        world.is_sound().await;
        assert_eq!(LIMITS.per_hour, 10);
    }
}
