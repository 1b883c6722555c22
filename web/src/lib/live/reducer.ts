import type { Badge, Printer, Printing, Queue, ServiceUp } from '../api/shapes';
import type { Happened, Message, Payloads, Snapshot } from './messages';

/** What the page knows of the world that moves by itself. */
export interface World {
  /** Number of the newest message on this socket; 0 before the first. */
  n: number;
  /** When this was true, in the server's time. */
  at: string | null;
  printing: Pick<Printing, 'on' | 'since' | 'by'> | null;
  service: ServiceUp | null;
  printers: Printer[] | null;
  queue: Queue | null;
  /** When printers and queue were last known, if that is not now. */
  seen_at: string | null;
  badges: Readonly<Record<string, Badge>>;
}

export const NOTHING_KNOWN: World = {
  n: 0,
  at: null,
  printing: null,
  service: null,
  printers: null,
  queue: null,
  seen_at: null,
  badges: {},
};

/** What has to be asked again after a message. */
export type Want = 'everything' | 'printers' | 'queue' | 'me' | 'signed_out';
export interface Step {
  world: World;
  want: Want[];
}

/** Takes one message in. A message out of its turn means that something was missed. */
export function receive(world: World, message: Message): Step {
  if (message.type === 'snapshot') return { world: fromSnapshot(message), want: [] };
  if (message.n <= world.n) return { world, want: [] };
  const missed = message.n !== world.n + 1;
  const counted = { ...world, n: message.n };
  if (message.type === 'gap') return { world: counted, want: [] };
  const step = happened({ ...counted, at: message.at }, message);
  return missed ? { ...step, want: [...step.want, 'everything'] } : step;
}

function fromSnapshot(message: Snapshot): World {
  const { n, at, printing, service, printers, queue, badges } = message;
  return { n, at, printing, service, printers, queue, seen_at: message.seen_at ?? null, badges };
}

function happened(world: World, event: Happened): Step {
  const payload = event.payload as never;
  switch (event.name) {
    case 'flag:changed':
      return still({ ...world, printing: payload });
    case 'service:changed':
      return serviceChanged(world, payload, event.at);
    case 'queue:updated':
      return still({ ...world, queue: (payload as Payloads['queue:updated']).queue, seen_at: null });
    case 'printer:status':
      return still(withPrinter(world, (payload as Payloads['printer:status']).printer));
    case 'printer:progress':
      return still(withLook(world, payload, event.at));
    case 'file:deleted':
      return still(withoutFile(world, (payload as Payloads['file:deleted']).id));
    case 'file:badge':
      return still(withBadge(world, payload));
    case 'me:changed':
      return { world, want: ['me'] };
    case 'session:ended':
      return { world, want: ['signed_out'] };
    default:
      return still(world);
  }
}

const still = (world: World): Step => ({ world, want: [] });

function serviceChanged(world: World, service: ServiceUp, at: string): Step {
  if (service.up) return { world: { ...world, service, seen_at: null }, want: ['printers', 'queue'] };
  return still({ ...world, service, seen_at: world.seen_at ?? at });
}

function withoutFile(world: World, id: string): World {
  const { [id]: _gone, ...badges } = world.badges;
  return { ...world, badges };
}

/** Progress of the same job never goes back: an older word that comes late is dropped. */
function withBadge(world: World, { file, badge }: Payloads['file:badge']): World {
  const before = world.badges[file];
  const older = before?.at && badge.at && Date.parse(badge.at) < Date.parse(before.at);
  return older ? world : { ...world, badges: { ...world.badges, [file]: badge } };
}

/** The printer as it is now, or a new one. What the message leaves out (what one may do) stays. */
function withPrinter(world: World, now: Printer): World {
  const before = world.printers ?? [];
  const known = before.some(({ id }) => id === now.id);
  const printers = known ? before.map((one) => (one.id === now.id ? { ...one, ...now } : one)) : [...before, now];
  return { ...world, printers, seen_at: null };
}

function withLook(world: World, payload: Payloads['printer:progress'], at: string): World {
  if (!world.printers) return world;
  const { printer_id, ...look } = payload;
  const printers = world.printers.map((printer) => {
    if (printer.id !== printer_id) return printer;
    const state_since = look.state === printer.state ? printer.state_since : at;
    return { ...printer, ...look, state_since, connected: true, last_contact_at: at };
  });
  return { ...world, printers };
}

/** Fresh answers to what was asked. */
export function refreshed(world: World, now: Partial<Pick<World, 'printers' | 'queue'>>): World {
  return { ...world, ...now, seen_at: world.service?.up === false ? world.seen_at : null };
}
