import type { ApiError } from '../api/problem';
import { cell, type Readable } from '../cell';
import { backOff, type Link, TRIES_BEFORE_POLLING } from './connection';
import { type Happened, type Message, parse } from './messages';
import { NOTHING_KNOWN, receive, refreshed, type Want, type World } from './reducer';

/** Seconds between two questions while the socket is blocked. */
const POLL_S = 30;
/** Close codes of the server: the session is over; no member any more. */
const SESSION_OVER = 4401;
const NO_MEMBER = 4403;
/** Events come in bursts; one question answers all of a burst. */
const GATHER_MS = 150;
/** The studio says something every 20 s: after two beats that did not come the line is dead. */
const SILENCE_MS = 45_000;
/** How long the first word, or the answer to a question, may take. */
const ANSWER_MS = 10_000;
/** Whoever said something so lately need not be asked whether they are there. */
const JUST_NOW_MS = 3_000;
/** What it says does not matter: the studio answers anything with a beat. */
const QUESTION = '{"type":"are you there"}';

type Socket = Pick<WebSocket, 'close' | 'send' | 'readyState' | 'onopen' | 'onmessage' | 'onclose'>;
export interface Outside {
  open: () => Socket;
  later: (run: () => void, ms: number) => () => void;
  frame: (run: () => void) => void;
  now: () => number;
  chance: () => number;
  online: () => boolean;
  hidden: () => boolean;
  ask: {
    printers: () => Promise<World['printers']>;
    queue: () => Promise<World['queue']>;
    me: () => Promise<Pick<World, 'printing' | 'service'>>;
  };
  signedOut: () => void;
}
type Listener = (event: Happened) => void;

/** The one socket of a page, and what it has told. */
export class Live {
  readonly #outside: Outside;
  readonly #world = cell<World>(NOTHING_KNOWN);
  readonly #link = cell<Link>({ state: 'connecting' });
  readonly #listeners = new Set<Listener>();
  readonly #wanted = new Set<Want>();
  #socket: Socket | null = null;
  #inbox: Message[] = [];
  #tries = 0;
  #running = false;
  #stopRetry: () => void = () => undefined;
  #stopPoll: () => void = () => undefined;
  #stopWatch: () => void = () => undefined;
  #heard_ms = 0;

  constructor(outside: Outside) {
    this.#outside = outside;
  }

  get world(): Readable<World> {
    return this.#world;
  }

  get link(): Readable<Link> {
    return this.#link;
  }

  /** Calls back for every event; the answer ends it. */
  on(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#tries = 0;
    this.#connect();
  }

  /** Forgets everything: the next person must not see it. */
  stop(): void {
    this.#running = false;
    this.#drop();
    this.#world.set(NOTHING_KNOWN);
    this.#link.set({ state: 'connecting' });
  }

