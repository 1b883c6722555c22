import { mount, tick, unmount } from 'svelte';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { enter } from '../../src/lib/api/session';
import { speakIn } from '../../src/lib/i18n';
import { spaceOf } from '../../src/lib/print/space';
import Space from '../../src/ui/print/Space.svelte';

const GB = 1_000_000_000;

it('space is tight from nine tenths on, and full only when nothing more fits', () => {
  const at = (used_bytes: number) => spaceOf({ used_bytes, quota_bytes: 10 * GB });
  expect(at(0)).toEqual({ used_bytes: 0, total_bytes: 10 * GB, used_pct: 0, is_tight: false });
  expect([at(9 * GB - 1).is_tight, at(9 * GB).is_tight]).toEqual([false, true]);
  expect([at(10 * GB - 1).used_pct, at(10 * GB).used_pct, at(11 * GB).used_pct]).toEqual([99, 100, 100]);
  expect(spaceOf({ used_bytes: 0, quota_bytes: 0 }).used_pct).toBe(100);
});

const meWith = (used_bytes: number) =>
  ({ csrf: 'x', limits: { used_bytes, quota_bytes: 10 * GB } }) as Parameters<typeof enter>[0];

beforeEach(() => speakIn('en'));
afterEach(() => vi.unstubAllGlobals());

it('is shown as it is now, and says what to do when little is left', async () => {
  const now = JSON.stringify({ me: meWith(9.6 * GB) });
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(now, { headers: { 'content-type': 'application/json' } })));
  enter(meWith(1 * GB));
  const shown = mount(Space, { target: document.body });
  await tick();
  expect(document.body.textContent).toContain('1\u00a0GB of 10\u00a0GB used');
  await expect.poll(() => document.body.textContent).toContain('9.6\u00a0GB of 10\u00a0GB used');
  expect(document.body.textContent).toContain('Delete files that nobody needs any more.');
  await unmount(shown);
});
