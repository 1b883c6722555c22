//! The studio's picture of prints, and the flag.

use crate::studio_world::{StudioWorld, in_the_studio};
use fluxprint_domain::Timestamp;
use fluxprint_domain::id::{ErrandId, FileId, JobId, ProjectId};
use fluxprint_domain::job::State;
use fluxprint_store::studio::errand::{Lane, Message};
use fluxprint_store::studio::flag::Switch;
use fluxprint_store::studio::print::Print;

fn print(world: &StudioWorld, file: FileId, state: State, seq: i64) -> Print {
    let now = world.world.now();
    Print {
        job: world.id(),
        project: world.project,
        file,
        state,
        progress_pct: None,
        place: Some(1),
        made_at: now,
        heard_at: now,
        seq,
    }
}

async fn badges(world: &StudioWorld) -> usize {
    let names = world.names_of_events().await;
    names.iter().filter(|name| *name == "file:badge").count()
}

async fn state(world: &StudioWorld, job: JobId) -> State {
    let print = world.store.prints(world.org).get(job).await.unwrap();
    print.unwrap().state
}

async fn pending(world: &StudioWorld) -> Vec<Message> {
    let errands = world.store.errands(world.org);
    let due = errands.due(Lane::Holds, world.world.now()).await.unwrap();
    due.into_iter().map(|errand| errand.message).collect()
}

fn switch(world: &StudioWorld, on: bool) -> Switch<'static> {
    Switch {
        on,
        person: world.ada,
        name: "Ada",
        errand: world.id(),
    }
}

in_the_studio! {
    async fn what_is_older_never_takes_the_place_of_what_is_newer(world) {
        let prints = world.store.prints(world.org);
        let queued = print(&world, world.id(), State::Queued, 5);
        assert!(prints.hear(queued).await.unwrap());
        let printing = Print { state: State::Printing, seq: 7, ..queued };
        assert!(prints.hear(printing).await.unwrap());
        let late = Print { state: State::Assigned, seq: 6, ..queued };
        assert!(!prints.hear(late).await.unwrap());
        assert_eq!(state(&world, queued.job).await, State::Printing);
        assert!(!prints.hear(Print { seq: 8, ..printing }).await.unwrap(), "nothing new");
        assert_eq!(badges(&world).await, 2);
    }

    async fn nothing_brings_back_what_is_over(world) {
        let prints = world.store.prints(world.org);
        let done = print(&world, world.id(), State::Completed, 5);
        prints.hear(done).await.unwrap();
        let again = Print { state: State::Printing, seq: 9, ..done };
        assert!(!prints.hear(again).await.unwrap());
        assert_eq!(state(&world, done.job).await, State::Completed);
        assert!(!prints.any_open().await.unwrap());
    }

    async fn a_files_badge_is_its_newest_print(world) {
        let prints = world.store.prints(world.org);
        let file: FileId = world.id();
        let older = print(&world, file, State::Printing, 1);
        let made_at = older.made_at.plus_s(1);
        let newer = Print { job: world.id(), state: State::Queued, made_at, ..older };
        assert!(prints.hear(older).await.unwrap());
        assert!(prints.hear(newer).await.unwrap());
        let done = Print { state: State::Completed, seq: 2, ..older };
        assert!(!prints.hear(done).await.unwrap(), "no news for the badge");
        assert_eq!(state(&world, older.job).await, State::Completed, "but noted");
        let newest = prints.of_file(world.project, file).await.unwrap();
        assert_eq!(newest.map(|print| print.job), Some(newer.job));
        assert_eq!(prints.of_project(world.project).await.unwrap().len(), 1);
        assert_eq!(prints.newest().await.unwrap().len(), 1);
        let open: Vec<JobId> = prints.open().await.unwrap().iter().map(|p| p.job).collect();
        assert_eq!(open, [newer.job]);
        assert_eq!(badges(&world).await, 2);
        let elsewhere: ProjectId = world.id();
        assert_eq!(prints.of_file(elsewhere, file).await.unwrap(), None);
    }

    async fn a_switch_is_one_transaction_and_only_its_newest_state_is_told(world) {
        let flag = world.store.flag(world.org);
        let before = flag.get().await.unwrap();
        assert!(before.on && before.by.is_none());
        assert_eq!(before.since, world.world.now(), "since the organisation was made");
        world.world.clock.advance_s(60);
        let now = world.world.now();
        assert!(flag.switch(switch(&world, false), now).await.unwrap());
        assert!(!flag.switch(switch(&world, false), now).await.unwrap(), "no news");
        let off = flag.get().await.unwrap();
        assert_eq!((off.on, off.since, off.by.as_deref()), (false, now, Some("Ada")));
        assert_eq!(pending(&world).await, [Message::Hold(true)]);
        flag.switch(switch(&world, true), now).await.unwrap();
        assert_eq!(pending(&world).await, [Message::Hold(false)]);
        let names = world.names_of_events().await;
        assert_eq!(names.iter().filter(|name| *name == "flag:changed").count(), 2);
        let audit = world.store.audit(world.org, 0, 100).await.unwrap();
        let what: Vec<_> = audit.iter().map(|row| row.what.as_str()).collect();
        assert!(what.ends_with(&["printing switched off", "printing switched on"]), "{what:?}");
    }

    async fn an_organisation_begins_once(world) {
        let flag = world.store.flag(world.org);
        let (first, second): (ErrandId, ErrandId) = (world.id(), world.id());
        let now: Timestamp = world.world.now();
        flag.begin(false, first, now).await.unwrap();
        assert!(!flag.get().await.unwrap().on);
        assert_eq!(pending(&world).await, [Message::Hold(true)]);
        flag.begin(true, second, now).await.unwrap();
        assert!(!flag.get().await.unwrap().on, "a restart changes nothing");
    }

    async fn another_organisation_hears_nothing_of_it(world) {
        let prints = world.store.prints(world.org);
        let queued = print(&world, world.id(), State::Queued, 5);
        prints.hear(queued).await.unwrap();
        let other = world.id();
        world.store.ensure_organisation(other, "Elsewhere", "test", world.world.now()).await.unwrap();
        let theirs = world.store.prints(other);
        assert_eq!(theirs.get(queued.job).await.unwrap(), None);
        assert_eq!(theirs.newest().await.unwrap(), []);
        assert!(!theirs.any_open().await.unwrap());
        let off = Switch { on: false, person: world.ada, name: "Ada", errand: world.id() };
        world.store.flag(other).switch(off, world.world.now()).await.unwrap();
        assert!(world.store.flag(world.org).get().await.unwrap().on);
    }
}
