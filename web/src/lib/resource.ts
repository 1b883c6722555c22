import { type ApiError, asApiError } from './api/problem';
import { cell, type Readable } from './cell';

/** Something asked from the studio. What was known stays while it is asked again, or when that fails. */
export type Asked<T> =
  | { state: 'loading'; value?: undefined; error?: undefined }
  | { state: 'ready'; value: T; error?: ApiError }
  | { state: 'failed'; value?: undefined; error: ApiError };

export interface Resource<T> extends Readable<Asked<T>> {
  /** Asks again; what is shown stays until the answer is there. */
  reload(): Promise<void>;
  /** Changes what is known, for instance after an event. */
  patch(change: (value: T) => T): void;
}

/** Those that people look at and whose last question failed. */
const failed = new Set<() => Promise<void>>();

/** What they needed is back: asks again whatever failed and is still looked at. */
export function askFailedAgain(): void {
  for (const reload of [...failed]) void reload();
}

/** Asks at once. Of two questions under way only the later one counts. */
export function resource<T>(ask: () => Promise<T>): Resource<T> {
  const asked = cell<Asked<T>>({ state: 'loading' });
  let newest = 0;
  let listeners = 0;
  function note(): void {
    if (listeners > 0 && asked.get().error) failed.add(reload);
    else failed.delete(reload);
  }
  async function reload(): Promise<void> {
    newest += 1;
    const mine = newest;
    try {
      const value = await ask();
      if (mine !== newest) return;
      asked.set({ state: 'ready', value });
    } catch (thrown) {
      if (mine !== newest) return;
      const error = asApiError(thrown);
      asked.update((before) =>
        before.state === 'ready' ? { ...before, error } : { state: 'failed', error },
      );
    }
    note();
  }
  void reload();
  return {
    get: asked.get,
    subscribe(run) {
      const stop = asked.subscribe(run);
      listeners += 1;
      note();
      return () => {
        stop();
        listeners -= 1;
        note();
      };
    },
    reload,
    patch(change) {
      asked.update((before) => (before.state === 'ready' ? { ...before, value: change(before.value) } : before));
    },
  };
}
