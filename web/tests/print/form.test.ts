import { describe, expect, it } from 'vitest';
import { emptyForm, keyOf, sameChoice, withQuality } from '../../src/lib/print/form';
import { wasMadeBefore } from '../../src/lib/print/repeated';
import { type Outside, Seeds } from '../../src/lib/print/seeds';

const form = emptyForm({ material: 'PLA', quality: 'standard', infill_pct: 20, supports: true, copies: 1 });

/** A browser with tabs; `open` opens the print form of a file in a tab of its own. */
function browser(storage: Outside['storage'] = keeping()) {
  let now_ms = 1_000_000;
  let made = 0;
  const tab = (): Seeds => new Seeds({ storage, fresh: () => `root${(made += 1)}`, now_ms: () => now_ms });
  const open = (seeds = tab(), version = 'ver_1', person = 'per_1') => {
    const opened_ms = seeds.open(person, version);
    return {
      take: () => seeds.take(person, version, opened_ms),
      spend: (seed: string) => seeds.spend(person, version, seed),
      drop: (seed: string) => seeds.drop(person, version, seed),
    };
  };
  return { tab, open, later: (ms: number) => void (now_ms += ms) };
}

function keeping(): Outside['storage'] {
  const kept = new Map<string, string>();
  return { getItem: (name) => kept.get(name) ?? null, setItem: (name, value) => void kept.set(name, value) };
}

describe('the key under which a form counts once', () => {
  it('is the same for the same settings, however often they are sent', () => {
    expect(keyOf('a', form)).toBe(keyOf('a', { ...form }));
    expect(keyOf('a', { ...form, notes: ' blue ' })).toBe(keyOf('a', { ...form, notes: 'blue' }));
  });

  it('is another one for every other setting', () => {
    const others = [
      { ...form, material: 'PETG' as const },
      { ...form, quality: 'high' as const },
      { ...form, infill_pct: 25 },
      { ...form, supports: false },
      { ...form, copies: 2 },
      { ...form, notes: 'blue' },
      { ...form, printer: 'prn_1' },
    ];
    const keys = new Set([form, ...others].map((one) => keyOf('a', one)));
    expect(keys.size).toBe(others.length + 1);
    expect(keyOf('b', form)).not.toBe(keyOf('a', form));
  });

  it('fits into a header', () => {
    expect(keyOf('0123456789abcdef0123456789abcdef', { ...form, notes: 'ü€'.repeat(500) })).toMatch(/^[\x21-\x7e]{1,128}$/);
  });
});

const HOUR_MS = 60 * 60_000;

describe('two tabs of one file', () => {
  it('that are sent at once send the same print, also when they were opened hours apart', () => {
    const { open, later } = browser();
    const old = open();
    later(5 * HOUR_MS);
    const young = open();
    expect(young.take()).toBe(old.take());
  });

  it('send the same print when the second is pressed right after the answer to the first', () => {
    const { open, later } = browser();
    const [one, other] = [open(), open()];
    later(2_000);
    const seed = one.take();
    one.spend(seed);
    later(9_999);
    expect(other.take()).toBe(seed);
    other.spend(seed);
    // That spent nothing new: the next forms agree.
    expect(open().take()).toBe(open().take());
  });

  it('send two prints when the second is pressed later', () => {
    const { open, later } = browser();
    const [one, other] = [open(), open()];
    later(2_000);
    const seed = one.take();
    one.spend(seed);
    later(10_000);
    expect(other.take()).not.toBe(seed);
  });

  it('turn to the same seed when both turn to a new one at once', () => {
    const { open, later } = browser();
    const [one, other] = [open(), open()];
    const seed = one.take();
    later(HOUR_MS);
    const next = one.take();
    expect([next === seed, other.take()]).toEqual([false, next]);
  });
});

describe('a form', () => {
  it('that was left open never sends the seed of an old print, however it was made', () => {
    const { open, later } = browser();
    const left = open();
    const made = open();
    later(2_000);
    const seed = made.take();
    made.spend(seed);
    for (const ms of [60_000, HOUR_MS, 24 * HOUR_MS]) {
      later(ms);
      expect(left.take()).not.toBe(seed);
    }
  });

  it('is another print when it was opened after the last one was made, even at once', () => {
    const { open } = browser();
    const first = open();
    const seed = first.take();
    first.spend(seed);
    expect(open().take()).not.toBe(seed);
  });

  it('repeats a try without an answer for an hour, then begins a print of its own', () => {
    const { open, later } = browser();
    const form = open();
    const seed = form.take();
    later(HOUR_MS - 1);
    expect(form.take()).toBe(seed);
    later(1);
    expect(form.take()).not.toBe(seed);
  });

  it('does not repeat what was sent before the clock was set back', () => {
    const { open, later } = browser();
    const form = open();
    const seed = form.take();
    later(-2 * HOUR_MS);
    expect(form.take()).not.toBe(seed);
  });

  it('begins anew at once with a seed that nothing can be made with', () => {
    const { open } = browser();
    const form = open();
    const seed = form.take();
    form.drop(seed);
    expect(form.take()).not.toBe(seed);
  });

  it('shares no seed with other people or versions', () => {
    const { open, tab } = browser();
    const seeds = [open(), open(tab(), 'ver_1', 'per_2'), open(tab(), 'ver_2')].map((form) => form.take());
    expect(new Set(seeds).size).toBe(3);
  });

  const refuses = (): never => {
    throw new Error('no');
  };
  it.each([
    ['keeps nothing', null],
    ['refuses to keep anything', { getItem: refuses, setItem: refuses }],
    ['is full', { getItem: () => null, setItem: refuses }],
  ])('counts by itself in a browser that %s', (_, storage) => {
    const { open, tab } = browser(storage);
    const here = tab();
    const form = open(here);
    const seed = form.take();
    expect(form.take()).toBe(seed);
    form.spend(seed);
    expect(open(here).take()).not.toBe(seed);
  });

  it('passes over what it cannot read', () => {
    const { open } = browser({ getItem: () => '{"root":7}', setItem: () => undefined });
    expect(open().take()).toMatch(/^root/);
  });
});

it('an answer that tells of an earlier print is known by its age', () => {
  const date = 'Sun, 22 Nov 2026 14:00:30 GMT';
  expect(wasMadeBefore('2026-11-22T14:00:29.500Z', date, 800)).toBe(false);
  // The answer took long; the print was made meanwhile.
  expect(wasMadeBefore('2026-11-22T14:00:02Z', date, 28_000)).toBe(false);
  expect(wasMadeBefore('2026-11-22T14:00:02Z', date, 800)).toBe(true);
  expect(wasMadeBefore('2026-11-22T13:00:00Z', null, 800)).toBe(false);
});

it('choosing a quality brings how full it is inside, and leaves the rest', () => {
  const fine = withQuality({ ...form, notes: 'blue', copies: 3 }, { id: 'high', infill_pct: 30 });
  expect(fine).toMatchObject({ quality: 'high', infill_pct: 30, notes: 'blue', copies: 3 });
  expect(sameChoice(form, fine)).toBe(false);
  expect(sameChoice(form, { ...form, notes: 'other' } as never)).toBe(true);
});
