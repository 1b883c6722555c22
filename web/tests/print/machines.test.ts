import { describe, expect, it } from 'vitest';
import {
  awaySince,
  fitsNowhere,
  heatOf,
  inOrderOfNeed,
  isInside,
  mayClear,
  needsYou,
  outOfReach,
  sizeOf,
} from '../../src/lib/print/machines';
import { bedIsAwaited, bedsToClear, countsOf, laneOf, needsOf, waitingOf } from '../../src/lib/print/needs';
import { speakIn } from '../../src/lib/i18n';
import type { ShownEntry, ShownPrinter } from '../../src/lib/print/shown';
import { jobLook, printerLook } from '../../src/lib/states';

function printer(name: string, change: Partial<ShownPrinter> = {}): ShownPrinter {
  return {
    id: `prn_${name}`,
    name,
    bridge: 'brg_1',
    is_virtual: false,
    connected: true,
    reconciled: true,
    state: 'ready',
    state_since: '2026-11-22T12:00:00Z',
    build: { x_mm: 220, y_mm: 220, z_mm: 250, nozzle_mm: 0.4, nozzle_c_max: 260, bed_c_max: 110 },
    bed: { clear: true, can_be_cleared: true },
    tags: [],
    allowed: ['clear_bed'],
    ...change,
  } as ShownPrinter;
}
const dirty = { clear: false, can_be_cleared: true };

function entry(place: number, state: ShownEntry['state'], at: string | null = null): ShownEntry {
  const since = '2026-11-22T12:00:00Z';
  return {
    place,
    job: `job_${place}`,
    name: `part ${place}`,
    state,
    created_at: since,
    other_project: false,
    copies: [{ number: 1, state, since, printer: at }],
  } as ShownEntry;
}

describe('temperatures in words', () => {
  it.each([
    [24, 0, 'off'],
    [51, 0, 'hot'],
    [197, 200, 'at_target'],
    [203, 200, 'at_target'],
    [196.9, 200, 'heating'],
    [203.1, 200, 'cooling'],
  ])('%d of %d is %s', (actual_c, target_c, word) => {
    expect(heatOf({ actual_c, target_c })).toBe(word);
  });
});

describe('what needs a person', () => {
  it('a ready printer with something on its bed, one in error, and a paused one', () => {
    expect(needsYou(printer('a', { bed: dirty }))).toBe(true);
    expect(needsYou(printer('a', { state: 'error' }))).toBe(true);
    expect(needsYou(printer('a', { state: 'paused' }))).toBe(true);
    expect(needsYou(printer('a'))).toBe(false);
    expect(needsYou(printer('a', { state: 'busy', bed: dirty }))).toBe(false);
  });

  it('never one that is out of reach: nobody knows how it stands', () => {
    expect(needsYou(printer('a', { bed: dirty, connected: false }))).toBe(false);
    expect(needsYou(printer('a', { state: 'offline', bed: dirty }))).toBe(false);
  });

  it('comes first in the list, then what is done soonest, then the free, then the away', () => {
    const left = (time_left_s: number) => ({ state: 'busy' as const, progress: { time_left_s } });
    const names = inOrderOfNeed([
      printer('away', { connected: false }),
      printer('free 10'),
      printer('free 9'),
      printer('late', left(9_000)),
      printer('soon', left(60)),
      printer('dirty', { bed: dirty }),
      printer('broken', { state: 'error' }),
    ]).map(({ name }) => name);
    expect(names).toEqual(['broken', 'dirty', 'soon', 'late', 'free 9', 'free 10', 'away']);
  });

  it('says that a bed is clear only who may, and only where it is of use', () => {
    expect(mayClear(printer('a', { bed: dirty }))).toBe(true);
    expect(mayClear(printer('a'))).toBe(false);
    expect(mayClear(printer('a', { bed: { clear: false, can_be_cleared: false } }))).toBe(false);
    expect(mayClear(printer('a', { bed: dirty, allowed: [] }))).toBe(false);
  });

  it('names the printer of a print that nobody knows the end of', () => {
    const away = printer('a', { connected: false });
    const [need] = needsOf([away], [entry(1, 'needs_attention', away.id)]);
    expect(need).toMatchObject({ what: 'settle', printer: { name: 'a' } });
  });

  it('is for the caller only where the caller may act', () => {
    const mine = (change: Partial<ShownPrinter>, entries: ShownEntry[] = []) =>
      needsOf([printer('a', change)], entries).map((need) => need.mine);
    expect(mine({ bed: dirty })).toEqual([true]);
    expect(mine({ bed: dirty, allowed: [] })).toEqual([false]);
    expect(mine({ state: 'error' })).toEqual([true]);
    expect(mine({ state: 'error', allowed: [] })).toEqual([false]);
    const paused = { ...entry(1, 'paused', 'prn_a'), allowed: ['resume'] as ShownEntry['allowed'] };
    expect(mine({ state: 'paused', allowed: [] }, [paused])).toEqual([true]);
    expect(mine({ state: 'paused', allowed: [] }, [{ ...paused, allowed: [] }])).toEqual([false]);
    const unsure = { ...entry(1, 'needs_attention'), allowed: ['settle'] as ShownEntry['allowed'] };
    expect(needsOf([], [unsure])[0]?.mine).toBe(true);
    expect(needsOf([], [{ ...unsure, allowed: [] }])[0]?.mine).toBe(false);
  });

  it('a bed is awaited only when printing is on and something is next', () => {
    const on = { printing: true, on_hold: false };
    expect(bedIsAwaited(on, [entry(1, 'queued')])).toBe(true);
    expect(bedIsAwaited(on, [entry(1, 'held'), entry(2, 'printing')])).toBe(false);
    expect(bedIsAwaited(on, [])).toBe(false);
    expect(bedIsAwaited({ ...on, printing: false }, [entry(1, 'queued')])).toBe(false);
    expect(bedIsAwaited({ ...on, on_hold: true }, [entry(1, 'queued')])).toBe(false);
  });

  it('offers the beds that hold up a print, to those who may clear them', () => {
    const all = [printer('a', { bed: dirty }), printer('b', { bed: dirty, allowed: [] }), printer('c')];
    const names = (code: string, at: string | null) =>
      bedsToClear({ code }, at, all)?.map(({ name }) => name) ?? null;
    expect(names('BED_NOT_CLEAR', null)).toEqual(['a']);
    expect(names('BED_NOT_CLEAR', 'prn_b')).toEqual([]);
    expect(names('BED_AFTER_PRINT', 'prn_a')).toEqual(['a']);
    expect(names('NO_PRINTER', null)).toBeNull();
    expect(bedsToClear(null, null, all)).toBeNull();
  });

  it('is nothing while nothing is known', () => {
    expect(needsOf(null, null)).toEqual([]);
  });
});

