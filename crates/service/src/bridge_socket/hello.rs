//! Lets a bridge in: its printers get their ids, its session a number.

use super::conversation::{Conversation, End, Peer, Session};
use super::identity;
use crate::hub::Introduced;
use crate::rotation;
use crate::service::Service;
use fluxprint_domain::id::{PrinterId, SessionId};
use fluxprint_domain::limits::NAME_CHARS_MAX;
use fluxprint_link::{
    Hello, LinkError, LocalPrinter, NamedPrinter, Refused, ServiceInput, Turned, Welcome,
};
use fluxprint_store::service::printer::NewPrinter;

/// Characters of the version a bridge tells.
const VERSION_CHARS_MAX: usize = 40;

/// Takes the first message in and answers it.
pub(super) async fn answer(talk: &mut Conversation, text: &str) -> Result<(), End> {
    let (service, peer) = (talk.service.clone(), talk.peer);
    let (hello, version) = match talk.link.receive(service.clock.monotonic(), text) {
        Ok(Some(ServiceInput::Hello { hello, version })) => (hello, version),
        Ok(_) => return Err(LinkError::OutOfTurn.into()),
        Err(LinkError::NoCommonVersion) => return Err(turn_away(talk, not_understood())),
        Err(error) => return Err(error.into()),
    };
    if !hello.printers.iter().all(is_sound) || has_twins(&hello) {
        return Err(LinkError::NotAMessage.into());
    }
    if let Err(because) = identity::check(talk, &hello).await? {
        return Err(turn_away(talk, because));
    }
    let older = service.hub.run_of(peer.bridge);
    let id = SessionId::fresh(&*service.clock);
    let printers = register(&service, peer, id, &hello).await?;
    let ids: Vec<PrinterId> = printers.iter().map(|printer| printer.id).collect();
    let entrance = service
        .hub
        .enter(peer.organisation, peer.bridge, id, ids.iter().copied());
    let introduced = Introduced {
        run: hello.run,
        server_time: service.clock.now(),
        at: service.clock.monotonic(),
    };
    service.hub.introduced(peer.bridge, id, introduced);
    let welcome = Welcome {
        version,
        bridge: peer.bridge,
        session: id,
        server_time: introduced.server_time,
        printers,
    };
    let session = Session {
        peer,
        id,
        printers: ids,
        entrance,
    };
    session.tell_connection(&service);
    // From here on whoever ends the conversation takes its printers out of reach.
    talk.session = Some(session);
    let frame = talk.link.welcome(service.clock.monotonic(), welcome)?;
    talk.send(&frame)?;
    // The same program that comes again after a lost connection is no other one.
    if older.is_some_and(|run| run != hello.run) {
        identity::taken_over(&service, peer).await?;
    }
    if peer.rotation_wanted {
        rotation::begin(&service, peer.organisation, peer.bridge);
    }
    tracing::info!(bridge = %peer.bridge, session = %id, "a bridge is connected");
    Ok(())
}

async fn register(
    service: &Service,
    peer: Peer,
    session: SessionId,
    hello: &Hello,
) -> Result<Vec<NamedPrinter>, fluxprint_store::StoreError> {
    let now = service.clock.now();
    let version: String = hello
        .bridge_version
        .chars()
        .take(VERSION_CHARS_MAX)
        .collect();
    service
        .store
        .bridges(peer.organisation)
        .open_session(peer.bridge, session, &version, now)
        .await?;
    let mut named = Vec::with_capacity(hello.printers.len());
    for printer in &hello.printers {
        let new = NewPrinter {
            id: PrinterId::fresh(&*service.clock),
            bridge: peer.bridge,
            local_name: &printer.name,
            is_virtual: printer.is_virtual,
            build: &printer.build,
        };
        let id = service
            .store
            .printers(peer.organisation)
            .upsert_from_bridge(&new, now)
            .await?;
        named.push(NamedPrinter {
            name: printer.name.clone(),
            id,
        });
    }
    Ok(named)
}

fn not_understood() -> Refused {
    Refused {
        code: "BRIDGE_VERSION_NOT_SUPPORTED".to_owned(),
        sentence: "This bridge and this FluxPrint do not understand each other.".to_owned(),
        remedy: "Update the older one of the two.".to_owned(),
    }
}

fn turn_away(talk: &mut Conversation, because: Refused) -> End {
    let now = talk.service.clock.monotonic();
    if let Ok(frame) = talk.link.turn_away(now, Turned { because }) {
        // The conversation is over anyway.
        let _ = talk.send(&frame);
    }
    End::TurnedAway
}

fn is_sound(printer: &LocalPrinter) -> bool {
    let build = &printer.build;
    let sizes = [
        build.volume.x_mm,
        build.volume.y_mm,
        build.volume.z_mm,
        build.nozzle_mm,
    ];
    let heats = [build.nozzle_c_max, build.bed_c_max];
    !printer.name.is_empty()
        && printer.name.chars().count() <= NAME_CHARS_MAX
        && !printer.name.chars().any(char::is_control)
        && sizes.iter().all(|mm| mm.is_finite() && *mm > 0.0)
        && heats.iter().all(|c| c.is_finite() && *c >= 0.0)
}

fn has_twins(hello: &Hello) -> bool {
    let mut names: Vec<_> = hello.printers.iter().map(|printer| &printer.name).collect();
    names.sort_unstable();
    names.windows(2).any(|pair| pair.first() == pair.last())
}
