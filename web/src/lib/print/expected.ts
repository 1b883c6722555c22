/** When a print begins and ends, as far as anybody knows, in one short phrase. */
import { duration, since } from '../format/index';
import { t } from '../i18n/index';
import type { Expected } from './shown';

export function startWords(expected: Expected, now_ms: number): string | null {
  if (expected.starts_about_at) return t('when.starts_about', { time: soon(expected.starts_about_at, now_ms) });
  const { starts_not_before_at: after } = expected;
  return after ? t('when.starts_after', { time: since(after, now_ms) }) : null;
}

export function doneWords(expected: Expected, now_ms: number): string | null {
  if (expected.done_about_at) return t('when.done_about', { time: since(expected.done_about_at, now_ms) });
  const { done_not_before_at: after } = expected;
  return after ? t('when.done_after', { time: since(after, now_ms) }) : null;
}

/** Within a minute is now. */
function soon(at: string, now_ms: number): string {
  return Date.parse(at) - now_ms < 60_000 ? t('when.now') : since(at, now_ms);
}

export function leftWords(left_s: number): string {
  return t('when.left', { time: duration(left_s) });
}