describe('a printer out of reach', () => {
  it('is offline since its state says so, or since its bridge was last heard', () => {
    const heard = { last_contact_at: '2026-11-22T14:02:00Z' };
    expect(awaySince(printer('a', { state: 'offline', ...heard }))).toBe('2026-11-22T12:00:00Z');
    expect(awaySince(printer('a', { connected: false, ...heard }))).toBe(heard.last_contact_at);
    expect(awaySince(printer('a', { state: 'offline' }))).toBeNull();
  });

  it('cannot be told anything, and the service comes first', () => {
    expect(outOfReach(printer('a'), true)).toBeNull();
    expect(outOfReach(printer('a', { state: 'offline' }), true)).toBe('printer');
    expect(outOfReach(printer('a', { connected: false }), false)).toBe('service');
  });
});

describe('the queue', () => {
  const here = printer('a');
  const entries = [
    entry(1, 'printing', here.id),
    entry(2, 'needs_attention', here.id),
    entry(3, 'assigned', here.id),
    entry(4, 'queued'),
    entry(5, 'held'),
  ];

  it('counts copies, not jobs', () => {
    expect(countsOf(entries, null)).toEqual({ printing: 1, waiting: 3 });
  });

  it('counts as printing what the chips of the printers call so', () => {
    const own = printer('b', { state: 'busy' });
    const away = printer('c', { state: 'busy', connected: false });
    expect(countsOf(entries, [here, own, away])).toEqual({ printing: 1, waiting: 3 });
    expect([here, own, away].map((one) => printerLook(one).tone)).toEqual(['ok', 'accent', 'plain']);
  });

  it('asks those who may act, and tells the others who can', async () => {
    await speakIn('en');
    const bed = (allowed: ShownPrinter['allowed']) => printerLook(printer('a', { bed: dirty, allowed })).word;
    expect([bed(['clear_bed']), bed([])]).toEqual(['Needs you', 'Waits for the team']);
    const stuck = { state: 'needs_attention' } as const;
    expect(jobLook({ ...stuck, allowed: ['settle'] }).word).toBe('Needs you');
    expect(jobLook(stuck).word).toBe('Waits for the team');
  });

  it('shows in each lane what prints now and what was given to it', () => {
    const lane = laneOf(here, entries);
    expect(lane.now?.place).toBe(1);
    expect(lane.next.map(({ place }) => place)).toEqual([2, 3]);
  });

  it('keeps the order of what waits', () => {
    expect(waitingOf(entries).map(({ place }) => place)).toEqual([3, 4, 5]);
  });
});

it('a part fits when it lies inside, edge included', () => {
  const build = { x_mm: 220, y_mm: 220, z_mm: 250 };
  expect(isInside({ x_mm: 220, y_mm: 10, z_mm: 250 }, build)).toBe(true);
  expect(isInside({ x_mm: 220.1, y_mm: 10, z_mm: 10 }, build)).toBe(false);
  expect(sizeOf({ size_mm: [1, 2, 3] })).toEqual({ x_mm: 1, y_mm: 2, z_mm: 3 });
  expect(sizeOf({})).toBeNull();
});

it('a part fits nowhere only when printers are known and all are too small', () => {
  const small = printer('small', { build: { ...printer('x').build, x_mm: 100 } });
  const part = { x_mm: 150, y_mm: 10, z_mm: 10 };
  expect(fitsNowhere(part, [])).toBe(false);
  expect(fitsNowhere(part, [small])).toBe(true);
  expect(fitsNowhere(part, [small, printer('large')])).toBe(false);
});
