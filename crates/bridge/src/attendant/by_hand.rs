//! Heating, moving and connecting for a person: each at most once, and never beside a print.

use super::Attendant;
use super::orders::answer;
use crate::desk::{Preheat, Reply};
use crate::error::BridgeError;
use crate::journal::Row;
use crate::local_limits::Class;
use crate::words::{self, Why};
use fluxprint_domain::Refusal;
use fluxprint_domain::control::Control;
use fluxprint_link::{ByHand, Refused};

impl Attendant {
    /// Done in the printer's own turn, so that no start comes between the look and the call.
    pub(super) async fn by_hand(
        &mut self,
        order: ByHand,
        reply: &Reply,
    ) -> Result<(), BridgeError> {
        if let Err(because) = self.may_do(&order).await? {
            reply.refused(because);
            return Ok(());
        }
        let printer = self.desk.printer.clone();
        let done = match &order.control {
            Control::Preheat(targets) => {
                let done = printer.heat(*targets).await;
                if done.is_ok() {
                    let warm = targets.nozzle_c > 0.0 || targets.bed_c > 0.0;
                    self.desk.set_preheat(warm.then(|| Preheat {
                        targets: *targets,
                        at: self.now(),
                    }));
                }
                done
            }
            Control::Home { axes } => printer.home(axes).await,
            Control::Jog(jog) => printer.jog(*jog).await,
            Control::Connect => printer.connect().await,
            Control::Disconnect => printer.disconnect().await,
        };
        tracing::info!(
            printer = self.desk.name,
            what = order.control.word(),
            done = done.is_ok(),
            "asked by hand"
        );
        answer(reply, done);
        Ok(())
    }

    /// What the local limits say to a command of this class now.
    pub(super) fn permitted(&self, class: Class) -> Result<(), Why> {
        self.desk.limits.permit(class, self.office.clock.now())
    }

    async fn may_do(&mut self, order: &ByHand) -> Result<Result<(), Refused>, BridgeError> {
        let prints =
            self.starting_attempt.is_some() || self.rows().await?.iter().any(Row::may_be_printing);
        let refused = |refusal: Refusal| Ok(Err(words::refusal(&refusal)));
        if let Err(why) = self.permitted(Class::from(&order.control)) {
            return Ok(Err(why.into()));
        }
        if let Err(refusal) = order.control.check(&self.desk.build) {
            return refused(refusal);
        }
        if prints {
            return refused(Refusal::NotWhilePrinting);
        }
        match self.desk.printer.look().await {
            Ok(seen) => {
                if let Err(refusal) = order.control.may_now(&seen) {
                    return refused(refusal);
                }
            }
            Err(error) => return Ok(Err(words::printer(&error))),
        }
        // Last, because looking may have taken a while.
        let gate = self.office.gate().ok_or(Refusal::CommandTooLate);
        match gate.and_then(|gate| gate.check_by_hand(self.now(), order)) {
            Ok(()) => Ok(Ok(())),
            Err(refusal) => refused(refusal),
        }
    }
}
