import { expect, it } from 'vitest';
import { movesOf } from '../../src/lib/print/order';
import type { ShownEntry } from '../../src/lib/print/shown';

const entry = (job: string | null, priority: ShownEntry['priority'] = 'normal') => ({ job, priority }) as ShownEntry;
const none = { first: null, up: null, down: null, last: null };

it('leads one place up or down, and to both ends', () => {
  const line = ['a', 'b', 'c', 'd'].map((job) => entry(job));
  expect(movesOf(line, 'a')).toEqual({ ...none, down: { after: 'b' }, last: { after: 'd' } });
  expect(movesOf(line, 'b')).toEqual({ ...none, up: { before: 'a' }, down: { after: 'c' }, last: { after: 'd' } });
  expect(movesOf(line, 'c')).toEqual({ ...none, first: { before: 'a' }, up: { before: 'b' }, down: { after: 'd' } });
  expect(movesOf(line, 'd')).toEqual({ ...none, first: { before: 'a' }, up: { before: 'c' } });
});

it('stays among jobs of the same urgency that can be named', () => {
  const line = [entry('urgent', 'raised'), entry('a'), entry(null), entry('b'), entry('later', 'low')];
  expect(movesOf(line, 'a')).toEqual({ ...none, down: { after: 'b' } });
  expect(movesOf(line, 'b')).toEqual({ ...none, up: { before: 'a' } });
  expect(movesOf(line, 'urgent')).toEqual(none);
  expect(movesOf(line, 'gone')).toEqual(none);
});
