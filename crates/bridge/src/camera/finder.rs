//! Finds out which printers have a camera: those of the local configuration, and those whose
//! program says so.

use super::{Room, Sources};
use crate::desk::Desk;
use crate::run::Opened;
use fluxprint_printers::{PrinterError, Webcam};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// Looks while a session is open, until it is dropped.
pub(super) async fn find(
    room: &Room,
    desks: &[Arc<Desk>],
    told: &watch::Sender<Sources>,
    mut opened: watch::Receiver<Option<Opened>>,
) {
    // What is told here needs no printer's program that may not answer for a while.
    let told_here = desks.iter().filter_map(|desk| {
        let camera = told_camera(room, desk)?;
        Some((desk.name.clone(), camera))
    });
    told.send_modify(|known| known.extend(told_here));
    while opened.wait_for(Option::is_some).await.is_ok() {
        for desk in desks {
            if told_camera(room, desk).is_some() {
                continue;
            }
            let found = camera_of(desk).await;
            told.send_if_modified(|known| note(known, &desk.name, found));
        }
        tokio::time::sleep(Duration::from_millis(room.cameras.pace.look_ms)).await;
    }
}

/// The printer's camera as the local configuration tells it.
fn told_camera(room: &Room, desk: &Desk) -> Option<Webcam> {
    let address = room.cameras.addresses.get(&desk.name)?;
    Some(Webcam {
        stream: Some(address.clone()),
        still: None,
    })
}

/// The camera that the printer's program tells; `None` when that cannot be known now.
async fn camera_of(desk: &Desk) -> Option<Webcam> {
    // A program that does not answer has the camera that it had. One that does not let us read its
    // settings has none for us.
    match desk.printer.webcam().await {
        Ok(webcam) => Some(webcam),
        Err(PrinterError::NotAllowed) => Some(Webcam::default()),
        Err(_) => None,
    }
}

/// Whether something is different now.
fn note(known: &mut Sources, name: &str, found: Option<Webcam>) -> bool {
    let Some(found) = found else { return false };
    let before = if found == Webcam::default() {
        let before = known.remove(name);
        return before.is_some();
    } else {
        known.insert(name.to_owned(), found.clone())
    };
    before.as_ref() != Some(&found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(address: &str) -> Webcam {
        Webcam {
            stream: Some(address.parse().unwrap()),
            still: None,
        }
    }

    #[test]
    fn only_a_camera_that_came_went_or_moved_is_news() {
        let mut known = Sources::new();
        assert!(!note(&mut known, "a", None));
        assert!(!note(&mut known, "a", Some(Webcam::default())));
        assert!(note(&mut known, "a", Some(at("http://a/1"))));
        assert!(!note(&mut known, "a", Some(at("http://a/1"))));
        assert!(
            !note(&mut known, "a", None),
            "a silent program keeps its camera"
        );
        assert!(note(&mut known, "a", Some(at("http://a/2"))));
        assert!(note(&mut known, "a", Some(Webcam::default())));
        assert!(known.is_empty());
    }
}
