//! Cameras: pulled once and only while they are wanted, whatever they send; and never in the way of
//! a command.

use crate::played_camera::PlayedCamera;
use crate::rig::{PRINTER, Rig};
use fluxprint_domain::id::PrinterId;
use fluxprint_link::Command;
use fluxprint_link::camera::{CameraOrder, FRAME_BYTES_MAX, IN_FLIGHT_BYTES_MAX, Trouble};
use fluxprint_sim::camera::{Camera, Knobs, Mood, Running};
use std::time::Duration;
use tokio::time::Instant;

struct Studio {
    rig: Rig,
    camera: Running,
    printer: PrinterId,
    socket: PlayedCamera,
}

fn small() -> Knobs {
    Knobs {
        fps: 20,
        width_px: 64,
        height_px: 48,
        ..Knobs::default()
    }
}

impl Studio {
    /// A bridge whose OctoPrint names a camera.
    async fn new(knobs: Knobs) -> Self {
        let camera = Camera::start(0, knobs).unwrap();
        let mut rig = Rig::without_bridge().await;
        rig.octoprint().turn(|knobs| {
            knobs.webcam_stream = camera.stream_url();
            knobs.webcam_snapshot = camera.snapshot_url();
        });
        rig.start_bridge().await;
        Self::around(rig, camera).await
    }

    async fn around(rig: Rig, camera: Running) -> Self {
        let socket = rig.service.cameras();
        socket
            .until("cameras are announced", |seen| !seen.names.is_empty())
            .await;
        let printer = rig.printer();
        Self {
            rig,
            camera,
            printer,
            socket,
        }
    }

    fn start(&self, fps: u8) {
        let printer = self.printer;
        self.socket.say(CameraOrder::Start { printer, fps });
    }

    fn stop(&self) {
        let printer = self.printer;
        self.socket.say(CameraOrder::Stop { printer });
    }

    async fn until_pictures(&self, count: usize) {
        let before = self.socket.seen(|seen| seen.pictures.len());
        self.socket
            .until("pictures", |seen| seen.pictures.len() >= before + count)
            .await;
    }

    async fn until_camera(&self, what: &str, holds: impl Fn(&Running) -> bool) {
        self.socket.until(what, |_| holds(&self.camera)).await;
    }
}

#[tokio::test]
async fn a_camera_that_octoprint_names_is_pulled_once_while_it_is_wanted_and_no_longer() {
    let studio = Studio::new(small()).await;
    assert_eq!(studio.socket.seen(|seen| seen.names.clone()), [PRINTER]);
    let session = studio.socket.seen(|seen| seen.session);
    assert_eq!(session, Some(studio.rig.service.session()));
    assert_eq!(studio.camera.asked().streams, 0, "nobody looks");
    studio.start(10);
    studio.start(10);
    studio.until_pictures(5).await;
    let asked = studio.camera.asked();
    assert_eq!((asked.streams, asked.most_open), (1, 1));
    studio.stop();
    studio
        .until_camera("the pull ends", |camera| camera.asked().open == 0)
        .await;
    let numbers: Vec<u64> = studio
        .socket
        .seen(|seen| seen.pictures.iter().map(|(seq, _)| *seq).collect());
    assert!(numbers.is_sorted(), "{numbers:?}");
}

#[tokio::test]
async fn a_single_picture_comes_from_the_address_of_single_pictures() {
    let studio = Studio::new(small()).await;
    let printer = studio.printer;
    studio.socket.say(CameraOrder::Snapshot { printer });
    studio.until_pictures(1).await;
    let asked = studio.camera.asked();
    assert_eq!((asked.snapshots, asked.streams), (1, 0));
}

#[tokio::test]
async fn a_camera_of_the_local_configuration_may_be_anywhere_and_give_single_pictures_only() {
    let camera = Camera::start(0, small()).unwrap();
    let mut rig = Rig::without_bridge().await;
    let address = camera.snapshot_url().replace("127.0.0.1", "localhost");
    let told = [(PRINTER.to_owned(), address.parse().unwrap())];
    rig.cameras.addresses = told.into();
    rig.start_bridge().await;
    let studio = Studio::around(rig, camera).await;
    studio.start(10);
    studio.until_pictures(2).await;
    assert!(studio.camera.asked().snapshots >= 2);
}

