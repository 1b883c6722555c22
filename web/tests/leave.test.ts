import { mount, tick, unmount } from 'svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import App from '../src/App.svelte';
import { enter, known, leave, me, who, type Me } from '../src/lib/api';
import { speakIn } from '../src/lib/i18n';
import { go } from '../src/lib/router';

const ada = {
  csrf: 'c',
  person: { id: 'per_1', name: 'Ada Lovelace', email: 'ada@example.org' },
  organisation: { id: 'org_1', name: 'Lamps', role: 'owner' },
  organisations: [],
  allowed: [],
  limits: { name_chars: 80, used_bytes: 1, quota_bytes: 2 },
  printing: { on: true, since: '2026-11-22T14:00:00Z', can_switch: true },
  service: { up: true, since: '2026-11-22T14:00:00Z', bridges_dial: '' },
} as unknown as Me;

let app: Record<string, unknown>;
beforeEach(async () => {
  // Who is here is what the test says, not what the studio is asked.
  const never = new Promise<Response>(() => undefined);
  vi.stubGlobal('fetch', ({ url }: Request) => (url.endsWith('/api/session') ? never : Promise.resolve(Response.json([]))));
  vi.stubGlobal('scrollTo', () => undefined);
  vi.stubGlobal('WebSocket', class { close(): void {} });
  await speakIn('en');
  enter(ada);
  go('/settings', { replace: true });
  app = mount(App, { target: document.body });
  await vi.waitFor(() => expect(document.body.textContent).toContain('ada@example.org'), 5_000);
});
afterEach(async () => {
  await unmount(app);
  vi.unstubAllGlobals();
});

test('signing out leaves nothing of the person on the screen and goes to the sign-in page', async () => {
  leave(false);
  await tick();
  expect(document.body.innerHTML).not.toContain('ada@example.org');
  expect(document.body.innerHTML).not.toContain('Ada Lovelace');
  expect(location.pathname + location.search).toBe('/sign-in');
  await vi.waitFor(() => expect(document.querySelector('[name=email]')).not.toBeNull(), 5_000);
});

test('a session that ended elsewhere leads back to where it was', async () => {
  leave();
  await tick();
  expect(document.body.innerHTML).not.toContain('Ada Lovelace');
  expect(location.pathname + location.search).toBe('/sign-in?to=%2Fsettings');
});

test('a page that is being taken away still knows whose it was', () => {
  leave();
  expect(who.get().state).toBe('nobody');
  expect(known.get()).toBe(ada);
  expect(me()).toBe(ada);
});
