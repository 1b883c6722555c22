//! What an attendant does for its watchdog: looks, and switches off.

use super::Attendant;
use crate::watchdog::Known;
use fluxprint_domain::printer::Observation;

impl Attendant {
    /// Shows the watchdog a look, or, without one, that time has passed.
    pub(super) async fn watch_over(&mut self, seen: Option<&Observation>) {
        let (known, now) = (self.known(), self.now());
        let too_warm = match seen {
            Some(seen) => self.watchdog.saw(seen, known, now),
            None => self.watchdog.waited(known, now),
        };
        if too_warm {
            let off = self.desk.printer.heaters_off().await;
            self.desk.set_preheat(None);
            tracing::error!(
                printer = self.desk.name,
                done = off.is_ok(),
                "a heater was on without a print: switched off"
            );
        }
        self.tell_alarms();
    }

    /// The printer's program is out of sight.
    pub(super) fn out_of_sight(&mut self) {
        self.watchdog.lost();
        self.tell_alarms();
    }

    fn known(&self) -> Known {
        Known {
            preheat_at: self.desk.preheat().map(|preheat| preheat.at),
            pause_asked: self.sight.pause_asked,
        }
    }

    fn tell_alarms(&self) {
        let alarms = self.watchdog.alarms();
        if self.desk.set_alarms(alarms) {
            tracing::warn!(
                printer = self.desk.name,
                ?alarms,
                "what is wrong has changed"
            );
            self.office.news.notify_one();
        }
    }
}
