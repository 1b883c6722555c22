import { mount, tick, unmount } from 'svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { addWords, speakIn } from '../../src/lib/i18n';
import Camera from '../../src/ui/print/Camera.svelte';

type Seen = (entries: { isIntersecting: boolean }[]) => void;

let scroll: Seen = () => undefined;
let asked: { url: string; signal: AbortSignal }[] = [];
let answer: (url: string) => Response = () => new Response(null, { status: 500 });
let urls = 0;
const revoked: string[] = [];

beforeEach(async () => {
  await speakIn('en');
  await addWords('views');
  asked = [];
  vi.stubGlobal(
    'IntersectionObserver',
    class {
      constructor(seen: Seen) {
        scroll = seen;
      }
      observe(): void {
        scroll([{ isIntersecting: true }]);
      }
      disconnect(): void {
        scroll = () => undefined;
      }
    },
  );
  vi.stubGlobal('fetch', (url: string, init: { signal: AbortSignal }) => {
    asked.push({ url, signal: init.signal });
    return Promise.resolve(answer(url));
  });
  URL.createObjectURL = () => `blob:${(urls += 1)}`;
  URL.revokeObjectURL = (url) => void revoked.push(url);
});

afterEach(() => {
  vi.unstubAllGlobals();
  document.body.innerHTML = '';
});

const printer = { id: 'prn_1', name: 'Mk4' };
const jpeg = (): Response => new Response(new Uint8Array([0xff, 0xd8]), { headers: { 'content-type': 'image/jpeg' } });
const text = (): string => document.body.textContent ?? '';
const button = (name: string): HTMLButtonElement | undefined =>
  [...document.querySelectorAll('button')].find((one) => one.textContent?.trim() === name);
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn += 1) {
    await new Promise((done) => setTimeout(done));
    await tick();
  }
};

/** A stream that a test feeds. */
function stream(): { response: Response; push: (byte: number) => void; end: () => void } {
  let feed: ReadableStreamDefaultController<Uint8Array> | undefined;
  const body = new ReadableStream<Uint8Array>({ start: (controller) => void (feed = controller) });
  const head = new TextEncoder().encode('--frame\r\nContent-Type: image/jpeg\r\nContent-Length: 1\r\n\r\n');
  return {
    response: new Response(body),
    push: (byte) => feed?.enqueue(new Uint8Array([...head, byte, 13, 10])),
    end: () => feed?.close(),
  };
}

test('one picture is asked for when the card comes to the screen, and no more', async () => {
  answer = jpeg;
  const app = mount(Camera, { target: document.body, props: { printer, reachable: true } });
  await settle();
  expect(asked.map((one) => one.url)).toEqual(['/api/print/printers/prn_1/camera/snapshot']);
  expect(document.querySelector('img')?.alt).toContain('Mk4');
  scroll([{ isIntersecting: false }]);
  await settle();
  scroll([{ isIntersecting: true }]);
  await settle();
  expect(asked).toHaveLength(1);
  button('New picture')?.click();
  await settle();
  expect(asked).toHaveLength(2);
  await unmount(app);
  expect(revoked).toContain(`blob:${urls}`);
});

test('why there is no picture is said in the words of the server, and can be tried again', async () => {
  const problem = { code: 'PRINTING_CAMERA_STREAM_ERROR', detail: 'It has stopped.', remedy: 'Restart it.' };
  answer = () => new Response(JSON.stringify(problem), { status: 502 });
  const app = mount(Camera, { target: document.body, props: { printer, reachable: true } });
  await settle();
  expect(text()).toContain('It has stopped.');
  expect(text()).toContain('Restart it.');
  answer = jpeg;
  button('Try again')?.click();
  await settle();
  expect(document.querySelector('img')).not.toBeNull();
  await unmount(app);
});

test('live is live only while it is seen, and what the studio ends is blank', async () => {
  answer = jpeg;
  const app = mount(Camera, { target: document.body, props: { printer, reachable: true } });
  await settle();
  const moving = stream();
  answer = () => moving.response;
  button('Watch live')?.click();
  await settle();
  moving.push(1);
  await settle();
  expect(text()).toContain('Live');
  scroll([{ isIntersecting: false }]);
  await settle();
  expect(asked.at(-1)?.signal.aborted).toBe(true);

  const again = stream();
  answer = () => again.response;
  scroll([{ isIntersecting: true }]);
  await settle();
  again.push(2);
  await settle();
  answer = () => new Response(JSON.stringify({ code: 'X', detail: 'Not for you.', remedy: '' }), { status: 403 });
  again.end();
  await settle();
  expect(document.querySelector('img')).toBeNull();
  expect(text()).toContain('Not for you.');
  await unmount(app);
});

test('a camera that is away is a calm word without buttons', async () => {
  const app = mount(Camera, { target: document.body, props: { printer, reachable: false } });
  await settle();
  expect(text()).toContain('cannot be reached');
  expect(document.querySelectorAll('button')).toHaveLength(0);
  expect(asked).toHaveLength(0);
  await unmount(app);
});
