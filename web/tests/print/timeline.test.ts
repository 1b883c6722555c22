import { beforeAll, describe, expect, it } from 'vitest';
import { addWords, speakIn } from '../../src/lib/i18n';
import { doneWords, startWords } from '../../src/lib/print/expected';
import type { ShownJob } from '../../src/lib/print/shown';
import { momentsOf } from '../../src/lib/print/timeline';

beforeAll(async () => {
  await speakIn('en');
  await addWords('views');
});

const at = (minute: number): string => new Date(Date.UTC(2026, 10, 22, 12, minute)).toISOString();
const copy = (number: number, change = {}) => ({
  id: `cpy_${number}`,
  number,
  state: 'completed',
  since: at(9),
  cancel_requested: false,
  attempt: null,
  ...change,
});
const attempt = (id: string, of: number, change = {}) => ({
  id,
  copy: `cpy_${of}`,
  printer: 'prn_1',
  gcode: '',
  paused: false,
  state: 'completed',
  created_at: at(1),
  started_at: at(2),
  ended_at: at(5),
  ...change,
});
const job = (copies: unknown[], attempts: unknown[]): ShownJob =>
  ({ id: 'job_1', created_at: at(0), person: 'per_1', copies, attempts }) as unknown as ShownJob;
const shapes = (of: ShownJob): string[] => momentsOf(of).map(({ look, copy: n }) => `${look.shape} ${n ?? ''}`.trim());

describe('what happened to a job', () => {
  it('begins with who wanted it and follows its one try', () => {
    const moments = momentsOf(job([copy(1, { attempt: 'a' })], [attempt('a', 1)]));
    expect(moments[0]).toMatchObject({ at: at(0), by: 'per_1' });
    expect(shapes(job([copy(1, { attempt: 'a' })], [attempt('a', 1)]))).toEqual(['clock', 'clock', 'play', 'check']);
  });

  it('stands in the order of time and names the copies when there are several', () => {
    const told = job(
      [copy(1, { attempt: 'a' }), copy(2, { attempt: 'b', state: 'printing' })],
      [
        attempt('a', 1),
        attempt('b', 2, { created_at: at(3), started_at: at(4), ended_at: null, state: 'printing' }),
      ],
    );
    expect(shapes(told)).toEqual(['clock', 'clock 1', 'play 1', 'clock 2', 'play 2', 'check 1']);
  });

  it('shows a copy that was canceled while it waited', () => {
    const reason = { code: 'X', sentence: 'Somebody canceled it.', remedy: '' };
    const moments = momentsOf(job([copy(1, { state: 'canceled', reason })], []));
    expect(moments.at(-1)).toMatchObject({ at: at(9), sentence: 'Somebody canceled it.' });
  });

  it('tells a try that never began by nothing but that it was given', () => {
    expect(shapes(job([copy(1, { attempt: 'a', state: 'queued' })], [attempt('a', 1, { state: 'not_started', started_at: null })]))).toEqual([
      'clock',
      'clock',
    ]);
  });
});

describe('when a print may begin', () => {
  const now = Date.parse(at(0));

  it('is said as surely as it is known, and not more', () => {
    expect(startWords({ starts_about_at: new Date(now + 30_000).toISOString() }, now)).toBe('begins about now');
    expect(startWords({ starts_not_before: at(30) }, now)).toMatch(/^begins after .* at the earliest$/);
    expect(doneWords({ done_about_at: at(45) }, now)).toMatch(/^ready about/);
  });

  it('is not said when nobody knows', () => {
    expect(startWords(null, now)).toBeNull();
    expect(doneWords({ why: { code: 'X', sentence: 'Y', remedy: '' } }, now)).toBeNull();
  });
});
