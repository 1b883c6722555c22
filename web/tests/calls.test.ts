import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { answer, api, ApiError, enter, leave, type Me, newKey, onProof, safeReturn, who } from '../src/lib/api';
import { refused, retryAfter } from '../src/lib/api/problem';
import { mayRepeat, send } from '../src/lib/api/retry';

const HERE = location.origin;
const problem = (status: number, code: string, headers: HeadersInit = {}): Response =>
  Response.json(
    { type: 'x', title: 'x', status, detail: 'It did not work.', code, remedy: 'Try later.', request_id: 'r1' },
    { status, headers },
  );
const ways = (answers: (Response | Error)[]) => {
  const waits: number[] = [];
  let calls = 0;
  return {
    waits,
    calls: () => calls,
    fetch: () => {
      const next = answers[Math.min(calls, answers.length - 1)];
      calls += 1;
      return next instanceof Error ? Promise.reject(next) : Promise.resolve((next as Response).clone());
    },
    wait: (ms: number) => Promise.resolve(void waits.push(ms)),
  };
};

describe('a call', () => {
  const get = new Request(`${HERE}/api/me`);
  const post = new Request(`${HERE}/api/flag`, { method: 'POST', body: '{}' });
  const keyed = new Request(`${HERE}/api/jobs`, { method: 'POST', body: '{}', headers: { 'idempotency-key': 'k' } });

  test('that reads, or has a key, may be sent again; a bare change never', () => {
    expect([get, post, keyed].map(mayRepeat)).toEqual([true, false, true]);
  });

  test('that reads is sent again when the way is shaky', async () => {
    const shaky = ways([new Error('cut'), problem(502, 'BAD'), Response.json({})]);
    expect((await send(get, shaky)).status).toBe(200);
    expect(shaky.waits).toEqual([400, 1_200]);
  });

  test('that changes something without a key is sent once', async () => {
    const shaky = ways([new Error('cut'), Response.json({})]);
    await expect(send(post, shaky)).rejects.toMatchObject({ code: 'OFFLINE' });
    expect(shaky.calls()).toBe(1);
  });

  test('with a key is sent again with the same key', async () => {
    const shaky = ways([new Error('cut'), Response.json({})]);
    await send(keyed, shaky);
    expect(shaky.calls()).toBe(2);
  });

  test('is not repeated when the server says how long to wait', async () => {
    const told = ways([problem(503, 'AWAY', { 'retry-after': '9' })]);
    expect((await send(get, told)).status).toBe(503);
    expect(told.calls()).toBe(1);
  });
});

describe('a refusal', () => {
  test('is the sentence and the remedy of the server', async () => {
    const error = await refused(problem(429, 'TOO_MANY', { 'retry-after': '42' }));
    expect(error).toMatchObject({
      code: 'TOO_MANY',
      sentence: 'It did not work.',
      remedy: 'Try later.',
      request_id: 'r1',
      retry_after_s: 42,
    });
  });

  test('that is no problem document becomes plain words', async () => {
    const page = new Response('<h1>502 Bad Gateway</h1>', { status: 502 });
    expect(await refused(page)).toMatchObject({ code: 'NO_ANSWER', status: 502 });
  });

  test('may name the time to wait as a date', () => {
    const headers = new Headers({ 'retry-after': 'Sun, 22 Nov 2026 14:00:30 GMT' });
    expect(retryAfter(headers, Date.parse('2026-11-22T14:00:00Z'))).toBe(30);
    expect(retryAfter(new Headers({ 'retry-after': 'soon' }), 0)).toBeNull();
  });
});

