//! The few steps of a print that tests about running jobs begin with.

use crate::rig::{Rig, sha256};
use fluxprint_domain::Clock;
use fluxprint_domain::attempt::{self, Phase};
use fluxprint_domain::id::{AttemptId, JobId, PrinterId, SessionId};
use fluxprint_domain::printer::{Activity, Heater, Heaters, Observation, PrinterState, SeenJob};
use fluxprint_domain::role::Role;
use fluxprint_service::hub::Entrance;
use fluxprint_store::service::attempt::{NewAttempt, Observed};
use fluxprint_store::service::reason::Reason;

/// A try on a printer that its bridge reaches, for as long as this is kept.
pub struct OnPrinter {
    pub printer: PrinterId,
    pub attempt: AttemptId,
    session: SessionId,
    _entrance: Entrance,
}

impl Rig {
    /// A job whose first copy is printed; its bridge takes no commands any more.
    pub async fn printing(&self, job: JobId) -> (PrinterId, AttemptId) {
        let at = self.staged(job).await;
        self.start(&at).await;
        (at.printer, at.attempt)
    }

    /// A prepared job whose first copy lies in a printer, the bed of which is clear.
    pub async fn staged(&self, job: JobId) -> OnPrinter {
        crate::queue::prepare(self, job).await;
        let (bridge, printer) = self.printer(false).await;
        let (session, now): (SessionId, _) = (self.id(), self.clock.now());
        let bridges = self.service.store.bridges(self.org);
        let opened = bridges.open_session(bridge, session, "1", now).await;
        opened.unwrap();
        let entrance = self.service.hub.enter(self.org, bridge, session, [printer]);
        self.service.hub.reconciled(bridge, session);
        let (found, _) = self.service.store.jobs(self.org).get(job).await.unwrap();
        let new = NewAttempt {
            id: self.id(),
            copy: found.copies[0].id,
            printer,
            gcode_sha256: sha256(b"G28\n"),
            gcode_bytes: 4,
        };
        let attempts = self.service.store.attempts(self.org);
        attempts.assign(new, "dispatcher", now).await.unwrap();
        attempts
            .mark_staging(new.id, "dispatcher", now)
            .await
            .unwrap();
        self.phase(new.id, Phase::Staged).await;
        self.clock.advance_ms(1);
        let clear = format!("PUT /v1/printers/{printer}/bed-clearance");
        self.by(Role::Owner, &clear).await.ok();
        self.clock.advance_ms(1);
        OnPrinter {
            printer,
            attempt: new.id,
            session,
            _entrance: entrance,
        }
    }

    /// It is started, and seen printing.
    pub async fn start(&self, at: &OnPrinter) {
        let attempts = self.service.store.attempts(self.org);
        let issued = attempts
            .issue_start(at.attempt, at.session, "dispatcher", self.clock.now())
            .await;
        issued.unwrap();
        self.phase(at.attempt, Phase::Printing).await;
    }

    /// What a bridge proves of a try.
    pub async fn phase(&self, attempt: AttemptId, phase: Phase) {
        self.phase_because(attempt, phase, None).await;
    }

    /// What a bridge proves of a try, with its words on it.
    pub async fn phase_because(&self, attempt: AttemptId, phase: Phase, reason: Option<Reason>) {
        let (attempts, now) = (self.service.store.attempts(self.org), self.clock.now());
        let event = attempt::Event::Seen(phase);
        let observed = Observed {
            reason,
            ..Observed::default()
        };
        let applied = attempts
            .apply(attempt, event, &observed, "bridge", now)
            .await;
        applied.unwrap();
    }

    /// The printer is seen in the middle of a try's file.
    pub fn see(&self, printer: PrinterId, attempt: AttemptId, completion_pct: f64) -> Observation {
        let heater = Heater {
            actual_c: 199.5,
            target_c: 200.0,
        };
        let seen = Observation {
            state: PrinterState::Busy,
            activity: Activity::Printing,
            job: Some(SeenJob {
                path: format!("fluxprint/{attempt}.gcode"),
                size_bytes: Some(4),
                completion_pct: Some(completion_pct),
                print_time_s: Some(60),
                time_left_s: Some(90),
            }),
            heaters: Heaters {
                nozzle: Some(heater),
                bed: None,
            },
            message: None,
        };
        let hub = &self.service.hub;
        hub.saw(printer, seen.clone(), self.clock.now());
        seen
    }
}
