import { type ApiError, asApiError } from '../api/problem';
import { cell, type Readable } from '../cell';
import { isFinal, isOver, isUnderWay, passes, Speedometer, step, type Said, type Upload } from './state';
import type { Hears, Sending } from './sender';

/** Files that are sent at the same time; the others wait. */
const AT_ONCE = 2;
/** Between two tries of an upload that is cut, as long as nobody tells that the way is back. */
const SLOW_MS = 30_000;
/** A way that is said to be gone is taken to be gone for an upload of which nothing moved for so long. */
const STALLED_MS = 5_000;

export interface Outside {
  send: (project: string, file: File, hears: Hears) => Promise<Sending>;
  now: () => number;
  later: (run: () => void, ms: number) => void;
  /** An upload is over; the way to tell people. */
  over: (upload: Upload) => void;
}

/** All uploads of this page. They go on while people move from page to page. */
export class Tray {
  readonly #outside: Outside;
  readonly #uploads = cell<readonly Upload[]>([]);
  readonly #files = new Map<number, File>();
  /** The newest sending of each; kept while it rests, so that it can be discarded. */
  readonly #sendings = new Map<number, Promise<Sending>>();
  readonly #speeds = new Map<number, Speedometer>();
  /** When something of it moved last. */
  readonly #moved_ms = new Map<number, number>();
  #last = 0;

  constructor(outside: Outside) {
    this.#outside = outside;
  }

  get uploads(): Readable<readonly Upload[]> {
    return this.#uploads;
  }

  add(files: Iterable<File>, project: { id: string; name: string }): void {
    const added = [...files].map((file) => this.#enter(file, project));
    this.#uploads.update((before) => [...before, ...added]);
    this.#next();
  }

  /** A file that is refused before one byte is sent; shown like any other failure. */
  refuse(file: File, project: { id: string; name: string }, error: ApiError): void {
    const entered = this.#enter(file, project);
    this.#uploads.update((before) => [...before, step(entered, { say: 'fail', error })]);
  }

  async pause(id: number): Promise<void> {
    this.#say(id, { say: 'pause' });
    await this.#stop(id);
    this.#next();
  }

  /** After a pause, a cut or a failure. */
  goOn(id: number): void {
    this.#say(id, { say: 'go_on' });
    this.#next();
  }

  /** The way to the studio is back, or may be: nothing waits any longer. */
  back(): void {
    for (const { id, state } of this.#uploads.get()) {
      if (state.is === 'cut' && state.until_ms !== null) this.goOn(id);
    }
  }

  /** The way to the studio is gone. What still moves has found another; what hangs would hang for long. */
  lost(): void {
    const since_ms = this.#outside.now() - STALLED_MS;
    for (const { id, state } of this.#uploads.get()) {
      const hangs = ['sending', 'checking', 'cut'].includes(state.is) && (this.#moved_ms.get(id) ?? 0) <= since_ms;
      if (!hangs || (state.is === 'cut' && state.until_ms !== null)) continue;
      void this.#stop(id);
      this.#rest(id, null);
    }
  }

  async cancel(id: number): Promise<void> {
    const sending = this.#sendings.get(id);
    this.dismiss(id);
    // What cannot be told now is forgotten by the studio after a while.
    await sending?.then((one) => one.discard()).catch(() => undefined);
    // Only now is nothing left to go on with: lists of that look again.
    this.#uploads.update((before) => [...before]);
  }

  dismiss(id: number): void {
    this.#uploads.update((before) => before.filter((upload) => upload.id !== id));
    this.#files.delete(id);
    this.#sendings.delete(id);
    this.#speeds.delete(id);
    this.#moved_ms.delete(id);
    this.#next();
  }

  dismissDone(): void {
    const done = this.#uploads.get().filter((upload) => upload.state.is === 'done');
    for (const { id } of done) this.dismiss(id);
  }

  /** The next person must not see or send them. */
  async clear(): Promise<void> {
    const ids = this.#uploads.get().map(({ id }) => id);
    this.#uploads.set([]);
    await Promise.all(ids.map((id) => this.#stop(id)));
    for (const kept of [this.#files, this.#sendings, this.#speeds, this.#moved_ms]) kept.clear();
  }

  #enter(file: File, project: { id: string; name: string }): Upload {
    this.#last += 1;
    const id = this.#last;
    this.#files.set(id, file);
    return {
      id,
      project: project.id,
      project_name: project.name,
      name: file.name,
      size_bytes: file.size,
      sent_bytes: 0,
      resumed_bytes: 0,
      speed_bytes_s: null,
      state: { is: 'waiting' },
    };
  }

  async #stop(id: number): Promise<void> {
    await this.#sendings.get(id)?.then((sending) => sending.stop()).catch(() => undefined);
  }

  #say(id: number, said: Said): void {
    this.#uploads.update((before) =>
      before.map((upload) => (upload.id === id ? step(upload, said) : upload)),
    );
  }

  #next(): void {
    const all = this.#uploads.get();
    const free = AT_ONCE - all.filter(isUnderWay).length;
    const waiting = all.filter((upload) => upload.state.is === 'waiting').slice(0, Math.max(0, free));
    for (const upload of waiting) void this.#begin(upload);
  }

  async #begin(upload: Upload): Promise<void> {
    const { id, project } = upload;
    const file = this.#files.get(id);
    if (!file) return;
    this.#say(id, { say: 'started' });
    this.#speeds.set(id, new Speedometer());
    this.#moved_ms.set(id, this.#outside.now());
    const sending = this.#outside.send(project, file, this.#hears(id));
    this.#sendings.set(id, sending);
    try {
      await sending;
    } catch (thrown) {
      // The way was gone before anything of it could be sent.
      if (this.#sendings.get(id) === sending) this.#failed(id, asApiError(thrown));
    }
  }

  #hears(id: number): Hears {
    return {
      resumed: (sent_bytes) => this.#say(id, { say: 'resumed', sent_bytes }),
      sent: (sent_bytes) => this.#sent(id, sent_bytes),
      cut: () => this.#say(id, { say: 'cut', until_ms: null, why: null }),
      done: (file) => this.#ended(id, { say: 'done', file }),
      failed: (error) => this.#failed(id, error),
    };
  }

