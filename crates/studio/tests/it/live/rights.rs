//! Who is told what, and when they are told no more.

use super::{entry, house, printer, queue};
use crate::page::Page;
use crate::rig::{URL, sha256};
use fluxprint_domain::Clock;
use fluxprint_domain::id::{JobId, ProjectId};
use fluxprint_domain::role::Role;
use serde_json::{Value, json};

#[tokio::test]
async fn another_projects_job_is_nameless_and_its_steps_are_not_told() {
    let house = house().await;
    let (ada, ben) = (
        house.rig.seat(Role::Editor).await,
        house.rig.seat(Role::Editor).await,
    );
    let (theirs, own): (JobId, JobId) = (house.rig.id(), house.rig.id());
    let entries = [
        entry(theirs, ben.drafts, None, "queued"),
        entry(own, ada.drafts, None, "queued"),
    ];
    house.service.stands(printer("ready"), queue(&entries));
    let (mut page, snapshot) = house.page(&ada).await;
    let shown = &snapshot["queue"]["entries"];
    assert_eq!(
        (
            &shown[0]["name"],
            &shown[0]["job"],
            &shown[0]["other_project"]
        ),
        (&Value::Null, &Value::Null, &json!(true))
    );
    assert_eq!(shown[1]["name"], "Rocket");
    let step = |job: JobId, project: ProjectId| {
        let payload = json!({ "job_id": job, "project_id": project, "name": "Rocket" });
        house.service.tells("print:status-update", payload);
    };
    step(theirs, ben.drafts);
    step(own, ada.drafts);
    assert_eq!(
        page.event("print:status-update").await["job_id"],
        json!(own)
    );
}

#[tokio::test]
async fn another_organisation_hears_nothing() {
    let house = house().await;
    let other = house.rig.id();
    house.rig.organisation(other).await;
    let (ada, eve) = (
        house.rig.seat(Role::Owner).await,
        house.rig.seat_in(other, Role::Owner).await,
    );
    let (mut page, _) = house.page(&ada).await;
    let (mut elsewhere, _) = house.page(&eve).await;
    let off = json!({ "on": false });
    house.rig.put("PUT /api/flag", &ada, &off).await.ok();
    assert_eq!(page.event("flag:changed").await["by"], "Ada");
    house.rig.put("PUT /api/flag", &eve, &off).await.ok();
    house
        .rig
        .put("PUT /api/flag", &eve, &json!({ "on": true }))
        .await
        .ok();
    let heard = [
        elsewhere.event("flag:changed").await,
        elsewhere.event("flag:changed").await,
    ];
    assert_eq!(
        (&heard[0]["on"], &heard[1]["on"]),
        (&json!(false), &json!(true))
    );
}

#[tokio::test]
async fn a_demoted_member_is_told_and_sees_no_more_than_is_theirs() {
    let house = house().await;
    let (manager, ben) = (
        house.rig.seat(Role::Manager).await,
        house.rig.seat(Role::Editor).await,
    );
    let job: JobId = house.rig.id();
    house
        .service
        .stands(json!([]), queue(&[entry(job, ben.drafts, None, "queued")]));
    let (mut page, snapshot) = house.page(&manager).await;
    assert_eq!(snapshot["queue"]["entries"][0]["name"], "Rocket");
    house.set_role(manager.person, Role::Viewer).await;
    page.event("me:changed").await;
    page.until(|message| message["type"] == "gap").await;
    let now = page.snapshot().await;
    assert_eq!(now["queue"]["entries"][0]["name"], Value::Null);
}

#[tokio::test]
async fn a_removed_member_and_an_ended_session_lose_their_sockets() {
    let house = house().await;
    let (ada, ben) = (
        house.rig.seat(Role::Editor).await,
        house.rig.seat(Role::Editor).await,
    );
    let (mut removed, _) = house.page(&ada).await;
    let (mut ended, _) = house.page(&ben).await;
    let (store, now) = (&house.rig.studio.store, house.rig.studio.clock.now());
    let members = store.members(house.rig.org);
    members
        .remove(ada.person, ("test", Role::Owner), now)
        .await
        .unwrap();
    removed.event("me:changed").await;
    assert_eq!(removed.closed().await, Some(4403));
    store
        .sessions()
        .end(house.rig.org, ben.person, ben.session, now)
        .await
        .unwrap();
    ended.event("session:ended").await;
    assert_eq!(ended.closed().await, Some(4401));
    assert_eq!(
        Page::from(&house.url, &ben.cookie, Some(URL)).await.err(),
        Some(401)
    );
}

#[tokio::test]
async fn a_page_that_is_only_open_does_not_keep_its_session() {
    let house = house().await;
    let ada = house.rig.seat(Role::Editor).await;
    house.rig.clock.advance_s(59);
    let (mut page, _) = house.page(&ada).await;
    let sessions = house.rig.studio.store.sessions();
    let before = sessions.get(ada.session).await.unwrap().unwrap();
    house.rig.clock.advance_s(2);
    house.set_role(ada.person, Role::Viewer).await;
    page.event("me:changed").await;
    let after = sessions.get(ada.session).await.unwrap().unwrap();
    assert_eq!(after.seen_at, before.seen_at);
}

#[tokio::test]
async fn a_page_goes_on_when_its_session_gets_another_secret() {
    let house = house().await;
    let ada = house.rig.seat(Role::Editor).await;
    let (mut page, _) = house.page(&ada).await;
    let (people, now) = (house.rig.studio.store.people(), house.rig.clock.now());
    let kept = (ada.session, sha256(b"another"));
    let changed = people.set_password(house.rig.org, ada.person, "hash", kept, now);
    changed.await.unwrap();
    house.set_role(ada.person, Role::Viewer).await;
    page.event("me:changed").await;
    page.snapshot().await;
}

#[tokio::test]
async fn only_our_own_pages_open_the_socket() {
    let house = house().await;
    let ada = house.rig.seat(Role::Editor).await;
    for origin in [
        None,
        Some("null"),
        Some("https://studio.example.org.evil.example"),
        Some("https://evil-studio.example.org"),
        Some("http://studio.example.org"),
        Some("https://studio.example.org:8443"),
        Some("https://STUDIO.example.org"),
    ] {
        let refused = Page::from(&house.url, &ada.cookie, origin).await.err();
        assert_eq!(refused, Some(403), "{origin:?}");
    }
    assert_eq!(
        Page::from(&house.url, "a=b", Some(URL)).await.err(),
        Some(401)
    );
}

#[tokio::test]
async fn a_person_has_so_many_pages_and_a_page_so_many_words() {
    let house = house().await;
    let ada = house.rig.seat(Role::Editor).await;
    let mut pages = Vec::new();
    for _ in 0..8 {
        pages.push(house.page(&ada).await.0);
    }
    let mut ninth = Page::open(&house.url, &ada).await;
    assert_eq!(ninth.closed().await, Some(4429));
    let mut chatty = pages.pop().unwrap();
    for _ in 0..31 {
        chatty.say("ping".to_owned()).await;
    }
    assert_eq!(chatty.closed().await, Some(4429));
    let mut loud = pages.pop().unwrap();
    loud.say("x".repeat(64 * 1024 + 1)).await;
    assert_eq!(loud.closed().await, None);
    house.page(&ada).await;
}

#[tokio::test]
async fn when_the_studio_stops_pages_are_told_to_come_back() {
    let house = house().await;
    let ada = house.rig.seat(Role::Editor).await;
    let (mut page, _) = house.page(&ada).await;
    house.rig.studio.stopping.cancel();
    assert_eq!(page.closed().await, Some(1001));
}
