/**
 * A value that tells its listeners when it changes. It keeps the contract of Svelte's stores
 * (`subscribe` calls back at once and returns the way to stop), so components read it as `$name`,
 * and nothing here needs Svelte.
 */
export interface Readable<T> {
  get(): T;
  subscribe(run: (value: T) => void): () => void;
}

export interface Cell<T> extends Readable<T> {
  set(value: T): void;
  update(change: (value: T) => T): void;
}

export function cell<T>(initial: T): Cell<T> {
  let value = initial;
  const listeners = new Set<(value: T) => void>();
  const set = (next: T): void => {
    if (Object.is(next, value)) return;
    value = next;
    for (const listener of [...listeners]) listener(value);
  };
  return {
    get: () => value,
    set,
    update: (change) => set(change(value)),
    subscribe(run) {
      listeners.add(run);
      run(value);
      return () => {
        listeners.delete(run);
      };
    },
  };
}

/** A view of another cell; listeners hear only of changes of what they see. */
export function view<T, V>(source: Readable<T>, see: (value: T) => V): Readable<V> {
  return {
    get: () => see(source.get()),
    subscribe(run) {
      let last: V;
      let first = true;
      return source.subscribe((value) => {
        const seen = see(value);
        if (!first && Object.is(seen, last)) return;
        first = false;
        last = seen;
        run(seen);
      });
    },
  };
}
