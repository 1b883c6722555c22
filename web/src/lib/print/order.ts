/** Where a waiting job can be moved in the queue. Pure: whether it may be is the service's to say. */
import type { ShownEntry } from './shown';

/** Right before or right after another job. */
export type Spot = { before: string } | { after: string };
export interface Moves {
  first: Spot | null;
  up: Spot | null;
  down: Spot | null;
  last: Spot | null;
}

/** Only among those of the same urgency; another project's job has no name to stand beside. */
export function movesOf(waiting: readonly ShownEntry[], job: string): Moves {
  const own = waiting.find((entry) => entry.job === job);
  const like = waiting.filter((entry) => entry.priority === own?.priority && entry.job);
  const at = like.findIndex((entry) => entry.job === job);
  const beside = (nth: number, side: 'before' | 'after'): Spot | null => {
    const other = nth === at ? undefined : like[nth]?.job;
    if (at < 0 || !other) return null;
    return side === 'before' ? { before: other } : { after: other };
  };
  return {
    // With one neighbour only, the end is the next step already.
    first: at > 1 ? beside(0, 'before') : null,
    up: at > 0 ? beside(at - 1, 'before') : null,
    down: beside(at + 1, 'after'),
    last: at < like.length - 2 ? beside(like.length - 1, 'after') : null,
  };
}
