import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type ApiError } from '../src/lib/api';
import { interrupted } from '../src/lib/upload/interrupted';
import { fingerprint, send } from '../src/lib/upload/sender';

const PERSON = 'per_1';
const file = new File(['solid'], 'gear.stl', { lastModified: 7 });
const KEY = `tus::${fingerprint(PERSON, 'prj_1', file)}::1`;

/** A server that knows the upload and answers its next part with this status. */
function answering(status: number): typeof XMLHttpRequest {
  return class {
    status = 0;
    responseText = '{}';
    upload = {};
    #method = '';
    onload: () => void = () => undefined;
    open(method: string): void {
      this.#method = method;
    }
    setRequestHeader(): void {}
    abort(): void {}
    getResponseHeader(name: string): string | null {
      return { 'upload-offset': '2', 'upload-length': '5' }[name.toLowerCase()] ?? null;
    }
    send(): void {
      this.status = this.#method === 'HEAD' ? 200 : status;
      queueMicrotask(() => this.onload());
    }
  } as unknown as typeof XMLHttpRequest;
}

const failing = (): Promise<ApiError> =>
  new Promise((failed) => {
    const quiet = (): void => undefined;
    void send(PERSON, 'prj_1', file, { resumed: quiet, sent: quiet, cut: quiet, done: quiet, failed });
  });

beforeEach(() => {
  const metadata = { filename: 'gear.stl', project: 'prj_1' };
  const uploadUrl = `${location.origin}/api/uploads/upl_1`;
  localStorage.setItem(KEY, JSON.stringify({ size: 5, metadata, uploadUrl, creationTime: 'x' }));
});
afterEach(() => {
  vi.unstubAllGlobals();
  localStorage.clear();
});

test('a refused file is not offered to go on with', async () => {
  vi.stubGlobal('XMLHttpRequest', answering(415));
  expect(interrupted(localStorage, PERSON, [])).toHaveLength(1);
  expect((await failing()).status).toBe(415);
  expect(interrupted(localStorage, PERSON, [])).toEqual([]);
});

test('an upload that only has to wait keeps its place', async () => {
  vi.stubGlobal('XMLHttpRequest', answering(429));
  expect((await failing()).status).toBe(429);
  expect(interrupted(localStorage, PERSON, [])).toHaveLength(1);
});
