import { describe, expect, test } from 'vitest';
import type { Printer, Queue } from '../src/lib/api';
import { backOff } from '../src/lib/live/connection';
import { parse, type Message } from '../src/lib/live/messages';
import { NOTHING_KNOWN, receive, type Step, type World } from '../src/lib/live/reducer';

const AT = '2026-11-22T14:00:00Z';
const printer = (id: string): Printer =>
  ({ id, name: id, state: 'ready', state_since: AT, connected: true, bed: { clear: true } }) as Printer;

const snapshot: Message = {
  n: 1,
  type: 'snapshot',
  at: AT,
  printing: { on: true, since: AT },
  service: { up: true, since: AT, bridges_dial: 'https://prints.example' },
  printers: [printer('prn_a'), printer('prn_b')],
  queue: { on_hold: false, entries: [] } as unknown as Queue,
  badges: { file_1: { state: 'printing', progress_pct: 40, at: AT } },
};
const begun: World = receive(NOTHING_KNOWN, snapshot).world;

function event(n: number, name: string, payload: Record<string, unknown>, at = AT): Message {
  return { n, type: 'event', at, name, payload };
}

function all(world: World, ...messages: Message[]): Step {
  return messages.reduce<Step>(
    (step, message) => {
      const next = receive(step.world, message);
      return { world: next.world, want: [...step.want, ...next.want] };
    },
    { world, want: [] },
  );
}

describe('messages', () => {
  test('a snapshot is the whole truth', () => {
    expect(begun.printers).toHaveLength(2);
    expect(begun.seen_at).toBeNull();
    const later = all(begun, { ...snapshot, n: 7, printers: [], badges: {} } as Message).world;
    expect([later.n, later.printers, later.badges]).toEqual([7, [], {}]);
  });

  test('one that is older than the newest changes nothing', () => {
    const { world } = all(begun, event(2, 'flag:changed', { on: false, since: AT }));
    const { world: same } = all(world, event(2, 'flag:changed', { on: true, since: AT }));
    expect(same).toBe(world);
  });

  test('one out of its turn is used, and everything is asked again', () => {
    const { world, want } = all(begun, event(4, 'flag:changed', { on: false, since: AT }));
    expect(world.printing?.on).toBe(false);
    expect(want).toEqual(['everything']);
  });

  test('after a gap the snapshot that follows counts', () => {
    const { world, want } = all(begun, { n: 2, type: 'gap' }, { ...snapshot, n: 3, queue: null } as Message);
    expect(world.queue).toBeNull();
    expect(want).toEqual([]);
  });

  test('what is no message is not taken in', () => {
    for (const text of ['', '{', '[]', '{"n":1}', '{"type":"event"}', '{"n":"1","type":"gap"}']) {
      expect(parse(text)).toBeNull();
    }
    expect(parse('{"n":2,"type":"gap"}')).toEqual({ n: 2, type: 'gap' });
  });

  test('one nobody knows yet does no harm', () => {
    const { world, want } = all(begun, event(2, 'moon:rose', {}));
    expect([world.n, world.printers, want]).toEqual([2, begun.printers, []]);
  });
});

describe('printers', () => {
  test('a look moves one printer and leaves the others alone', () => {
    const progress = { completion_pct: 12.5, print_time_s: 60, time_left_s: 420 };
    const look = { printer_id: 'prn_a', state: 'busy', message: null, heaters: null, progress };
    const { world } = all(begun, event(2, 'printer:progress', look, '2026-11-22T14:00:05Z'));
    const [a, b] = world.printers ?? [];
    expect(a?.progress?.completion_pct).toBe(12.5);
    expect(a?.state_since).toBe('2026-11-22T14:00:05Z');
    expect(b).toBe(begun.printers?.[1]);
  });

  test('a state that goes on keeps its beginning', () => {
    const look = { printer_id: 'prn_a', state: 'ready', message: null, heaters: null, progress: null };
    const { world } = all(begun, event(2, 'printer:progress', look, '2026-11-22T14:00:05Z'));
    expect(world.printers?.[0]?.state_since).toBe(AT);
  });

  test('a new printer joins the others', () => {
    const said = { printer_id: 'prn_c', printer: printer('prn_c') };
    const { world } = all(begun, event(2, 'printer:status', said));
    expect(world.printers?.map(({ id }) => id)).toEqual(['prn_a', 'prn_b', 'prn_c']);
  });
});

describe('badges', () => {
  test('an older word that comes late is dropped', () => {
    const late = { state: 'printing', progress_pct: 10, at: '2026-11-22T13:59:00Z' };
    const { world } = all(begun, event(2, 'file:badge', { project: 'p', file: 'file_1', badge: late }));
    expect(world.badges['file_1']?.progress_pct).toBe(40);
  });

  test('go with their file', () => {
    const { world } = all(begun, event(2, 'file:deleted', { project: 'p', id: 'file_1' }));
    expect(world.badges).toEqual({});
  });
});

describe('the print service', () => {
  test('when it goes, what is known stays and has its time', () => {
    const gone = '2026-11-22T14:05:00Z';
    const { world } = all(begun, event(2, 'service:changed', { up: false, since: gone }, gone));
    expect(world.printers).toHaveLength(2);
    expect(world.seen_at).toBe(gone);
  });

  test('when it is back, printers and queue are asked', () => {
    const { world, want } = all(
      begun,
      event(2, 'service:changed', { up: false, since: AT }),
      event(3, 'service:changed', { up: true, since: AT }),
    );
    expect(world.seen_at).toBeNull();
    expect(want).toEqual(['printers', 'queue']);
  });
});

test('a change of rights asks who one is, the end of the session signs out', () => {
  expect(all(begun, event(2, 'me:changed', {}), event(3, 'session:ended', {})).want).toEqual(['me', 'signed_out']);
});

test('waits between tries grow from half a second to half a minute and are spread', () => {
  expect([backOff(1, 0), backOff(1, 1)]).toEqual([250, 500]);
  expect([backOff(4, 0), backOff(4, 1)]).toEqual([2_000, 4_000]);
  expect([backOff(50, 0), backOff(50, 1)]).toEqual([15_000, 30_000]);
});
