import { beforeEach, describe, expect, test } from 'vitest';
import { ago, byName, bytes, clock, duration, grams, money, percent, size } from '../src/lib/format';
import { speakIn } from '../src/lib/i18n';

const plain = (text: string): string => text.replace(/[\u00a0\u202f]/g, ' ');

describe('in English', () => {
  beforeEach(() => speakIn('en'));

  test.each([
    [0, '0 s'],
    [59, '59 s'],
    [60, '1 min'],
    [3_540, '59 min'],
    [3_599, '1 h'],
    [6_600, '1 h 50'],
    [7_500, '2 h 05'],
    [86_400, '1 d'],
    [93_600, '1 d 2 h'],
    [-5, '0 s'],
  ])('%i seconds are said as %s', (seconds, said) => {
    expect(duration(seconds)).toBe(said);
  });

  test.each([
    [0, '0 B'],
    [999, '999 B'],
    [13_400_000, '13.4 MB'],
    [200_000_000, '200 MB'],
    [999_900, '1 MB'],
  ])('%i bytes are said as %s', (count, said) => {
    expect(plain(bytes(count))).toBe(said);
  });

  test('a print is never done before it is done', () => {
    expect(plain(percent(99.9))).toBe('99 %');
  });

  test('small things keep one digit', () => {
    expect(plain(grams(4.25))).toBe('4.3 g');
    expect(plain(grams(412.4))).toBe('412 g');
    expect(plain(size({ x_mm: 62.4, y_mm: 40, z_mm: 1.25 }))).toBe('62 × 40 × 1.3 mm');
  });

  test('money has its currency', () => {
    expect(plain(money(280_000, 'EUR'))).toBe('€0.28');
  });

  test('times are told from now', () => {
    const now = Date.parse('2026-11-22T14:00:00Z');
    expect(ago('2026-11-22T13:57:00Z', now)).toBe('3 minutes ago');
    expect(ago('2026-11-22T13:59:50Z', now)).toBe('now');
    expect(ago('2026-11-22T16:10:00Z', now)).toBe('in 2 hours');
    expect(ago('2026-10-01T12:00:00Z', now)).toBe('1 Oct 2026');
    expect(clock(now)).toMatch(/^\d\d:00$/);
  });

  test('part 2 stands before part 10', () => {
    const names = [{ name: 'part 10' }, { name: 'Part 2' }].toSorted(byName);
    expect(names.map(({ name }) => name)).toEqual(['Part 2', 'part 10']);
  });
});

test('in German', async () => {
  await speakIn('de');
  expect(plain(bytes(13_400_000))).toBe('13,4 MB');
  expect(plain(money(1_280_000, 'EUR'))).toBe('1,28 €');
  await speakIn('en');
});
