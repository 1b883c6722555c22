import { cell } from '../cell';

export interface Spoken {
  text: string;
  /** Counts, so that the same words are spoken twice. */
  n: number;
}

/** What the two live regions of the shell say. */
export const spoken = {
  polite: cell<Spoken>({ text: '', n: 0 }),
  assertive: cell<Spoken>({ text: '', n: 0 }),
};

/** Says it to people who listen to the page: events only, never each per cent. */
export function announce(text: string, how: keyof typeof spoken = 'polite'): void {
  spoken[how].update(({ n }) => ({ text, n: n + 1 }));
}
