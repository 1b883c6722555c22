//! What a report says is wrong.

use super::conversation::Session;
use crate::alerts;
use crate::service::Service;
use fluxprint_domain::Refusal;
use fluxprint_domain::alert::AlertKind;
use fluxprint_link::{PrinterReport, Report};
use fluxprint_store::StoreError;
use fluxprint_store::service::alert::Cause;

/// Lets the alarms of a report stand, and raises what it tells of starts that were refused because
/// they were old.
pub(super) async fn take_in(
    service: &Service,
    session: &Session,
    report: &Report,
) -> Result<(), StoreError> {
    let organisation = session.peer.organisation;
    for printer in &report.printers {
        let seen = service.hub.seen(printer.printer);
        let message = seen.and_then(|seen| seen.observation.message);
        let (id, alarms) = (printer.printer, &printer.alarms);
        alerts::alarms(service, organisation, id, alarms, message.as_deref()).await?;
        if refused_as_old(printer) {
            let cause = Cause::printer(AlertKind::EpochRefused, printer.printer, None);
            alerts::raise(service, organisation, &cause).await;
        }
    }
    Ok(())
}

fn refused_as_old(printer: &PrinterReport) -> bool {
    let old = Refusal::StartOutdated.code();
    let mut reasons = printer.attempts.iter().filter_map(|it| it.because.as_ref());
    reasons.any(|because| because.code == old)
}

#[cfg(test)]
mod tests {
    use super::*;
    use fluxprint_domain::Timestamp;
    use fluxprint_domain::attempt::Phase;
    use fluxprint_domain::bed::Epoch;
    use fluxprint_domain::id::{AttemptId, PrinterId};
    use fluxprint_domain::printer::{Activity, Heaters, Observation, PrinterState};
    use fluxprint_link::{AttemptReport, Refused};
    use std::collections::BTreeSet;

    fn refused(code: &str) -> PrinterReport {
        PrinterReport {
            printer: PrinterId::new(Timestamp(0), 1),
            observation: Observation {
                state: PrinterState::Ready,
                activity: Activity::Idle,
                job: None,
                heaters: Heaters::default(),
                message: None,
            },
            epoch: Epoch(1),
            bed_in_doubt: false,
            alarms: BTreeSet::new(),
            attempts: vec![AttemptReport {
                attempt: AttemptId::new(Timestamp(0), 2),
                phase: Phase::NothingTried,
                because: Some(Refused {
                    code: code.to_owned(),
                    sentence: String::new(),
                    remedy: String::new(),
                }),
            }],
        }
    }

    #[test]
    fn only_a_start_that_was_refused_as_old_tells_of_a_second_master() {
        assert!(refused_as_old(&refused(Refusal::StartOutdated.code())));
        assert!(!refused_as_old(&refused(Refusal::StartTooLate.code())));
    }
}
