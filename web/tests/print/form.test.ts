import { describe, expect, it } from 'vitest';
import { emptyForm, keyOf, sameChoice, withQuality } from '../../src/lib/print/form';
import { spendSeed, takeSeed, type Outside } from '../../src/lib/print/seeds';

const form = emptyForm({ material: 'PLA', quality: 'standard', infill_pct: 20, supports: true, copies: 1 });

function browser(): { tab: () => Outside; later: (ms: number) => void } {
  const kept = new Map<string, string>();
  let now_ms = 1_000_000;
  let made = 0;
  const storage = {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => void kept.set(name, value),
    removeItem: (name: string) => void kept.delete(name),
  };
  const fresh = () => `seed${(made += 1)}`;
  return { tab: () => ({ storage, fresh, now_ms: () => now_ms }), later: (ms) => (now_ms += ms) };
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

describe('seeds of keys', () => {
  it('are shared by two tabs that show the same file, so that both send the same print', () => {
    const { tab } = browser();
    expect(takeSeed(tab(), 'per_1', 'ver_1')).toBe(takeSeed(tab(), 'per_1', 'ver_1'));
  });

  it('are not shared between people or versions', () => {
    const { tab } = browser();
    const seeds = [takeSeed(tab(), 'per_1', 'ver_1'), takeSeed(tab(), 'per_2', 'ver_1'), takeSeed(tab(), 'per_1', 'ver_2')];
    expect(new Set(seeds).size).toBe(3);
  });

  it('are new once a print was made, and stay what they are in the tab that still holds one', () => {
    const { tab } = browser();
    const held = takeSeed(tab(), 'per_1', 'ver_1');
    spendSeed(tab(), 'per_1', 'ver_1', held);
    const next = takeSeed(tab(), 'per_1', 'ver_1');
    expect(next).not.toBe(held);
    // The other tab sends its old seed: that must not spend the new one.
    spendSeed(tab(), 'per_1', 'ver_1', held);
    expect(takeSeed(tab(), 'per_1', 'ver_1')).toBe(next);
  });

  it('are new after an hour, so that an old form makes a print of its own', () => {
    const { tab, later } = browser();
    const held = takeSeed(tab(), 'per_1', 'ver_1');
    later(59 * 60_000);
    expect(takeSeed(tab(), 'per_1', 'ver_1')).toBe(held);
    later(2 * 60_000);
    expect(takeSeed(tab(), 'per_1', 'ver_1')).not.toBe(held);
  });

  it('work in a browser that keeps nothing', () => {
    const refuses = { getItem: () => { throw new Error('no'); }, setItem: () => undefined, removeItem: () => undefined };
    const outside: Outside = { storage: refuses, fresh: () => 'mine', now_ms: () => 0 };
    expect(takeSeed(outside, 'per_1', 'ver_1')).toBe('mine');
    expect(() => spendSeed(outside, 'per_1', 'ver_1', 'mine')).not.toThrow();
  });
});

it('choosing a quality brings how full it is inside, and leaves the rest', () => {
  const fine = withQuality({ ...form, notes: 'blue', copies: 3 }, { id: 'high', infill_pct: 30 });
  expect(fine).toMatchObject({ quality: 'high', infill_pct: 30, notes: 'blue', copies: 3 });
  expect(sameChoice(form, fine)).toBe(false);
  expect(sameChoice(form, { ...form, notes: 'other' } as never)).toBe(true);
});
