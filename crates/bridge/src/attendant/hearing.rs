//! What an attendant makes of what a printer's program tells by itself.

use super::Attendant;
use crate::error::BridgeError;
use crate::words::{self, Why};
use fluxprint_domain::attempt::Phase;
use fluxprint_link::Refused;
use fluxprint_printers::{FailReason, OwnPath, PrinterEvent};

impl Attendant {
    /// What the printer's program tells by itself: faster and more exact than looks.
    pub(super) async fn happened(&mut self, event: PrinterEvent) -> Result<(), BridgeError> {
        match event {
            PrinterEvent::Started { path } => {
                self.sight.pause_asked = false;
                self.told(&path, Phase::Starting, None).await
            }
            PrinterEvent::Resumed { path } => {
                self.sight.pause_asked = false;
                self.told(&path, Phase::Printing, None).await
            }
            PrinterEvent::Paused { path } => self.told(&path, Phase::Paused, None).await,
            PrinterEvent::Done { path } => self.told(&path, Phase::Completed, None).await,
            PrinterEvent::Failed {
                path,
                reason,
                message,
            } => {
                let (phase, because) = self.early_end(&path, reason, message).await?;
                self.told(&path, phase, Some(because)).await
            }
            PrinterEvent::Reset => {
                self.sight.reset_at = Some(self.now());
                Ok(())
            }
            PrinterEvent::Connected | PrinterEvent::Disconnected => {
                self.sight.identified = false;
                Ok(())
            }
            PrinterEvent::Error { message, emergency } => {
                if emergency {
                    self.watchdog.emergency();
                }
                tracing::warn!(
                    printer = self.desk.name,
                    message,
                    "the printer reports an error"
                );
                Ok(())
            }
        }
    }

    async fn told(
        &mut self,
        path: &str,
        phase: Phase,
        because: Option<Refused>,
    ) -> Result<(), BridgeError> {
        let live = match OwnPath::read(path) {
            Some(own) => self.office.journal.row(own.attempt()).await?,
            None => None,
        };
        match live.filter(|row| row.may_be_printing() && row.printer == self.desk.name) {
            Some(row) => {
                self.sight.moves_in_ours(path);
                self.result(row.attempt, phase, because).await
            }
            // Its own end may have been seen already; only a beginning is certainly not ours.
            None if phase == Phase::Starting => self.doubt().await,
            None => Ok(()),
        }
    }

    async fn early_end(
        &self,
        path: &str,
        reason: FailReason,
        message: Option<String>,
    ) -> Result<(Phase, Refused), BridgeError> {
        let asked = match OwnPath::read(path) {
            Some(own) => self.office.journal.row(own.attempt()).await?,
            None => None,
        }
        .is_some_and(|row| row.cancel_asked);
        let reset = self
            .sight
            .reset_at
            .is_some_and(|at| self.now().ms_since(at) < self.office.pace.vanished_ms);
        Ok(match (reason, asked) {
            (_, true) => (Phase::Canceled, Why::Canceled.into()),
            (FailReason::Canceled, false) if reset => (Phase::Failed, Why::MachineReset.into()),
            (FailReason::Canceled, false) => (Phase::Canceled, Why::CanceledAtThePrinter.into()),
            (FailReason::Error, false) => {
                let said =
                    message.map(|said| format!("The print broke off. The printer said: {said}"));
                (
                    Phase::Failed,
                    said.map_or_else(
                        || Why::BrokeOff.into(),
                        |said| words::because(Why::BrokeOff, said),
                    ),
                )
            }
        })
    }
}
