//! Files, uploads and errands of the studio.

use crate::studio_world::{ROOMY, in_the_studio};
use fluxprint_domain::id::{FileId, PersonId, PrintIntentId, ProjectId};
use fluxprint_domain::role::Role;
use fluxprint_store::StoreError;
use fluxprint_store::studio::errand::{Lane, Message};
use fluxprint_store::studio::file::{Deleted, Handover, Outcome};
use fluxprint_store::studio::upload::{Allowance, Begun, Step};

in_the_studio! {
    async fn a_complete_upload_becomes_a_file_with_quota_event_audit_and_errand_at_once(w) {
        let sha256 = w.world.hash();
        let (file, outcome) = w.file("part.stl", 684, sha256).await;
        assert_eq!(outcome, Outcome::NewFile);
        let found = w.store.files(w.org).get(w.project, file).await.unwrap();
        assert_eq!((found.name.as_str(), found.created_by, found.created_by_name.as_str()),
            ("part.stl", w.ada, "Ada"));
        assert_eq!((found.version.number, found.version.sha256, found.version.size_bytes), (1, sha256, 684));
        assert_eq!(found.handover, Handover::Waiting);
        assert_eq!(w.stored_bytes().await, 684);
        assert_eq!(w.names_of_events().await.last().unwrap(), "file:uploaded");
        let audit = w.store.audit(w.org, 0, 100).await.unwrap();
        assert_eq!((audit.last().unwrap().what.as_str(), audit.last().unwrap().who.clone()),
            ("file uploaded", w.ada.to_string()));
        let due = w.store.errands(w.org).due(Lane::Models, w.world.now()).await.unwrap();
        assert_eq!(due.len(), 1);
        assert_eq!(due[0].message, Message::Model { sha256, name: "part.stl".to_owned() });
        assert_eq!(due[0].person, Some(w.ada));
    }

    async fn an_upload_is_finished_once_however_often_its_answer_is_lost(w) {
        let (sha256, upload) = (w.world.hash(), w.arrived("part.stl", 684).await);
        let (file, outcome) = w.finish(&upload, sha256).await;
        assert_eq!(outcome, Some(Outcome::NewFile));
        assert_eq!(w.finish(&upload, sha256).await, (file, None));
        assert_eq!(w.get(upload.id).await.file, Some(file));
        assert_eq!(w.stored_bytes().await, 684);
        let versions = w.store.files(w.org).versions(w.project, file).await.unwrap();
        assert_eq!(versions.len(), 1);
    }

    async fn the_same_name_makes_a_version_and_the_same_bytes_make_nothing(w) {
        let (one, two) = (w.world.hash(), w.world.hash());
        let (file, _) = w.file("part.stl", 684, one).await;
        assert_eq!(w.file("part.stl", 684, one).await, (file, Outcome::Unchanged));
        assert_eq!(w.file("part.stl", 734, two).await, (file, Outcome::NewVersion));
        // Back to the first bytes: a version again, because it is the newest that counts.
        assert_eq!(w.file("part.stl", 684, one).await, (file, Outcome::NewVersion));
        let (other, outcome) = w.file("other.stl", 684, one).await;
        assert_eq!(outcome, Outcome::NewFile);
        let files = w.store.files(w.org);
        let numbers: Vec<u32> = files.versions(w.project, file).await.unwrap().iter().map(|v| v.number).collect();
        assert_eq!(numbers, [3, 2, 1]);
        let listed: Vec<FileId> = files.list(w.project, None).await.unwrap().iter().map(|f| f.id).collect();
        assert_eq!(listed.len(), 2);
        assert!(listed.contains(&file) && listed.contains(&other));
        assert_eq!(w.stored_bytes().await, 684 + 734, "the same bytes count once");
    }

    async fn a_version_is_found_however_many_came_after_it(w) {
        let (file, _) = w.file("part.stl", 684, w.world.hash()).await;
        let files = w.store.files(w.org);
        let first = files.get(w.project, file).await.unwrap().version;
        for _ in 0..100 {
            w.file("part.stl", 684, w.world.hash()).await;
        }
        assert!(!files.versions(w.project, file).await.unwrap().contains(&first));
        assert_eq!(files.version(w.project, file, first.id).await.unwrap(), first);
        let (other, _) = w.file("other.stl", 684, w.world.hash()).await;
        assert!(matches!(files.version(w.project, other, first.id).await, Err(StoreError::NotFound)));
    }

    async fn a_page_of_files_goes_on_where_the_last_one_ended(w) {
        let mut made = Vec::new();
        for n in 0..103 {
            made.push(w.file(&format!("part {n}.stl"), 684, w.world.hash()).await.0);
            w.world.clock.advance_s(1);
        }
        made.reverse();
        let files = w.store.files(w.org);
        let first = files.list(w.project, None).await.unwrap();
        let last = first.last().unwrap();
        let rest = files.list(w.project, Some((last.changed_at, last.id))).await.unwrap();
        let listed: Vec<FileId> = first.iter().chain(&rest).map(|f| f.id).collect();
        assert_eq!((first.len(), listed), (100, made));
    }

    async fn room_is_promised_to_the_byte_and_given_back(w) {
        let tight = Allowance { quota_bytes: 1_000, open_max: 3, ..ROOMY };
        let (first, begun) = w.begin("a.stl", 600, tight).await;
        assert_eq!(begun, Begun::Yes);
        assert_eq!(w.begin("b.stl", 401, tight).await.1, Begun::NoRoom { left_bytes: 400, promised_bytes: 600 });
        let (second, begun) = w.begin("b.stl", 400, tight).await;
        assert_eq!(begun, Begun::Yes, "to the byte");
        assert_eq!(w.begin("c.stl", 1, tight).await.1, Begun::NoRoom { left_bytes: 0, promised_bytes: 1_000 });
        let uploads = w.store.uploads(w.org);
        uploads.remove(second).await.unwrap();
        assert_eq!(w.begin("c.stl", 400, tight).await.1, Begun::Yes);
        // What becomes a file keeps its room as a file.
        let step = Step { from_bytes: 0, to_bytes: 600, hash_state: vec![1], expires_at: w.world.now().plus_s(9) };
        uploads.advance(first, &step).await.unwrap();
        let upload = w.get(first).await;
        w.finish(&upload, w.world.hash()).await;
        assert_eq!(w.begin("d.stl", 1, tight).await.1, Begun::NoRoom { left_bytes: 0, promised_bytes: 400 });
        // A promise that has expired holds no room.
        w.world.clock.advance_s(61);
        assert_eq!(w.begin("d.stl", 400, tight).await.1, Begun::Yes);
    }

    async fn a_person_has_only_so_many_unfinished_uploads(w) {
        let few = Allowance { open_max: 2, ..ROOMY };
        for _ in 0..2 {
            assert_eq!(w.begin("a.stl", 1, few).await.1, Begun::Yes);
        }
        assert_eq!(w.begin("a.stl", 1, few).await.1, Begun::TooMany);
    }

    async fn one_person_s_unfinished_uploads_keep_only_a_part_of_the_room(w) {
        let half = Allowance { quota_bytes: 1_000, open_bytes_max: 500, ..ROOMY };
        assert_eq!(w.begin("a.stl", 700, half).await.1, Begun::Yes, "a single one may be larger");
        assert_eq!(w.begin("b.stl", 100, half).await.1, Begun::TooMany);
    }

    async fn whoever_leaves_and_whatever_is_deleted_gives_the_promised_room_back(w) {
        let tight = Allowance { quota_bytes: 1_000, ..ROOMY };
        w.add_member(w.ada, "editor").await;
        assert_eq!(w.begin("a.stl", 1_000, tight).await.1, Begun::Yes);
        let now = w.world.now();
        let members = w.store.members(w.org);
        members.remove(w.ada, ("usr_owner", Role::Owner), now).await.unwrap();
        assert_eq!(w.begin("b.stl", 1_000, tight).await.1, Begun::Yes);
        w.store.projects(w.org).delete(w.project, "test", now).await.unwrap();
        let other: ProjectId = w.id();
        w.add_project(other).await;
        assert_eq!(w.store.uploads(w.org).unsent_bytes(now).await.unwrap(), 0);
    }

    async fn a_file_is_not_deleted_while_a_print_of_it_is_being_asked_for(w) {
        let (file, _) = w.file("part.stl", 684, w.world.hash()).await;
        let (intents, files) = (w.store.print_intents(w.org), w.store.files(w.org));
        let (one, two): (PrintIntentId, PrintIntentId) = (w.id(), w.id());
        let (now, until) = (w.world.now(), w.world.now().plus_s(60));
        intents.begin(one, (w.project, file), until).await.unwrap();
        intents.begin(two, (w.project, file), until).await.unwrap();
        intents.settle(one).await.unwrap();
        let kept = files.delete(w.project, file, "test", now).await.unwrap();
        assert!(matches!(kept, Deleted::Printing), "two is still asked for");
        let whole = w.store.projects(w.org).delete(w.project, "test", now).await;
        assert!(matches!(whole, Err(StoreError::Refused(_))));
        // Nobody ever learned what became of it; the picture of the service's jobs counts by then.
        w.world.clock.advance_s(60);
        let later = w.world.now();
        assert!(matches!(files.delete(w.project, file, "test", later).await.unwrap(), Deleted::Gone(_)));
        let late = intents.begin(one, (w.project, file), until).await;
        assert!(matches!(late, Err(StoreError::NotFound)), "what is gone is not printed");
        intents.prune(later).await.unwrap();
    }

    async fn an_upload_moves_only_from_where_it_is(w) {
        let (id, _) = w.begin("part.stl", 100, ROOMY).await;
        let uploads = w.store.uploads(w.org);
        let step = |from_bytes, to_bytes| Step {
            from_bytes, to_bytes, hash_state: vec![9], expires_at: w.world.now().plus_s(60),
        };
        uploads.advance(id, &step(0, 40)).await.unwrap();
        assert!(matches!(uploads.advance(id, &step(0, 60)).await, Err(StoreError::Stale)));
        uploads.advance(id, &step(40, 0)).await.unwrap();
        let other: PersonId = w.id();
        assert!(matches!(uploads.get(id, other, w.world.now()).await, Err(StoreError::NotFound)));
        w.world.clock.advance_s(60);
        assert!(matches!(uploads.get(id, w.ada, w.world.now()).await, Err(StoreError::NotFound)));
        assert_eq!(uploads.expired(w.world.now()).await.unwrap(), [id]);
    }

    async fn a_file_goes_with_the_bytes_that_nobody_else_has(w) {
        let (own, shared) = (w.world.hash(), w.world.hash());
        let (file, _) = w.file("part.stl", 684, shared).await;
        w.file("part.stl", 734, own).await;
        w.file("other.stl", 684, shared).await;
        let files = w.store.files(w.org);
        let gone = files.delete(w.project, file, "ada", w.world.now()).await.unwrap();
        assert_eq!(gone, Deleted::Gone(vec![own]));
        assert_eq!(w.stored_bytes().await, 684);
        assert!(matches!(files.get(w.project, file).await, Err(StoreError::NotFound)));
        assert!(files.versions(w.project, file).await.unwrap().is_empty());
        assert!(!files.has_bytes(own).await.unwrap() && files.has_bytes(shared).await.unwrap());
        let due = w.store.errands(w.org).due(Lane::Models, w.world.now()).await.unwrap();
        assert_eq!(due.len(), 1, "bytes that are gone are not handed over");
        assert_eq!(w.names_of_events().await.last().unwrap(), "file:deleted");
        // The name is free again.
        assert_eq!(w.file("part.stl", 734, own).await.1, Outcome::NewFile);
    }

    async fn a_file_that_is_being_printed_stays(w) {
        let (file, _) = w.file("part.stl", 684, w.world.hash()).await;
        let files = w.store.files(w.org);
        w.add_print(file, "queued").await;
        let kept = files.delete(w.project, file, "ada", w.world.now()).await.unwrap();
        assert_eq!(kept, Deleted::Printing);
        assert!(files.get(w.project, file).await.is_ok());
        w.raw("UPDATE prints SET state = 'completed'").await;
        let gone = files.delete(w.project, file, "ada", w.world.now()).await.unwrap();
        assert!(matches!(gone, Deleted::Gone(_)));
    }

    async fn a_newer_word_about_a_hold_takes_the_place_of_the_older_one(w) {
        let (flag, errands) = (w.store.flag(w.org), w.store.errands(w.org));
        let switch = |on| fluxprint_store::studio::flag::Switch {
            on, person: w.ada, name: "Ada", errand: w.id(),
        };
        flag.switch(switch(false), w.world.now()).await.unwrap();
        let old = errands.due(Lane::Holds, w.world.now()).await.unwrap();
        assert_eq!((old.len(), &old[0].message), (1, &Message::Hold(true)));
        flag.switch(switch(true), w.world.now()).await.unwrap();
        // The older one was on its way meanwhile; that it has arrived settles nothing.
        errands.done(old[0].id, w.world.now()).await.unwrap();
        let new = errands.due(Lane::Holds, w.world.now()).await.unwrap();
        assert_eq!((new.len(), &new[0].message), (1, &Message::Hold(false)));
        errands.done(new[0].id, w.world.now()).await.unwrap();
        assert!(errands.due(Lane::Holds, w.world.now()).await.unwrap().is_empty());
    }

    async fn an_errand_waits_for_its_time_and_a_given_up_one_is_begun_anew_by_new_bytes(w) {
        let sha256 = w.world.hash();
        let (file, _) = w.file("part.stl", 684, sha256).await;
        let (files, errands) = (w.store.files(w.org), w.store.errands(w.org));
        let errand = errands.due(Lane::Models, w.world.now()).await.unwrap().remove(0);
        errands.later(errand.id, w.world.now().plus_s(5), "away").await.unwrap();
        assert!(errands.due(Lane::Models, w.world.now()).await.unwrap().is_empty());
        w.world.clock.advance_s(5);
        assert_eq!(errands.due(Lane::Models, w.world.now()).await.unwrap()[0].tries, 1);
        errands.failed(errand.id, w.world.now(), "It is no model.").await.unwrap();
        let failed = files.get(w.project, file).await.unwrap().handover;
        assert_eq!(failed, Handover::Failed(Some("It is no model.".to_owned())));
        assert_eq!(errands.of_model(sha256).await.unwrap(), None);
        // The same bytes once more: no version, but another try.
        assert_eq!(w.file("part.stl", 684, sha256).await.1, Outcome::Unchanged);
        let (errand, done) = errands.of_model(sha256).await.unwrap().unwrap();
        assert!(!done && errand.tries == 0);
        errands.done(errand.id, w.world.now()).await.unwrap();
        assert_eq!(files.get(w.project, file).await.unwrap().handover, Handover::Done);
        let told = errands.tell_again(w.id(), sha256, "part.stl", w.ada, w.world.now()).await.unwrap();
        assert_eq!(errands.of_model(sha256).await.unwrap(), Some((told, false)));
    }

    async fn errands_are_forgotten_once_nobody_asks_for_them(w) {
        let (file, _) = w.file("part.stl", 684, w.world.hash()).await;
        let errands = w.store.errands(w.org);
        let errand = errands.due(Lane::Models, w.world.now()).await.unwrap().remove(0);
        w.world.clock.advance_s(100);
        assert_eq!(errands.prune(w.world.now()).await.unwrap(), 0, "it is not done");
        errands.done(errand.id, w.world.now()).await.unwrap();
        assert_eq!(errands.prune(w.world.now()).await.unwrap(), 0, "its file shows it");
        // Deleting takes the errand along; one that stayed behind is swept.
        w.raw("UPDATE errands SET subject = 'of a file that is gone'").await;
        assert_eq!(errands.prune(w.world.now()).await.unwrap(), 1);
        assert_eq!(w.store.files(w.org).get(w.project, file).await.unwrap().handover, Handover::None);
    }

    async fn files_and_uploads_of_another_organisation_are_not_there(w) {
        let (file, _) = w.file("part.stl", 684, w.world.hash()).await;
        let (upload, _) = w.begin("b.stl", 1, ROOMY).await;
        let other = w.id();
        w.store.ensure_organisation(other, "Other", "test", w.world.now()).await.unwrap();
        let files = w.store.files(other);
        assert!(matches!(files.get(w.project, file).await, Err(StoreError::NotFound)));
        assert!(files.list(w.project, None).await.unwrap().is_empty());
        let deleted = files.delete(w.project, file, "eve", w.world.now()).await;
        assert!(matches!(deleted, Err(StoreError::NotFound)));
        let uploads = w.store.uploads(other);
        let found = uploads.get(upload, w.ada, w.world.now()).await;
        assert!(matches!(found, Err(StoreError::NotFound)));
        uploads.remove(upload).await.unwrap();
        assert_eq!(w.get(upload).await.id, upload);
    }
}
