import { describe, expect, it } from 'vitest';
import { pairCommand, runCommand } from '../../src/lib/print/bridge';
import { expectedHere, restWords } from '../../src/lib/print/expected';
import { priceLines } from '../../src/lib/print/price';
import type { ShownEntry } from '../../src/lib/print/shown';
import { sizeBlockOf } from '../../src/pages/print/block';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const in_an_hour = { done_about_at: '2026-11-22T13:00:00Z' };

describe('the rest of a print', () => {
  it('comes from the schedule alone when there is one', () => {
    const words = restWords(in_an_hour, 60, NOW);
    expect(words).toEqual(restWords(in_an_hour, 9_000, NOW));
    expect(words).toHaveLength(2);
    expect(words[0]).toBe(restWords(null, 3_600, NOW)[0]);
  });

  it('is what the printer guesses otherwise, with no second time beside it', () => {
    expect(restWords({ done_not_before: in_an_hour.done_about_at }, 60, NOW)).toHaveLength(1);
    expect(restWords(null, null, NOW)).toEqual([]);
  });

  it('never counts below nothing', () => {
    expect(restWords(in_an_hour, 60, NOW + 2 * 3_600_000)).toHaveLength(1);
  });

  it('at one printer is not told by the last of several copies', () => {
    const copy = {} as ShownEntry['copies'][number];
    expect(expectedHere({ copies: [copy], expected: in_an_hour })).toBe(in_an_hour);
    expect(expectedHere({ copies: [copy, copy], expected: in_an_hour })).toBeNull();
  });
});

it('a price has no line for what costs nothing', () => {
  const price = { currency: 'EUR', material_micros: 5, machine_micros: 0, set_up_micros: 2, total_micros: 7 };
  expect(priceLines(price).map(({ key }) => key)).toEqual(['price.material', 'price.set_up']);
});

it('a part larger than every known printer is not sent, and an unmeasured one is', () => {
  const build = { x_mm: 100, y_mm: 100, z_mm: 100, nozzle_mm: 0.4, nozzle_c_max: 260, bed_c_max: 110 };
  const part = { x_mm: 150, y_mm: 10, z_mm: 10 };
  expect(sizeBlockOf(part, [{ build }])).toMatch(/.+/);
  expect(sizeBlockOf(part, [])).toBeNull();
  expect(sizeBlockOf(null, [{ build }])).toBeNull();
});

it('the program beside the printers is told the service, then also the printer', () => {
  expect(pairCommand('http://here', 'AB12')).toBe('FLUXPRINT_API_URL=http://here fluxprint-bridge pair --code AB12');
  const run = runCommand('http://here');
  for (const word of ['FLUXPRINT_API_URL=http://here', 'OCTOPRINT_URL=http', 'OCTOPRINT_API_KEY=', 'fluxprint-bridge run'])
    expect(run).toContain(word);
});
