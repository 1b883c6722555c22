import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type ApiError } from '../src/lib/api';
import { interrupted } from '../src/lib/upload/interrupted';
import { passes } from '../src/lib/upload/state';
import { fingerprint, type Hears, send, type Sending } from '../src/lib/upload/sender';

const PERSON = 'per_1';
const file = new File(['solid'], 'gear.stl', { lastModified: 7 });
const KEY = `tus::${fingerprint(PERSON, 'prj_1', file)}::1`;

/** A server that knows the upload; `answers` gives the status of each call. Holds what was asked of it. */
class Studio {
  asked: string[] = [];
  #answers: (method: string) => number | Promise<number>;

  constructor(answers: (method: string) => number | Promise<number>) {
    this.#answers = answers;
    const ask = (method: string): number | Promise<number> => {
      this.asked.push(method);
      return this.#answers(method);
    };
    vi.stubGlobal('XMLHttpRequest', class {
      status = 0;
      responseText = '{}';
      upload = {};
      #method = '';
      onload: () => void = () => undefined;
      onerror: (error: unknown) => void = () => undefined;
      open(method: string): void {
        this.#method = method;
      }
      setRequestHeader(): void {}
      abort(): void {}
      getResponseHeader(name: string): string | null {
        const said = { 'upload-offset': '2', 'upload-length': '5', location: '/api/uploads/upl_2' };
        return said[name.toLowerCase() as keyof typeof said] ?? null;
      }
      async send(): Promise<void> {
        this.status = await ask(this.#method);
        if (this.status === 0) this.onerror(new ProgressEvent('error'));
        else this.onload();
      }
    });
  }
}

const answering = (status: number): Studio => new Studio((method) => (method === 'HEAD' ? 200 : status));
const quiet = (): void => undefined;
const sending = (failed: Hears['failed'] = quiet): Promise<Sending> =>
  send(PERSON, 'prj_1', file, { resumed: quiet, sent: quiet, cut: quiet, done: quiet, failed });
const failing = (): Promise<ApiError> => new Promise((failed) => void sending(failed));

/** What reading a piece of the file comes to; this model of a browser cannot by itself. */
const reads = (arrayBuffer: () => Promise<ArrayBuffer>): void =>
  void vi.spyOn(file, 'slice').mockImplementation((...part) =>
    Object.assign(new File([file], '').slice(...part), { arrayBuffer }));

beforeEach(() => {
  reads(() => Promise.resolve(new ArrayBuffer(1)));
  const metadata = { filename: 'gear.stl', project: 'prj_1' };
  const uploadUrl = `${location.origin}/api/uploads/upl_1`;
  localStorage.setItem(KEY, JSON.stringify({ size: 5, metadata, uploadUrl, creationTime: 'x' }));
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
  vi.restoreAllMocks();
  localStorage.clear();
});

test('a refused file is not offered to go on with', async () => {
  answering(415);
  expect(interrupted(localStorage, PERSON, [])).toHaveLength(1);
  expect((await failing()).status).toBe(415);
  expect(interrupted(localStorage, PERSON, [])).toEqual([]);
});

test('an upload that only has to wait keeps its place', async () => {
  answering(429);
  expect((await failing()).status).toBe(429);
  expect(interrupted(localStorage, PERSON, [])).toHaveLength(1);
});

test('a file that can no longer be read is said to be, and not waited for like a way that is gone', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  reads(() => Promise.reject(new DOMException('gone', 'NotReadableError')));
  new Studio((method) => (method === 'HEAD' ? 200 : 0));
  let error: ApiError | null = null;
  void failing().then((found) => (error = found));
  await vi.waitFor(async () => {
    await vi.runAllTimersAsync();
    expect(error).not.toBeNull();
  });
  expect(error).toMatchObject({ code: 'UNREADABLE', status: 400 });
  expect(interrupted(localStorage, PERSON, [])).toEqual([]);
});

/** Long enough for whatever would still be asked. */
const aWhile = (): Promise<void> => new Promise((done) => setTimeout(done, 50));

test('a studio that cannot say how much is there is asked again, and nothing is begun anew', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const studio = new Studio(() => 503);
  const failed = failing();
  await vi.waitFor(async () => {
    await vi.runAllTimersAsync();
    expect(studio.asked).toEqual(['HEAD', 'HEAD', 'HEAD', 'HEAD', 'HEAD']);
  });
  expect(passes(await failed)).toBe(true);
  expect(interrupted(localStorage, PERSON, [])).toHaveLength(1);
});

test('an upload that is stopped before its first question asks nothing', async () => {
  const studio = answering(204);
  await (await sending()).stop();
  await aWhile();
  expect(studio.asked).toEqual([]);
});

describe('while the studio is asked to begin an upload', () => {
  let answer: (status: number) => void;
  let studio: Studio;
  let upload: Sending;
  beforeEach(async () => {
    localStorage.clear();
    studio = new Studio((method) =>
      method === 'POST' ? new Promise<number>((resolve) => (answer = resolve)) : 204);
    upload = await sending();
    await expect.poll(() => studio.asked).toEqual(['POST']);
  });

  test('canceling it discards it as soon as its name is known, and sends nothing', async () => {
    await upload.discard();
    answer(201);
    await expect.poll(() => studio.asked).toEqual(['POST', 'DELETE']);
    await expect.poll(() => interrupted(localStorage, PERSON, [])).toEqual([]);
    await aWhile();
    expect(studio.asked).toEqual(['POST', 'DELETE']);
  });

  test('pausing it keeps its name to go on with, and sends nothing', async () => {
    await upload.stop();
    answer(201);
    await expect.poll(() => interrupted(localStorage, PERSON, [])).toHaveLength(1);
    await aWhile();
    expect(studio.asked).toEqual(['POST']);
  });

  test('a refusal of what nobody wants any more is told to nobody', async () => {
    await upload.discard();
    answer(0);
    await aWhile();
    expect(studio.asked).toEqual(['POST']);
  });
});