  #sent(id: number, sent_bytes: number): void {
    const at_ms = this.#outside.now();
    this.#moved_ms.set(id, at_ms);
    const speed_bytes_s = this.#speeds.get(id)?.see(sent_bytes, at_ms) ?? null;
    this.#say(id, { say: 'sent', sent_bytes, at_ms });
    this.#uploads.update((before) =>
      before.map((upload) => (upload.id === id ? { ...upload, speed_bytes_s } : upload)),
    );
  }

  #ended(id: number, said: Said): void {
    this.#say(id, said);
    const upload = this.#uploads.get().find((one) => one.id === id);
    if (upload && isOver(upload)) this.#outside.over(upload);
    // Nothing of it is left in the studio that could be discarded.
    if (said.say !== 'fail' || isFinal(said.error)) this.#sendings.delete(id);
    this.#next();
  }

  #failed(id: number, error: ApiError): void {
    if (passes(error)) return this.#rest(id, error);
    if (error.status !== 429 || error.retry_after_s === null) {
      this.#ended(id, { say: 'fail', error });
      return;
    }
    // Too many uploads begun: wait as long as the studio asked, in plain sight, and go on.
    const until_ms = this.#outside.now() + error.retry_after_s * 1_000;
    this.#say(id, { say: 'hold', until_ms });
    this.#goOnAt(id, until_ms);
    this.#next();
  }

  /** Waits in plain sight, keeping its place: for the way to be back, or for the next slow try. */
  #rest(id: number, why: ApiError | null): void {
    const until_ms = this.#outside.now() + Math.max(SLOW_MS, (why?.retry_after_s ?? 0) * 1_000);
    this.#say(id, { say: 'cut', until_ms, why });
    this.#goOnAt(id, until_ms);
  }

  #goOnAt(id: number, until_ms: number): void {
    this.#outside.later(() => {
      const now = this.#uploads.get().find((one) => one.id === id)?.state;
      if ((now?.is === 'held' || now?.is === 'cut') && now.until_ms === until_ms) this.goOn(id);
    }, until_ms - this.#outside.now());
  }
}
