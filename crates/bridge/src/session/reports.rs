//! What a session tells: the whole truth at its beginning, then what changes.

use super::{Ended, Session};
use crate::desk::Desk;
use crate::desk::Order;
use crate::run::Opened;
use fluxprint_domain::id::AttemptId;
use fluxprint_link::{PrinterReport, Report, Telemetry};
use std::collections::BTreeSet;

impl Session {
    /// Tells the whole truth, as far as it was looked at; with it the session is open.
    ///
    /// # Errors
    /// [`Ended`]: the session is over.
    pub fn full_report(&mut self) -> Result<(), Ended> {
        let mut printers = Vec::new();
        let mut doubts = Vec::new();
        for place in 0..self.desks.len() {
            if let Some(desk) = self.desks.get(place) {
                // Everything of before is in this report.
                let _ = desk.take_due();
            }
            if let Some((report, doubt)) = self.of_printer(place, None) {
                printers.push(report);
                doubts.push((place, doubt));
            }
        }
        let report = Report {
            full: true,
            printers,
        };
        self.report(report, &doubts)?;
        self.office.set_gate(self.end.gate());
        if let Some((bridge, session)) = self.names {
            self.opened = Some(Opened { bridge, session });
        }
        // What happened while the report was written comes next.
        self.office.news.notify_one();
        Ok(())
    }

    /// What is true about one printer: about all unsettled tries, or about `only` these.
    fn of_printer(
        &self,
        place: usize,
        only: Option<&BTreeSet<AttemptId>>,
    ) -> Option<(PrinterReport, Option<u64>)> {
        let (face, printer) = (self.desks.get(place)?.face(), (*self.ids.get(place)?)?);
        // A doubt is said once in a session: what follows it cannot overtake it.
        let said = self.said.get(&place).map(|(doubt, _)| *doubt);
        let doubt = face.doubt.filter(|doubt| Some(*doubt) != said);
        let wanted = |attempt: &AttemptId| only.is_none_or(|only| only.contains(attempt));
        let attempts = face
            .attempts
            .into_iter()
            .filter(|(attempt, _)| wanted(attempt));
        let report = PrinterReport {
            printer,
            observation: face.observation,
            epoch: face.epoch,
            bed_in_doubt: doubt.is_some(),
            alarms: face.alarms,
            attempts: attempts.map(|(_, report)| report).collect(),
        };
        Some((report, doubt))
    }

    fn report(&mut self, report: Report, doubts: &[(usize, Option<u64>)]) -> Result<(), Ended> {
        let now = self.office.clock.monotonic();
        let frame = self.end.report(now, report).map_err(Ended::Broken)?;
        for (place, doubt) in doubts {
            if let Some(doubt) = doubt {
                self.said.insert(*place, (*doubt, frame.seq));
            }
        }
        self.send(&frame)
    }

    /// Doubts the service has heard of need not be said in the next session. It reads and writes
    /// down a report before it acknowledges it.
    pub(super) fn acknowledged(&mut self, text: &str) {
        #[derive(serde::Deserialize)]
        struct Ack {
            ack: u64,
        }
        let Ok(Ack { ack }) = serde_json::from_str(text) else {
            return;
        };
        for (place, (doubt, frame)) in &self.said {
            let desk = self.desks.get(*place).filter(|_| *frame <= ack);
            if let Some(desk) = desk.filter(|desk| desk.face().doubt == Some(*doubt)) {
                // If there is no room for it now, the next acknowledgement says the same.
                let _ = desk.orders.try_send(Order::DoubtTold(*doubt));
            }
        }
    }

    /// Tells what has changed.
    ///
    /// # Errors
    /// [`Ended`]: the session is over; for [`Ended::Changed`] and [`Ended::JournalFailed`] a new
    /// one tells the rest.
    pub fn news(&mut self) -> Result<(), Ended> {
        if self.office.take_journal_failed() {
            return Err(Ended::JournalFailed);
        }
        if self
            .desks
            .iter()
            .zip(&self.announced)
            .any(|(desk, said)| desk.announced() != *said)
        {
            return Err(Ended::Changed);
        }
        if self.end.gate().is_none() {
            return Ok(());
        }
        for place in 0..self.desks.len() {
            let Some(desk) = self.desks.get(place).cloned() else {
                continue;
            };
            let due = desk.take_due();
            if let Some(changed) = due.report
                && let Some((report, doubt)) = self.of_printer(place, Some(&changed))
            {
                let partial = Report {
                    full: false,
                    printers: vec![report],
                };
                self.report(partial, &[(place, doubt)])?;
            }
            if due.look {
                self.telemetry(place, &desk)?;
            }
        }
        Ok(())
    }

    fn telemetry(&mut self, place: usize, desk: &Desk) -> Result<(), Ended> {
        let Some(Some(printer)) = self.ids.get(place) else {
            return Ok(());
        };
        let seen = Telemetry {
            printer: *printer,
            observation: desk.face().observation,
        };
        let now = self.office.clock.monotonic();
        match self.end.telemetry(now, seen).map_err(Ended::Broken)? {
            Some(frame) => self.send(&frame),
            None => Ok(()),
        }
    }
}
