//! The service's side of one conversation with a bridge, without a socket: texts and time go in,
//! texts to be sent come out. The socket's loop drives it, and so does the simulation.

use super::{hear, hello, identity};
use crate::hub::{Closing, Entrance, Said};
use crate::service::Service;
use crate::telling;
use fluxprint_domain::id::{BridgeId, OrganisationId, PrinterId, SessionId};
use fluxprint_domain::{DeviceKey, Nonce, Sha256};
use fluxprint_link::{Frame, LinkError, SafeAnswer, ServiceEnd, Tick};
use fluxprint_store::StoreError;
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::oneshot;

/// Who is at the other end.
#[derive(Clone, Copy, Debug)]
pub struct Peer {
    /// Whose bridge it is.
    pub organisation: OrganisationId,
    /// Which one.
    pub bridge: BridgeId,
    /// Hash of the token it showed.
    pub token: Sha256,
    /// The key that has to sign the challenge; `None` until one is bound.
    pub key: Option<DeviceKey>,
    /// Whether it is to get another token.
    pub rotation_wanted: bool,
}

/// A session that has been let in.
pub(super) struct Session {
    pub(super) peer: Peer,
    pub(super) id: SessionId,
    pub(super) printers: Vec<PrinterId>,
    pub(super) entrance: Entrance,
}

impl Session {
    /// Tells whoever listens whether its printers can be reached now.
    pub(super) fn tell_connection(&self, service: &Service) {
        let Peer {
            organisation,
            bridge,
            ..
        } = self.peer;
        telling::connection(service, organisation, bridge, &self.printers);
    }
}

/// Why a conversation ends.
#[derive(Debug, thiserror::Error)]
pub enum End {
    /// The other end went away.
    #[error("the bridge closed the connection")]
    Gone,
    /// A rule of the link was broken, or nobody is there any more.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// The hub has closed it.
    #[error("the session was closed: {0:?}")]
    Closed(Closing),
    /// The bridge is not the one whose token it shows, or speaks no version of ours.
    #[error("the bridge was turned away")]
    TurnedAway,
    /// This program ends.
    #[error("the service is going down")]
    Stopping,
    /// Nothing may follow from what is not written down.
    #[error("what the bridge said could not be written down")]
    Store(#[from] StoreError),
}

/// The service's side of one conversation. After every step the texts that are due have to be
/// sent ([`Conversation::take_due`]), also when the step has ended the conversation; at its end
/// [`Conversation::leave`] is called.
pub struct Conversation {
    pub(super) service: Arc<Service>,
    pub(super) peer: Peer,
    pub(super) link: ServiceEnd,
    pub(super) session: Option<Session>,
    /// What its key has to sign.
    pub(super) nonce: Nonce,
    due: Vec<String>,
    /// Who waits for the answer to which frame.
    waiting: HashMap<u64, oneshot::Sender<SafeAnswer>>,
}

impl Conversation {
    /// A bridge whose token was good has connected: the challenge is due.
    ///
    /// # Errors
    /// [`End`], never in practice.
    pub fn open(service: Arc<Service>, peer: Peer) -> Result<Self, End> {
        let nonce = identity::nonce(&service);
        let (link, challenge) = ServiceEnd::open(service.clock.monotonic(), nonce)?;
        let mut talk = Self {
            link,
            service,
            peer,
            session: None,
            nonce,
            due: Vec::new(),
            waiting: HashMap::new(),
        };
        talk.send(&challenge)?;
        Ok(talk)
    }

    /// Takes one text of the bridge in: written down first, then acted on.
    ///
    /// # Errors
    /// [`End`]: the conversation is over.
    pub async fn heard(&mut self, text: &str) -> Result<(), End> {
        if self.session.is_none() {
            return hello::answer(self, text).await;
        }
        match self.link.receive(self.service.clock.monotonic(), text)? {
            Some(input) => hear::take_in(self, input).await,
            None => Ok(()),
        }
    }

    /// Looks at the clock.
    ///
    /// # Errors
    /// [`End`]: nobody is there any more.
    pub fn ticked(&mut self) -> Result<(), End> {
        match self.link.tick(self.service.clock.monotonic())? {
            Tick::Quiet => Ok(()),
            Tick::Send(frame) => self.send(&frame),
        }
    }

    /// Gives a command of the hub to the bridge.
    ///
    /// # Errors
    /// [`End`]: too much is under way that the bridge has not acknowledged.
    pub fn command(&mut self, said: impl Into<Said>) -> Result<(), End> {
        let Said { command, answer } = said.into();
        match self.link.command(self.service.clock.monotonic(), command)? {
            Ok(frame) => {
                if let Some(answer) = answer {
                    // Whoever has given up waiting is forgotten here.
                    self.waiting.retain(|_, waits| !waits.is_closed());
                    self.waiting.insert(frame.seq, answer);
                }
                self.send(&frame)
            }
            // Cannot be: commands are taken from the hub only once the session is reconciled.
            Err(refusal) => {
                tracing::error!(
                    code = refusal.code(),
                    "a command was taken too early and dropped"
                );
                Ok(())
            }
        }
    }

    /// The bridge has answered a command.
    pub(super) fn answered(&mut self, to: u64, answer: SafeAnswer) {
        if let Some(waits) = self.waiting.remove(&to) {
            // Whoever asked may have given up a moment ago.
            let _ = waits.send(answer);
        }
    }

    /// The hub's orders to this session, once the bridge was let in, and whether commands may be
    /// taken from them: only after its full report.
    pub fn entrance(&mut self) -> Option<(&mut Entrance, bool)> {
        let ready = self.link.reconciled();
        let session = self.session.as_mut()?;
        Some((&mut session.entrance, ready))
    }

    /// The texts that have to be sent, in this order.
    #[must_use]
    pub fn take_due(&mut self) -> Vec<String> {
        std::mem::take(&mut self.due)
    }

    /// It is over: its printers are out of reach, unless a newer session has them.
    pub fn leave(&mut self) {
        if let Some(session) = self.session.take() {
            self.service.hub.leave(self.peer.bridge, session.id);
            session.tell_connection(&self.service);
        }
    }

    pub(super) fn send(&mut self, frame: &Frame) -> Result<(), End> {
        let text = serde_json::to_string(frame).map_err(|_| LinkError::NotAMessage)?;
        self.due.push(text);
        Ok(())
    }
}