  /** The tab is seen again, or the network is back: do not wait any longer, and trust no line unheard. */
  wake(): void {
    if (!this.#running) return;
    if (this.#socket) return this.#probe(this.#socket);
    this.#tries = 0;
    this.#connect();
  }

  /** The network is gone. */
  lost(): void {
    if (!this.#running) return;
    this.#drop();
    this.#link.set({ state: 'offline', since_ms: this.#outside.now() });
  }

  #drop(): void {
    this.#stopRetry();
    this.#stopPoll();
    this.#hangUp();
  }

  #hangUp(): void {
    this.#stopWatch();
    const socket = this.#socket;
    this.#socket = null;
    this.#inbox = [];
    if (!socket) return;
    socket.onclose = null;
    socket.onmessage = null;
    socket.close();
  }

  /** A line that says nothing for so long is dead, though nobody hung up: another one is dialled. */
  #watch(silence_ms: number): void {
    this.#stopWatch();
    this.#stopWatch = this.#outside.later(() => {
      this.#hangUp();
      this.#again();
    }, silence_ms);
  }

  /** Timers of a tab that nobody sees, or of a machine asleep, come late: the line is asked. */
  #probe(socket: Socket): void {
    const silent_ms = this.#outside.now() - this.#heard_ms;
    if (socket.readyState !== WebSocket.OPEN || silent_ms < JUST_NOW_MS) return;
    socket.send(QUESTION);
    this.#watch(Math.min(ANSWER_MS, Math.max(0, SILENCE_MS - silent_ms)));
  }

  #connect(): void {
    this.#stopRetry();
    if (!this.#outside.online()) return this.lost();
    let socket: Socket;
    try {
      socket = this.#outside.open();
    } catch {
      return this.#again();
    }
    this.#socket = socket;
    this.#heard_ms = this.#outside.now();
    this.#watch(ANSWER_MS);
    socket.onmessage = ({ data }) => this.#hear(String(data));
    socket.onclose = ({ code }) => {
      this.#stopWatch();
      this.#socket = null;
      if (code === SESSION_OVER) return this.#outside.signedOut();
      if (code === NO_MEMBER) this.#want('me');
      this.#again();
    };
  }

  #again(): void {
    this.#tries += 1;
    const wait_ms = backOff(this.#tries, this.#outside.chance());
    if (this.#tries > TRIES_BEFORE_POLLING) this.#poll();
    else this.#link.set({ state: 'reconnecting', at_ms: this.#outside.now() + wait_ms });
    this.#stopRetry = this.#outside.later(() => {
      if (!this.#outside.hidden()) this.#connect();
    }, wait_ms);
  }

  #hear(text: string): void {
    this.#heard_ms = this.#outside.now();
    this.#watch(SILENCE_MS);
    const message = parse(text);
    if (!message) return;
    if (this.#inbox.push(message) === 1) this.#outside.frame(() => this.#takeIn());
  }

  /** All that came since the last frame, in one change of the page. */
  #takeIn(): void {
    const messages = this.#inbox;
    this.#inbox = [];
    let world = this.#world.get();
    for (const message of messages) {
      const step = receive(world, message);
      world = step.world;
      for (const want of step.want) this.#want(want);
      if (message.type === 'snapshot') this.#connected();
    }
    this.#world.set(world);
    for (const message of messages) {
      if (message.type !== 'event') continue;
      for (const listener of [...this.#listeners]) listener(message);
    }
  }

  #connected(): void {
    this.#tries = 0;
    this.#stopPoll();
    this.#link.set({ state: 'live' });
  }

  #want(want: Want): void {
    if (want === 'signed_out') return this.#outside.signedOut();
    if (want === 'everything') return this.#startOver();
    if (this.#wanted.size === 0) this.#outside.later(() => void this.#askWanted(), GATHER_MS);
    this.#wanted.add(want);
  }

  /** Something was missed: a new socket begins with a snapshot. */
  #startOver(): void {
    this.#drop();
    this.#connect();
  }

  async #askWanted(): Promise<void> {
    const wanted = [...this.#wanted];
    this.#wanted.clear();
    const { ask } = this.#outside;
    await Promise.all(
      wanted.map(async (want) => {
        try {
          if (want === 'printers') this.#fresh({ printers: await ask.printers() });
          if (want === 'queue') this.#fresh({ queue: await ask.queue() });
          if (want === 'me') await ask.me();
        } catch (error) {
          this.#asked(error as ApiError);
        }
      }),
    );
  }

  #fresh(now: Partial<Pick<World, 'printers' | 'queue'>>): void {
    if (this.#running) this.#world.update((world) => refreshed(world, now));
  }

  /** A question failed: what is known stays, with the time it was known. */
  #asked(_error: ApiError): void {
    const now = new Date(this.#outside.now()).toISOString();
    this.#world.update((world) => ({ ...world, seen_at: world.seen_at ?? world.at ?? now }));
  }

  #poll(): void {
    if (this.#link.get().state === 'polling') return;
    this.#link.set({ state: 'polling' });
    const round = async (): Promise<void> => {
      if (!this.#outside.hidden()) await this.#pollOnce();
      if (this.#link.get().state !== 'polling') return;
      this.#stopPoll = this.#outside.later(() => void round(), POLL_S * 1_000);
    };
    void round();
  }

  async #pollOnce(): Promise<void> {
    try {
      const { printing, service } = await this.#outside.ask.me();
      this.#world.update((world) => ({ ...world, printing, service }));
    } catch (error) {
      this.#asked(error as ApiError);
    }
    this.#wanted.add('printers').add('queue');
    await this.#askWanted();
  }
}
