use super::*;
use fluxprint_domain::Timestamp;
use fluxprint_domain::id::{Id, Kind};

fn id<K: Kind>(n: u128) -> Id<K> {
    Id::new(Timestamp(0), n)
}

const NOW: Monotonic = Monotonic(0);

struct Rig {
    cameras: Arc<Cameras>,
    line: u64,
}

/// A camera at printer 3 of bridge 2 of organisation 1.
fn rig() -> Rig {
    let cameras = Arc::new(Cameras::default());
    let line = cameras.line();
    cameras.announce((id(1), id(2)), (line, &Arc::default()), &[id(3)]);
    Rig { cameras, line }
}

fn picture(byte: u8) -> Sight {
    Sight::Picture(Arc::new(Shot {
        jpeg: Bytes::from(vec![byte]),
        at: NOW,
    }))
}

impl Rig {
    fn look(&self, fps: u8) -> Result<Viewer, Unseen> {
        self.cameras.look(id(1), id(3), fps, NOW)
    }

    fn want(&self, now_ms: u64) -> Want {
        let wanted = self.cameras.wanted(self.line, Monotonic(0).plus_ms(now_ms));
        wanted[&id(3)]
    }

    fn publish(&self, byte: u8) -> bool {
        let key = (id(1), id(3));
        self.cameras.publish(key, self.line, picture(byte))
    }
}

async fn byte(viewer: &mut Viewer) -> Option<u8> {
    match viewer.first().await {
        Look::Picture(shot) => Some(shot.jpeg[0]),
        Look::Trouble(_) | Look::Gone => None,
    }
}

#[tokio::test]
async fn the_bridge_is_asked_for_the_most_that_anybody_wants_and_for_nothing_when_nobody_looks() {
    let rig = rig();
    assert_eq!(rig.want(0), Want::default());
    let slow = rig.look(2).unwrap();
    let fast = rig.look(10).unwrap();
    assert_eq!(rig.want(0).fps, 10);
    drop(fast);
    assert_eq!(rig.want(0).fps, 2);
    drop(slow);
    assert_eq!(rig.want(10).fps, 2, "they may be back at once");
    assert_eq!(rig.want(10 + LINGER_MS - 1).fps, 2);
    assert_eq!(rig.want(10 + LINGER_MS).fps, 0);
}

#[tokio::test]
async fn nothing_is_kept_when_nobody_looks() {
    let rig = rig();
    assert!(rig.publish(1), "it is its own");
    let mut viewer = rig.look(5).unwrap();
    assert!(matches!(*viewer_sight(&rig), Sight::Nothing));
    rig.publish(2);
    assert_eq!(byte(&mut viewer).await, Some(2));
    drop(viewer);
    rig.want(0);
    rig.want(LINGER_MS);
    assert!(matches!(*viewer_sight(&rig), Sight::Nothing));
}

fn viewer_sight(rig: &Rig) -> Arc<Sight> {
    let inside = rig.cameras.inside();
    let feed = &inside.feeds[&(id(1), id(3))];
    Arc::new(feed.sight.borrow().clone())
}

#[tokio::test]
async fn a_camera_is_found_by_organisation_and_printer_and_fed_by_its_own_socket_only() {
    let rig = rig();
    assert!(rig.cameras.has(id(1), id(3)));
    for (org, printer) in [(9, 3), (1, 9)] {
        assert!(!rig.cameras.has(id(org), id(printer)));
        let strange = rig.cameras.look(id(org), id(printer), 5, NOW);
        assert_eq!(strange.err(), Some(Unseen::NoCamera));
        let key = (id(org), id(printer));
        assert!(!rig.cameras.publish(key, rig.line, picture(1)));
    }
    let newer = rig.cameras.line();
    let bell = Arc::default();
    rig.cameras
        .announce((id(1), id(2)), (newer, &bell), &[id(3)]);
    assert!(!rig.publish(1), "a newer socket has taken over");
    rig.cameras.leave(rig.line);
    assert!(rig.cameras.has(id(1), id(3)), "it is the newer one's");
    rig.cameras.leave(newer);
    assert!(!rig.cameras.has(id(1), id(3)));
}

#[tokio::test(start_paused = true)]
async fn a_viewer_gets_the_newest_picture_at_its_own_pace() {
    let rig = rig();
    let mut slow = rig.look(1).unwrap();
    rig.publish(1);
    assert_eq!(byte(&mut slow).await, Some(1));
    rig.publish(2);
    rig.publish(3);
    let began = tokio::time::Instant::now();
    assert_eq!(byte(&mut slow).await, Some(3), "the one between is gone");
    assert!(began.elapsed().as_millis() >= 900);
}

#[tokio::test]
async fn whoever_joins_sees_at_once_what_the_others_see() {
    let rig = rig();
    let _first = rig.look(5).unwrap();
    rig.publish(7);
    let mut second = rig.look(5).unwrap();
    assert_eq!(byte(&mut second).await, Some(7));
    let mut late = rig
        .cameras
        .look(id(1), id(3), 5, NOW.plus_ms(FRESH_MS_FOR_TEST))
        .unwrap();
    rig.publish(8);
    assert_eq!(byte(&mut late).await, Some(8), "an old picture is not now");
}

const FRESH_MS_FOR_TEST: u64 = super::limits::FRESH_MS;

#[tokio::test]
async fn single_pictures_are_asked_for_only_while_somebody_waits() {
    let rig = rig();
    let one = rig.look(0).unwrap();
    assert_eq!(rig.want(0), Want { fps: 0, glances: 1 });
    let two = rig.look(0).unwrap();
    assert_eq!(rig.want(0), Want { fps: 0, glances: 2 });
    drop((one, two));
    assert_eq!(rig.want(0), Want::default(), "and nothing lingers");
}

#[tokio::test]
async fn an_organisation_has_so_many_viewers_and_another_one_its_own() {
    let rig = rig();
    let held: Vec<_> = (0..VIEWERS_OF_ONE_MAX)
        .map(|_| rig.look(1).unwrap())
        .collect();
    assert_eq!(rig.look(1).err(), Some(Unseen::TooMany));
    let other = rig.cameras.line();
    rig.cameras
        .announce((id(8), id(9)), (other, &Arc::default()), &[id(7)]);
    assert!(rig.cameras.look(id(8), id(7), 1, NOW).is_ok());
    drop(held);
    assert!(rig.look(1).is_ok());
    assert_eq!(rig.cameras.viewers(), 0, "all of them are gone by now");
}

#[tokio::test]
async fn a_camera_that_goes_ends_its_viewers() {
    let rig = rig();
    let mut viewer = rig.look(1).unwrap();
    rig.cameras.leave(rig.line);
    assert!(matches!(viewer.next().await, Look::Gone));
}
