import type { ApiError } from '../api/problem';
import { cell, type Readable } from '../cell';
import { isOver, isUnderWay, Speedometer, step, type Said, type Upload } from './state';
import type { Hears, Sending } from './sender';

/** Files that are sent at the same time; the others wait. */
const AT_ONCE = 2;

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
  readonly #sendings = new Map<number, Sending>();
  readonly #speeds = new Map<number, Speedometer>();
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

  async cancel(id: number): Promise<void> {
    const sending = this.#sendings.get(id);
    this.dismiss(id);
    // What cannot be told now is forgotten by the studio after a while.
    await sending?.discard().catch(() => undefined);
    // Only now is nothing left to go on with: lists of that look again.
    this.#uploads.update((before) => [...before]);
  }

  dismiss(id: number): void {
    this.#uploads.update((before) => before.filter((upload) => upload.id !== id));
    this.#files.delete(id);
    this.#sendings.delete(id);
    this.#speeds.delete(id);
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
    this.#files.clear();
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
    const sending = this.#sendings.get(id);
    this.#sendings.delete(id);
    await sending?.stop().catch(() => undefined);
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
    const sending = await this.#outside.send(project, file, this.#hears(id));
    const now = this.#uploads.get().find((one) => one.id === id);
    // Paused or canceled while it was being started.
    if (!now || now.state.is === 'paused') return void sending.stop();
    this.#sendings.set(id, sending);
  }

  #hears(id: number): Hears {
    return {
      resumed: (sent_bytes) => this.#say(id, { say: 'resumed', sent_bytes }),
      sent: (sent_bytes) => this.#sent(id, sent_bytes),
      cut: () => this.#say(id, { say: 'cut' }),
      done: (file) => this.#ended(id, { say: 'done', file }),
      failed: (error) => this.#failed(id, error),
    };
  }

  #sent(id: number, sent_bytes: number): void {
    const at_ms = this.#outside.now();
    const speed_bytes_s = this.#speeds.get(id)?.see(sent_bytes, at_ms) ?? null;
    this.#say(id, { say: 'sent', sent_bytes, at_ms });
    this.#uploads.update((before) =>
      before.map((upload) => (upload.id === id ? { ...upload, speed_bytes_s } : upload)),
    );
  }

  #ended(id: number, said: Said): void {
    this.#say(id, said);
    this.#sendings.delete(id);
    const upload = this.#uploads.get().find((one) => one.id === id);
    if (upload && isOver(upload)) this.#outside.over(upload);
    this.#next();
  }

  /** Too many uploads begun: wait as long as the studio asked, in plain sight, and go on. */
  #failed(id: number, error: ApiError): void {
    if (error.status !== 429 || error.retry_after_s === null) {
      this.#ended(id, { say: 'fail', error });
      return;
    }
    const wait_ms = error.retry_after_s * 1_000;
    this.#sendings.delete(id);
    this.#say(id, { say: 'hold', until_ms: this.#outside.now() + wait_ms });
    this.#outside.later(() => {
      const now = this.#uploads.get().find((one) => one.id === id);
      if (now?.state.is === 'held') this.goOn(id);
    }, wait_ms);
    this.#next();
  }
}
