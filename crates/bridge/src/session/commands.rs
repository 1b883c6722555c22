//! What a session does with commands. Nothing here waits: not for a printer, not for the disk.

use super::Session;
use crate::desk::{Desk, Order, Reply};
use crate::limits::STOP_TRIES;
use crate::words::{self, Why};
use fluxprint_domain::Refusal;
use fluxprint_domain::id::{AttemptId, PrinterId};
use fluxprint_link::{Command, Refused};
use fluxprint_printers::PrinterError;
use secrecy::SecretString;
use std::sync::Arc;

impl Session {
    pub(super) fn obey(&mut self, number: u64, command: Command) {
        let reply = Reply {
            to: number,
            out: self.answers.clone(),
        };
        match command {
            Command::EmergencyStop { printer } => self.stop(printer, Stop::Machine, reply),
            Command::HeatersOff { printer } => self.stop(printer, Stop::Heaters, reply),
            Command::Stage(stage) => {
                let desk = self.desk(stage.printer);
                give(desk, reply.clone(), Order::Stage(stage, reply));
            }
            Command::Start(start) => {
                let desk = self.desk(start.printer);
                give(desk, reply.clone(), Order::Start(start, reply));
            }
            Command::ByHand(order) => {
                let desk = self.desk(order.printer);
                give(desk, reply.clone(), Order::ByHand(order, reply));
            }
            Command::Tidy { printer } => {
                let desk = self.desk(printer);
                give(desk, reply.clone(), Order::Tidy(reply));
            }
            Command::Pause { attempt } => {
                self.about(attempt, reply, |reply| Order::Pause(attempt, reply));
            }
            Command::Resume { attempt } => {
                self.about(attempt, reply, |reply| Order::Resume(attempt, reply));
            }
            Command::Cancel { attempt } => {
                self.about(attempt, reply, |reply| Order::Cancel(attempt, reply));
            }
            Command::Settled { attempt } => {
                // Said again: nothing is left to forget.
                if self.desks.iter().any(|desk| desk.has_attempt(attempt)) {
                    self.about(attempt, reply, |_| Order::Settled(attempt));
                }
            }
            Command::TakeToken { token } => {
                // The one write that a session waits for: a few bytes, once in a long while.
                match self.office.credentials.take(SecretString::from(token.0)) {
                    Ok(()) => reply.given(),
                    Err(error) => {
                        tracing::error!("{error}");
                        reply.refused(Refused {
                            code: error.code().to_owned(),
                            sentence: error.to_string(),
                            remedy: error.remedy().to_owned(),
                        });
                    }
                }
            }
            Command::Refresh => self.looks_wanted = true,
        }
    }

    fn desk(&self, printer: PrinterId) -> Option<&Arc<Desk>> {
        let place = self.ids.iter().position(|id| *id == Some(printer))?;
        self.desks.get(place)
    }

    /// Gives an order about a try to the printer it is on.
    fn about(&self, attempt: AttemptId, reply: Reply, order: impl FnOnce(Reply) -> Order) {
        match self.desks.iter().find(|desk| desk.has_attempt(attempt)) {
            Some(desk) => give(Some(desk), reply.clone(), order(reply)),
            None => reply.refused(Why::UnknownTry),
        }
    }

    /// Straight to the printer's program, past every line (N-10).
    fn stop(&mut self, printer: PrinterId, what: Stop, reply: Reply) {
        let Some(desk) = self.desk(printer).cloned() else {
            reply.refused(words::refusal(&Refusal::NoPrinter));
            return;
        };
        self.stops.push(Box::pin(async move {
            match stop(&desk, what).await {
                Ok(()) => reply.given(),
                Err(error) => reply.failed(&error),
            }
        }));
    }
}

#[derive(Clone, Copy)]
enum Stop {
    Machine,
    Heaters,
}

/// Safe, so it is tried again when it fails.
async fn stop(desk: &Desk, what: Stop) -> Result<(), PrinterError> {
    desk.set_preheat(None);
    let mut done = Ok(());
    for _ in 0..STOP_TRIES {
        done = match what {
            Stop::Machine => desk.printer.emergency_stop().await,
            Stop::Heaters => desk.printer.heaters_off().await,
        };
        if done.is_ok() {
            break;
        }
    }
    done
}

fn give(desk: Option<&Arc<Desk>>, reply: Reply, order: Order) {
    match desk {
        None => reply.refused(words::refusal(&Refusal::NoPrinter)),
        Some(desk) if desk.orders.try_send(order).is_err() => reply.refused(Why::TooManyCommands),
        Some(_) => {}
    }
}
