/** How the page is linked to the studio. */
export type Link =
  | { state: 'connecting' }
  | { state: 'live' }
  | { state: 'reconnecting'; at_ms: number }
  | { state: 'polling' }
  | { state: 'offline'; since_ms: number };

/** First and longest wait between two tries. */
const FIRST_MS = 500;
const LONGEST_MS = 30_000;
/** Tries without one message after which the page asks by itself instead. */
export const TRIES_BEFORE_POLLING = 3;

/** How long to wait before try number `tries` (from 1); `chance` in 0..1 spreads the crowd. */
export function backOff(tries: number, chance: number): number {
  const top = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.max(0, tries - 1));
  return Math.round(top / 2 + (top / 2) * chance);
}
