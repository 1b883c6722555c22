import { beforeAll, describe, expect, it } from 'vitest';
import { addWords, speakIn } from '../../src/lib/i18n';
import { doneWords, startWords } from '../../src/lib/print/expected';
import type { Happened, ShownJob } from '../../src/lib/print/shown';
import { factsOf, linesOf } from '../../src/lib/print/timeline';

beforeAll(async () => {
  await speakIn('en');
  await addWords('views');
});

const at = (minute: number): string => new Date(Date.UTC(2026, 10, 22, 12, minute)).toISOString();
const happened = (what: Happened['what'], change: Partial<Happened> = {}): Happened => ({
  at: at(0),
  what,
  sentence: 'What the service says.',
  ...change,
});
const job = (timeline: Happened[]): ShownJob => ({ timeline }) as ShownJob;

describe('what happened to a job', () => {
  it('is said in the words of the page, in the order of the service', () => {
    const lines = linesOf(job([happened('MADE'), happened('STARTED', { at: at(2) }), happened('COMPLETED', { at: at(9) })]));
    expect(lines.map(({ look }) => look.word)).toEqual(['Asked for', 'Printing begins', 'Printed']);
    expect(new Set(lines.map(({ key }) => key)).size).toBe(3);
  });

  it('keeps the words of a newer service for what the page does not know', () => {
    expect(linesOf(job([happened('TURNED_OVER' as never)]))[0]?.look.word).toBe('What the service says.');
  });

  it('names copy, printer, person and reason, each only when it tells something', () => {
    const names = {
      person: (id: string) => (id === 'per_1' ? 'Mia' : null),
      printer: (id: string) => (id === 'prn_1' ? 'Ender' : null),
    };
    const reason = { code: 'X', sentence: 'The filament ran out.', remedy: '' };
    const whole = happened('FAILED', { copy: 2, printer: 'prn_1', who: 'per_1', reason });
    expect(factsOf(whole, names, 3)).toBe('Copy 2 · on Ender · Mia · The filament ran out.');
    expect(factsOf(whole, names, 1)).toBe('on Ender · Mia · The filament ran out.');
    expect(factsOf(happened('MADE', { who: 'per_9', printer: 'prn_9' }), names, 1)).toBe('');
  });
});

describe('when a print may begin', () => {
  const now = Date.parse(at(0));

  it('is said as surely as it is known, and not more', () => {
    expect(startWords({ starts_about_at: new Date(now + 30_000).toISOString() }, now)).toBe('begins about now');
    expect(startWords({ starts_not_before: at(0) }, now)).toBeNull();
    expect(startWords({ starts_not_before: at(30) }, now)).toMatch(/^begins after .* at the earliest$/);
    expect(doneWords({ done_about_at: at(45) }, now)).toMatch(/^ready about/);
  });

  it('is not said when nobody knows', () => {
    expect(startWords(null, now)).toBeNull();
    expect(doneWords({ why: { code: 'X', sentence: 'Y', remedy: '' } }, now)).toBeNull();
  });
});
