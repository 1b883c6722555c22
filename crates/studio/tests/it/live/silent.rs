//! Pages that do not read, or say nothing: they are dropped, and the others go on (F-23, S-24).

use super::{House, house};
use crate::page::Page;
use fluxprint_domain::role::Role;
use serde_json::json;
use std::time::Duration;

/// Bytes of one message; and so many that no buffer of the system holds them all.
const MESSAGE_BYTES: usize = 256 * 1024;
const MESSAGES_MAX: usize = 400;
/// Between two pings of a page.
const PING_S: u64 = 20;

/// So many pages are open.
fn open(house: &House) -> usize {
    house.rig.studio.sockets.len()
}

async fn until(house: &House, pages: usize) {
    let waiting = async {
        while open(house) != pages {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(30), waiting).await;
    assert!(
        waited.is_ok(),
        "{} pages are open, not {pages}",
        open(house)
    );
}

#[tokio::test]
async fn f_23_a_page_that_does_not_read_is_dropped_at_its_bound_and_others_hear_everything() {
    let house = house().await;
    let ada = house.rig.seat(Role::Editor).await;
    let _asleep = Page::on_a_short_line(&house.url, &ada).await;
    let (mut awake, _) = house.page(&ada).await;
    until(&house, 2).await;
    let mut told = 0;
    while open(&house) == 2 {
        assert!(told < MESSAGES_MAX, "it is not dropped");
        let job: fluxprint_domain::id::JobId = house.rig.id();
        let name = "x".repeat(MESSAGE_BYTES);
        let payload = json!({ "job_id": job, "project_id": ada.drafts, "name": name });
        house.service.tells("print:status-update", payload);
        let heard = awake.event("print:status-update").await;
        assert_eq!(heard["job_id"], json!(job), "the one that was told now");
        told += 1;
        // Once the line is full the studio waits ten seconds for it, and not for ever.
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(open(&house), 1);
    assert!(told > 1, "nothing was too much for it");
}

/// Lets the studio's next ping go out, with the clock of its rooms so much later.
async fn pinged_after_ms(house: &House, ms: u64) {
    house.rig.clock.advance_ms(ms);
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(PING_S)).await;
    tokio::time::resume();
}

/// The page reads, and so answers what it was pinged.
async fn reads(house: &House, page: &mut Page) {
    for _ in 0..3 {
        house.service.tells("print:status-update", json!({}));
        page.event("print:status-update").await;
    }
}

#[tokio::test]
async fn a_page_that_answers_no_ping_for_a_minute_is_gone_and_one_that_does_stays() {
    let house = house().await;
    let ada = house.rig.seat(Role::Editor).await;
    let _silent = Page::open(&house.url, &ada).await;
    let (mut awake, _) = house.page(&ada).await;
    until(&house, 2).await;
    for ms in [20_000, 20_000, 19_999] {
        pinged_after_ms(&house, ms).await;
        reads(&house, &mut awake).await;
        assert_eq!(open(&house), 2, "a minute has not passed");
    }
    pinged_after_ms(&house, 1).await;
    until(&house, 1).await;
    reads(&house, &mut awake).await;
}

#[tokio::test]
async fn a_page_hears_a_beat_every_twenty_seconds_and_whenever_it_asks() {
    let house = house().await;
    let ada = house.rig.seat(Role::Editor).await;
    let (mut page, _) = house.page(&ada).await;
    until(&house, 1).await;
    reads(&house, &mut page).await;
    assert_eq!(page.beats, 0, "the snapshot is enough at first");
    for beats in 1..=3 {
        pinged_after_ms(&house, 20_000).await;
        hears(&house, &mut page, beats).await;
    }
    assert!(page.say("are you there".to_owned()).await);
    hears(&house, &mut page, 4).await;
    assert_eq!(open(&house), 1);
}

/// So many beats, and no more.
async fn hears(house: &House, page: &mut Page, beats: u32) {
    for _ in 0..50 {
        if page.beats >= beats {
            break;
        }
        reads(house, page).await;
    }
    assert_eq!(page.beats, beats);
}
