import type { Readable } from './cell';

/** The time in milliseconds, told every `every_ms` while somebody listens. */
export function ticking(every_ms: number): Readable<number> {
  const listeners = new Set<(now: number) => void>();
  let timer: ReturnType<typeof setInterval> | undefined;
  const tick = (): void => {
    const now = Date.now();
    for (const listener of [...listeners]) listener(now);
  };
  return {
    get: () => Date.now(),
    subscribe(run) {
      listeners.add(run);
      run(Date.now());
      timer ??= setInterval(tick, every_ms);
      return () => {
        listeners.delete(run);
        if (listeners.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      };
    },
  };
}

/** For countdowns. */
export const seconds = ticking(1_000);
/** For "3 minutes ago". */
export const half_minutes = ticking(30_000);
