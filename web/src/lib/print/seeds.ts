/**
 * Seeds of idempotency keys. All tabs of a browser that show the same file share one until a print
 * was made with it; then the next form starts a new one.
 */
const STORED = 'fluxprint.print';
/** A form that was left open longer begins a print of its own. */
const LASTS_MS = 60 * 60 * 1_000;

export interface Outside {
  storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> | null;
  fresh: () => string;
  now_ms: () => number;
}

const nameOf = (person: string, version: string): string => `${STORED}.${person}.${version}`;

function read(text: string | null, now_ms: number): string | null {
  try {
    const { seed, at_ms } = JSON.parse(text ?? '') as { seed: unknown; at_ms: unknown };
    if (typeof seed !== 'string' || typeof at_ms !== 'number') return null;
    return now_ms - at_ms < LASTS_MS && at_ms <= now_ms ? seed : null;
  } catch {
    return null;
  }
}

export function takeSeed({ storage, fresh, now_ms }: Outside, person: string, version: string): string {
  const name = nameOf(person, version);
  try {
    const shared = read(storage?.getItem(name) ?? null, now_ms());
    if (shared) return shared;
    const seed = fresh();
    storage?.setItem(name, JSON.stringify({ seed, at_ms: now_ms() }));
    return seed;
  } catch {
    // A browser that keeps nothing: this tab then counts by itself.
    return fresh();
  }
}

/** A print was made: the next form is another one. */
export function spendSeed({ storage, now_ms }: Outside, person: string, version: string, seed: string): void {
  const name = nameOf(person, version);
  try {
    if (read(storage?.getItem(name) ?? null, now_ms()) === seed) storage?.removeItem(name);
  } catch {
    // Nothing was kept, so nothing has to go.
  }
}