describe('the session', () => {
  const me = { csrf: 'one', person: { id: 'per_1' } } as Me;
  const fetched = vi.fn<(request: Request) => Promise<Response>>();

  beforeEach(() => {
    enter(me);
    vi.stubGlobal('fetch', fetched);
  });
  afterEach(() => {
    fetched.mockReset();
    vi.unstubAllGlobals();
    leave(false);
  });

  test('goes with each change as a token, and with no question', async () => {
    fetched.mockImplementation(() => Promise.resolve(Response.json({})));
    await answer(api.GET('/api/flag'));
    await answer(api.PUT('/api/flag', { body: { on: true } }));
    const sent = fetched.mock.calls.map(([request]) => request.headers.get('x-csrf'));
    expect(sent).toEqual([null, 'one']);
  });

  test('that ended elsewhere leads out', async () => {
    fetched.mockImplementation(() => Promise.resolve(problem(401, 'NOT_SIGNED_IN')));
    await expect(answer(api.GET('/api/flag'))).rejects.toBeInstanceOf(ApiError);
    expect(who.get()).toEqual({ state: 'nobody', ended: true, own: false });
  });

  test('with an old token asks for the new one and repeats what was refused, once', async () => {
    fetched.mockImplementation((request) => {
      if (request.url.endsWith('/api/session')) {
        return Promise.resolve(Response.json({ me: { ...me, csrf: 'two' } }));
      }
      const fresh = request.headers.get('x-csrf') === 'two';
      return Promise.resolve(fresh ? Response.json({ on: true }) : problem(403, 'CSRF_REFUSED'));
    });
    expect(await answer(api.PUT('/api/flag', { body: { on: true } }))).toEqual({ on: true });
    expect(fetched).toHaveBeenCalledTimes(3);
  });

  test('does not knock for ever with a token that is refused', async () => {
    fetched.mockImplementation((request) =>
      Promise.resolve(
        request.url.endsWith('/api/session') ? Response.json({ me }) : problem(403, 'CSRF_REFUSED'),
      ),
    );
    await expect(answer(api.PUT('/api/flag', { body: { on: true } }))).rejects.toMatchObject({
      code: 'CSRF_REFUSED',
    });
    expect(fetched).toHaveBeenCalledTimes(2);
  });
});

describe('what asks for the password again', () => {
  const me = { csrf: 'one', person: { id: 'per_1' } } as unknown as Me;
  const fetched = vi.fn<(request: Request) => Promise<Response>>();
  let proved = false;
  beforeEach(() => {
    proved = false;
    fetched.mockReset().mockImplementation(async (request) => {
      if (request.method !== 'GET') expect(await request.json()).toEqual({ on: true });
      return proved ? Response.json({ on: true }) : problem(403, 'STEP_UP_NEEDED');
    });
    vi.stubGlobal('fetch', fetched);
    enter(me);
  });
  afterEach(() => {
    leave();
    vi.unstubAllGlobals();
  });
  const change = (): Promise<unknown> => answer(api.PUT('/api/flag', { body: { on: true } }));

  test('is done after it was shown, without being asked for twice', async () => {
    onProof(() => Promise.resolve((proved = true)));
    expect(await change()).toEqual({ on: true });
    expect(fetched).toHaveBeenCalledTimes(2);
  });

  test('is not done when it is not shown', async () => {
    onProof(() => Promise.resolve(false));
    await expect(change()).rejects.toMatchObject({ code: 'STEP_UP_NEEDED' });
    expect(fetched).toHaveBeenCalledTimes(1);
  });
});

test.each([
  ['/queue?tab=mine#top', '/queue?tab=mine#top'],
  [null, '/'],
  ['', '/'],
  ['//evil.example', '/'],
  ['/\\evil.example', '/'],
  ['/\t/evil.example', '/'],
  ['https://evil.example', '/'],
  ['javascript:alert(1)', '/'],
])('after signing in from %s one comes to %s', (wanted, path) => {
  expect(safeReturn(wanted)).toBe(path);
});

test('keys are long, and each is another one', () => {
  const keys = new Set(Array.from({ length: 100 }, newKey));
  expect(keys.size).toBe(100);
  for (const key of keys) expect(key).toMatch(/^[0-9a-f]{32}$/);
});
