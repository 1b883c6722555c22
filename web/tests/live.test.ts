import { beforeEach, describe, expect, test } from 'vitest';
import { Live, type Outside } from '../src/lib/live/live';
import type { Link } from '../src/lib/live/connection';

/** A world outside with sockets and time in the hand of the test. */
class Stage implements Outside {
  sockets: FakeSocket[] = [];
  waiting: { run: () => void; ms: number }[] = [];
  asked: string[] = [];
  isOnline = true;
  isHidden = false;
  out = 0;
  broken = false;

  open = (): FakeSocket => {
    const socket = new FakeSocket();
    this.sockets.push(socket);
    return socket;
  };
  later = (run: () => void, ms: number): (() => void) => {
    const entry = { run, ms };
    this.waiting.push(entry);
    return () => {
      this.waiting = this.waiting.filter((one) => one !== entry);
    };
  };
  frame = (run: () => void): void => run();
  at_ms = Date.parse('2026-11-22T14:00:00Z');
  now = (): number => this.at_ms;
  chance = (): number => 1;
  online = (): boolean => this.isOnline;
  hidden = (): boolean => this.isHidden;
  signedOut = (): void => void (this.out += 1);
  ask: Outside['ask'] = {
    printers: () => this.#answer('printers', []),
    queue: () => this.#answer('queue', null),
    me: () => this.#answer('me', { printing: { on: true, since: '' }, service: { up: true, since: '', bridges_dial: '' } }),
  };

  #answer<T>(what: string, value: T): Promise<T> {
    this.asked.push(what);
    return this.broken ? Promise.reject(new Error('away')) : Promise.resolve(value);
  }

  get socket(): FakeSocket {
    const last = this.sockets.at(-1);
    if (!last) throw new Error('no socket was opened');
    return last;
  }

  /** Lets what waits the shortest happen; answers how long it was to wait. */
  pass(): number {
    const [next] = this.waiting.toSorted((a, b) => a.ms - b.ms);
    if (!next) throw new Error('nothing waits');
    this.waiting = this.waiting.filter((one) => one !== next);
    next.run();
    return next.ms;
  }
}

class FakeSocket {
  onopen: WebSocket['onopen'] = null;
  onmessage: WebSocket['onmessage'] = null;
  onclose: WebSocket['onclose'] = null;
  readyState: WebSocket['readyState'] = WebSocket.OPEN;
  closed = false;
  asked = 0;

  send(): void {
    this.asked += 1;
  }

  close(): void {
    this.closed = true;
  }

  say(message: object): void {
    this.onmessage?.call(null as never, { data: JSON.stringify(message) } as MessageEvent);
  }

  drop(code = 1006): void {
    this.onclose?.call(null as never, { code } as CloseEvent);
  }

  snapshot(n = 1): void {
    const [printing, service] = [{ on: true, since: '' }, { up: true, since: '' }];
    this.say({ n, type: 'snapshot', at: '2026-11-22T14:00:00Z', printing, service, printers: [], queue: null, badges: {} });
  }
}

let stage: Stage;
let live: Live;
const link = (): Link['state'] => live.link.get().state;

beforeEach(() => {
  stage = new Stage();
  live = new Live(stage);
  live.start();
});

