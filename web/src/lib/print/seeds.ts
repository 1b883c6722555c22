/**
 * Seeds of idempotency keys. All tabs of a browser that show the same file send with one seed, which
 * is looked up when the form is sent and never kept by the form. Its life:
 *
 * - Until it is sent it does not age: two forms that were opened hours apart are one print when they
 *   are sent at once.
 * - Sent without an answer, it is sent again for an hour: the repeat is the same print. After that
 *   the person means another one.
 * - Once a print was made with it, the next one counts. Only a form that was open then and is sent
 *   right after that (two tabs pressed at once) still means the print that was made. Any form that was
 *   opened, or is sent, later makes a print of its own, so that no old print is shown as new.
 *
 * The next seed is the last one counted up, not drawn: tabs that turn to it at the same moment turn
 * to the same.
 */
import { newKey } from '../api/client';

const STORED = 'fluxprint.print';
/** A try without an answer is repeated for so long. */
const REPEATS_MS = 60 * 60 * 1_000;
/** Presses in two tabs that come so close to each other's answer are one. */
const TOGETHER_MS = 10_000;

export interface Outside {
  /** Null where the browser keeps nothing. */
  storage: Pick<Storage, 'getItem' | 'setItem'> | null;
  fresh: () => string;
  now_ms: () => number;
}

interface Entry {
  root: string;
  count: number;
  /** When it was sent first. */
  sent_ms: number | null;
  /** When a print was made with the one before. */
  made_ms: number | null;
}

const seedOf = (root: string, count: number): string => `${root}.${count}`;

export class Seeds {
  readonly #outside: Outside;
  /** Of this tab alone, where the browser keeps nothing. */
  readonly #kept = new Map<string, string>();

  constructor(outside: Outside) {
    this.#outside = outside;
  }

  /** A form is open: all tabs agree on a seed long before one of them sends. Answers when that was. */
  open(person: string, version: string): number {
    const name = nameOf(person, version);
    this.#write(name, this.#read(name));
    return this.#outside.now_ms();
  }

  /** The seed to send with now, from a form that was opened at that time. */
  take(person: string, version: string, opened_ms: number): string {
    const name = nameOf(person, version);
    const now_ms = this.#outside.now_ms();
    const entry = this.#read(name);
    const { root, count, sent_ms, made_ms } = entry;
    const since_made_ms = made_ms === null ? Infinity : now_ms - made_ms;
    const was_open = made_ms !== null && opened_ms < made_ms;
    if (was_open && since_made_ms >= 0 && since_made_ms < TOGETHER_MS) return seedOf(root, count - 1);
    const sent_ago_ms = sent_ms === null ? 0 : now_ms - sent_ms;
    const is_old = sent_ago_ms < 0 || sent_ago_ms >= REPEATS_MS;
    const used = is_old
      ? { root, count: count + 1, sent_ms: now_ms, made_ms: null }
      : { ...entry, sent_ms: sent_ms ?? now_ms };
    this.#write(name, used);
    return seedOf(root, used.count);
  }

  /** A print was made with it: the next one counts. */
  spend(person: string, version: string, seed: string): void {
    this.#next(person, version, seed, this.#outside.now_ms());
  }

  /** Nothing can be made with it any more. */
  drop(person: string, version: string, seed: string): void {
    this.#next(person, version, seed, null);
  }

  #next(person: string, version: string, seed: string, made_ms: number | null): void {
    const name = nameOf(person, version);
    const { root, count } = this.#read(name);
    if (seedOf(root, count) === seed) this.#write(name, { root, count: count + 1, sent_ms: null, made_ms });
  }

  #read(name: string): Entry {
    const fresh = (): Entry => ({ root: this.#outside.fresh(), count: 0, sent_ms: null, made_ms: null });
    // What could not be stored is newer than what is.
    const kept = this.#kept.get(name);
    if (kept !== undefined) return parse(kept) ?? fresh();
    try {
      return parse(this.#outside.storage?.getItem(name) ?? null) ?? fresh();
    } catch {
      return fresh();
    }
  }

  #write(name: string, entry: Entry): void {
    const text = JSON.stringify(entry);
    try {
      if (!this.#outside.storage) throw new Error('keeps nothing');
      this.#outside.storage.setItem(name, text);
      this.#kept.delete(name);
    } catch {
      this.#kept.set(name, text);
    }
  }
}

function kept(): Storage | null {
  try {
    return localStorage;
  } catch {
    return null;
  }
}

/** Those of this page. */
export const seeds = new Seeds({ storage: kept(), fresh: newKey, now_ms: () => Date.now() });

function nameOf(person: string, version: string): string {
  return `${STORED}.${person}.${version}`;
}

function parse(text: string | null): Entry | null {
  const isTime = (value: unknown): boolean => value === null || typeof value === 'number';
  try {
    const entry = JSON.parse(text ?? '') as Entry;
    const { root, count, sent_ms, made_ms } = entry;
    const is_whole = typeof root === 'string' && Number.isInteger(count) && isTime(sent_ms) && isTime(made_ms);
    return is_whole ? entry : null;
  } catch {
    return null;
  }
}