#[tokio::test]
async fn every_hostile_camera_is_trouble_with_a_name_and_pulled_again_when_it_is_good() {
    let studio = Studio::new(small()).await;
    for (mood, trouble) in [
        (Mood::NoBoundary, Trouble::NotACamera),
        (Mood::EndlessHeader, Trouble::NotACamera),
        (Mood::LyingLength, Trouble::TooLarge),
        (Mood::Garbage, Trouble::NotACamera),
        (Mood::Slow, Trouble::Silent),
        (Mood::Silent, Trouble::Silent),
        (Mood::Redirect, Trouble::Redirects),
        (Mood::Fails, Trouble::Refused),
        (Mood::Page, Trouble::NotACamera),
    ] {
        studio.camera.turn(|knobs| knobs.mood = mood);
        studio.socket.seen(|seen| seen.troubles.clear());
        studio.start(10);
        studio
            .socket
            .until("trouble", |seen| !seen.troubles.is_empty())
            .await;
        let said = studio.socket.seen(|seen| seen.troubles[0]);
        assert_eq!(said, trouble, "{mood:?}");
        studio.camera.turn(|knobs| knobs.mood = Mood::Healthy);
        studio.until_pictures(1).await;
        studio.stop();
        studio
            .until_camera("the pull ends", |camera| camera.asked().open == 0)
            .await;
    }
    assert_eq!(studio.camera.led_astray(), 0, "no redirect is followed");
}

#[tokio::test]
async fn pictures_beyond_the_limits_are_never_sent_on() {
    for (frame_bytes, width_px) in [(3_000_000, 64), (0, 4_104)] {
        let studio = Studio::new(Knobs {
            frame_bytes,
            width_px,
            ..small()
        })
        .await;
        for mood in [Mood::Healthy, Mood::NoLength] {
            studio.camera.turn(|knobs| knobs.mood = mood);
            studio.socket.seen(|seen| seen.troubles.clear());
            studio.start(10);
            studio
                .socket
                .until("trouble", |seen| seen.troubles.contains(&Trouble::TooLarge))
                .await;
            studio.stop();
        }
        assert!(studio.socket.seen(|seen| seen.pictures.is_empty()));
    }
}

#[tokio::test]
async fn a_camera_that_closes_after_every_picture_and_one_without_lengths_are_read() {
    let studio = Studio::new(small()).await;
    for mood in [Mood::Closes, Mood::NoLength] {
        studio.camera.turn(|knobs| knobs.mood = mood);
        studio.start(10);
        studio.until_pictures(3).await;
    }
}

#[tokio::test]
async fn a_slow_uplink_gets_the_newest_picture_and_never_a_queue() {
    let frame_bytes = 100_000;
    let studio = Studio::new(Knobs {
        frame_bytes,
        ..small()
    })
    .await;
    studio.socket.deaf(true);
    studio.start(10);
    let most = IN_FLIGHT_BYTES_MAX / frame_bytes + 1;
    studio.until_pictures(most).await;
    // Twenty more are taken at the camera; none of them goes out.
    let pulled = studio.camera.asked().pictures;
    studio
        .until_camera("more pictures", |camera| {
            camera.asked().pictures > pulled + 20
        })
        .await;
    let sent = studio.socket.seen(|seen| seen.pictures.clone());
    assert_eq!(sent.len(), most);
    studio.socket.deaf(false);
    let frames = most as u64;
    studio.socket.say(CameraOrder::Taken { frames });
    studio.until_pictures(1).await;
    let next = studio.socket.seen(|seen| seen.pictures[most].0);
    assert!(next > frames + 1, "{next}: those between were dropped");
}

#[tokio::test]
async fn the_second_socket_ends_with_its_session_and_comes_back_with_the_next() {
    let mut studio = Studio::new(small()).await;
    studio.start(10);
    studio.until_pictures(1).await;
    let before = studio.rig.service.session();
    studio.rig.service.say(crate::played_service::Say::HangUp);
    studio
        .socket
        .until("another socket", |seen| seen.sockets == 2 && seen.open == 1)
        .await;
    studio
        .socket
        .until("another session", |seen| seen.session != Some(before))
        .await;
    studio
        .until_camera("the pull ends", |camera| camera.asked().open == 0)
        .await;
    studio.rig.stop_bridge().await;
    studio.socket.until("closed", |seen| seen.open == 0).await;
}

/// T-09 while pictures of two megabytes come as fast as the link takes them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_emergency_stop_is_not_delayed_by_a_flood_of_the_largest_pictures() {
    let studio = Studio::new(Knobs {
        frame_bytes: FRAME_BYTES_MAX - 1_000,
        ..small()
    })
    .await;
    studio.start(10);
    studio.until_pictures(3).await;
    let stops = |rig: &Rig| {
        let requests = rig.proxy.requests();
        let commands = requests
            .iter()
            .filter(|seen| seen.path == "/api/printer/command");
        commands.count()
    };
    for count in 1..=3 {
        let printer = studio.printer;
        let began = Instant::now();
        studio
            .rig
            .service
            .command(Command::EmergencyStop { printer });
        while stops(&studio.rig) < count {
            assert!(began.elapsed() < Duration::from_secs(5), "it is lost");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        let took = began.elapsed();
        assert!(took < Duration::from_millis(500), "{took:?}");
        studio.until_pictures(1).await;
    }
}
