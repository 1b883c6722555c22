/** When a print begins and ends, as far as anybody knows, in one short phrase. */
import { duration, since } from '../format/index';
import { t } from '../i18n/index';
import type { Expected, ShownEntry } from './shown';

type Known = Expected | null | undefined;

export function startWords(expected: Known, now_ms: number): string | null {
  const { starts_about_at: about, starts_not_before: after } = expected ?? {};
  if (about) return t('when.starts_about', { time: soon(about, now_ms) });
  // "Not before now" tells nothing; the reason beside it does.
  return after && !isNow(after, now_ms) ? t('when.starts_after', { time: since(after, now_ms) }) : null;
}

export function doneWords(expected: Known, now_ms: number): string | null {
  const { done_about_at: about, done_not_before: after } = expected ?? {};
  if (about) return t('when.done_about', { time: since(about, now_ms) });
  return after ? t('when.done_after', { time: since(after, now_ms) }) : null;
}

/** Within a minute is now. */
function isNow(at: string, now_ms: number): boolean {
  return Date.parse(at) - now_ms < 60_000;
}

function soon(at: string, now_ms: number): string {
  return isNow(at, now_ms) ? t('when.now') : since(at, now_ms);
}

/** The rest of a print that runs, from one source only: the schedule, or else what the printer guesses. */
export function restWords(expected: Known, left_s: number | null | undefined, now_ms: number): string[] {
  const about = expected?.done_about_at;
  const rest_s = about ? Math.round((Date.parse(about) - now_ms) / 1_000) : (left_s ?? 0);
  const left = rest_s > 0 ? leftWords(rest_s) : null;
  const done = about || !left ? doneWords(expected, now_ms) : null;
  return [left, done].filter((word) => word !== null);
}

/** What is expected of the one copy at a printer. Of several copies it would tell the last one's end. */
export function expectedHere(entry: Pick<ShownEntry, 'copies' | 'expected'> | null): Known {
  return entry?.copies.length === 1 ? entry.expected : null;
}

function leftWords(left_s: number): string {
  return t('when.left', { time: duration(left_s) });
}