describe('a page', () => {
  test('is live with the first snapshot, not before', () => {
    expect(link()).toBe('connecting');
    stage.socket.snapshot();
    expect(link()).toBe('live');
  });

  test('opens one socket, however often it is started', () => {
    live.start();
    expect(stage.sockets).toHaveLength(1);
  });

  test('tries again after a cut, with longer waits, and says when', () => {
    stage.socket.snapshot();
    stage.socket.drop();
    expect(live.link.get()).toEqual({ state: 'reconnecting', at_ms: stage.now() + 500 });
    expect(stage.pass()).toBe(500);
    stage.socket.drop();
    expect(stage.pass()).toBe(1_000);
    stage.socket.snapshot();
    expect(link()).toBe('live');
    stage.socket.drop();
    expect(stage.pass()).toBe(500);
  });

  test('keeps what it knew while the link is gone', () => {
    stage.socket.snapshot();
    stage.socket.drop();
    expect(live.world.get().printers).toEqual([]);
  });

  test('asks by itself when the socket is blocked, until it works', async () => {
    for (let tries = 0; tries < 3; tries += 1) {
      stage.socket.drop();
      stage.pass();
    }
    stage.socket.drop();
    expect(link()).toBe('polling');
    await expect.poll(() => stage.asked).toEqual(['me', 'printers', 'queue']);
    stage.waiting[0]?.run();
    stage.socket.snapshot();
    expect(link()).toBe('live');
  });

  test('does not try while nobody looks, and at once when somebody does', () => {
    stage.socket.drop();
    stage.isHidden = true;
    stage.pass();
    expect(stage.sockets).toHaveLength(1);
    stage.isHidden = false;
    live.wake();
    expect(stage.sockets).toHaveLength(2);
  });

  test('says that it is offline, and comes back with the network', () => {
    stage.socket.snapshot();
    live.lost();
    expect([link(), stage.socket.closed]).toEqual(['offline', true]);
    live.wake();
    stage.socket.snapshot();
    expect(link()).toBe('live');
  });

  test('begins anew when a message was missed', () => {
    stage.socket.snapshot();
    stage.socket.say({ n: 5, type: 'event', at: '', name: 'queue:updated', payload: { queue: null } });
    expect([stage.sockets.length, stage.sockets[0]?.closed]).toEqual([2, true]);
  });

  test('signs out when the session is over elsewhere, and does not knock again', () => {
    stage.socket.snapshot();
    stage.socket.drop(4401);
    expect([stage.out, stage.waiting.length]).toEqual([1, 0]);
  });

  test('asks who one is when one is no member any more', async () => {
    stage.socket.drop(4403);
    stage.pass();
    await expect.poll(() => stage.asked).toEqual(['me']);
  });

  test('forgets everything when it is stopped', () => {
    stage.socket.snapshot();
    live.stop();
    expect([live.world.get().printers, stage.socket.closed]).toEqual([null, true]);
    stage.socket.snapshot(2);
    expect(live.world.get().printers).toBeNull();
  });

  test('tells its listeners of each event, until they have enough', () => {
    const heard: string[] = [];
    const stop = live.on(({ name }) => heard.push(name));
    stage.socket.snapshot();
    stage.socket.say({ n: 2, type: 'event', at: '', name: 'print:status-update', payload: {} });
    stop();
    stage.socket.say({ n: 3, type: 'event', at: '', name: 'print:status-update', payload: {} });
    expect(heard).toEqual(['print:status-update']);
  });

  test('dates what it knows when asking fails', async () => {
    stage.socket.snapshot();
    stage.broken = true;
    stage.socket.say({ n: 2, type: 'event', at: '2026-11-22T14:01:00Z', name: 'service:changed', payload: { up: true, since: '' } });
    stage.pass();
    await expect.poll(() => live.world.get().seen_at).toBe('2026-11-22T14:01:00Z');
  });
});

describe('a line that nobody hung up', () => {
  const beat = (): void => stage.socket.say({ type: 'beat' });
  beforeEach(() => stage.socket.snapshot());

  test('stays live as long as it beats, and a beat counts for nothing', () => {
    for (let beats = 0; beats < 10; beats += 1) {
      stage.at_ms += 20_000;
      beat();
    }
    expect(stage.waiting.map(({ ms }) => ms)).toEqual([45_000]);
    stage.socket.say({ n: 2, type: 'event', at: '', name: 'print:status-update', payload: {} });
    expect([link(), stage.sockets.length]).toEqual(['live', 1]);
  });

  test('is dead after 45 s of silence: the page says so and dials anew', () => {
    expect(stage.pass()).toBe(45_000);
    expect([link(), stage.socket.closed]).toEqual(['reconnecting', true]);
    expect(stage.pass()).toBe(500);
    expect(stage.sockets).toHaveLength(2);
    stage.socket.snapshot();
    expect(link()).toBe('live');
  });

  test('that swallows every dial is not waited for: the page asks by itself', async () => {
    stage.pass();
    for (let dials = 0; dials < 3; dials += 1) {
      expect(stage.pass()).toBe(500 * 2 ** dials);
      // No first word comes.
      expect(stage.pass()).toBe(10_000);
    }
    expect(link()).toBe('polling');
    await expect.poll(() => stage.waiting.map(({ ms }) => ms).sort()).toEqual([30_000, 4_000]);
    // The polling goes on while the next dial is swallowed too.
    expect([stage.pass(), stage.pass()]).toEqual([4_000, 10_000]);
    expect(stage.waiting.map(({ ms }) => ms)).toContain(30_000);
  });

  test('is asked at once when somebody looks at the tab again', () => {
    stage.at_ms += 10_000;
    live.wake();
    expect([stage.socket.asked, link()]).toEqual([1, 'live']);
    beat();
    expect(stage.waiting.map(({ ms }) => ms)).toEqual([45_000]);
    // Just heard of: not asked again.
    live.wake();
    expect(stage.socket.asked).toBe(1);
    stage.at_ms += 10_000;
    live.wake();
    expect(stage.pass()).toBe(10_000);
    expect([link(), stage.sockets[0]?.closed]).toEqual(['reconnecting', true]);
  });

  test('is dialled anew at once after a sleep', () => {
    stage.at_ms += 3_600_000;
    live.wake();
    expect(stage.pass()).toBe(0);
    expect(link()).toBe('reconnecting');
  });

  test('is not asked while it is being dialled', () => {
    stage.socket.drop();
    stage.pass();
    stage.socket.readyState = WebSocket.CONNECTING;
    stage.at_ms += 5_000;
    live.wake();
    expect(stage.socket.asked).toBe(0);
  });
});
