import { beforeEach, describe, expect, test } from 'vitest';
import { ApiError } from '../src/lib/api';
import { interrupted } from '../src/lib/upload/interrupted';
import { fingerprint, type Hears } from '../src/lib/upload/sender';
import { mayTryAgain, progressPct, Speedometer, step, type Upload } from '../src/lib/upload/state';
import { Tray } from '../src/lib/upload/tray';

const PROJECT = { id: 'prj_1', name: 'Lamp' };
const file = (name: string, size = 100): File => new File([new Uint8Array(size)], name);
const refusal = (status: number, retry_after_s: number | null = null, code = 'X'): ApiError =>
  new ApiError({ code, status, sentence: 'No.', remedy: 'Wait.', retry_after_s });

class Post {
  hears = new Map<string, Hears>();
  now_ms = 1_000;
  /** What starting to send waits for; a refusal of it is the client that cannot be loaded. */
  begun: Promise<unknown> = Promise.resolve();
  stopped: string[] = [];
  discarded: string[] = [];
  waiting: { run: () => void; ms: number }[] = [];
  over: Upload[] = [];

  tray = new Tray({
    send: async (_project, { name }, hears) => {
      this.hears.set(name, hears);
      await this.begun;
      return {
        stop: () => Promise.resolve(void this.stopped.push(name)),
        discard: () => Promise.resolve(void this.discarded.push(name)),
      };
    },
    now: () => this.now_ms,
    later: (run, ms) => void this.waiting.push({ run, ms }),
    over: (upload) => void this.over.push(upload),
  });

  hear(name: string): Hears {
    const hears = this.hears.get(name);
    if (!hears) throw new Error(`${name} is not being sent`);
    return hears;
  }

  get states(): string[] {
    return this.tray.uploads.get().map(({ state }) => state.is);
  }

  id(at: number): number {
    return this.tray.uploads.get()[at]?.id ?? -1;
  }
}

let post: Post;
beforeEach(() => {
  post = new Post();
});

describe('the tray', () => {
  test('sends two files at a time, the others in their turn', () => {
    post.tray.add([file('a'), file('b'), file('c')], PROJECT);
    expect(post.states).toEqual(['sending', 'sending', 'waiting']);
    post.hear('a').done('file_1');
    expect(post.states).toEqual(['done', 'sending', 'sending']);
  });

  test('is checking once every byte is there', () => {
    post.tray.add([file('a', 100)], PROJECT);
    post.hear('a').sent(60);
    expect(post.states).toEqual(['sending']);
    post.hear('a').sent(100);
    expect(post.states).toEqual(['checking']);
    post.hear('a').done('file_1');
    expect(post.tray.uploads.get()[0]?.state).toEqual({ is: 'done', file: 'file_1' });
  });

  test('says that the connection is lost, and goes on by itself', () => {
    post.tray.add([file('a', 100)], PROJECT);
    post.hear('a').sent(60);
    post.hear('a').cut();
    expect(post.states).toEqual(['cut']);
    post.hear('a').sent(61);
    expect(post.states).toEqual(['sending']);
  });

  test('remembers what was there already when a file is picked again', () => {
    post.tray.add([file('a', 100)], PROJECT);
    post.hear('a').resumed(60);
    expect(post.tray.uploads.get()[0]).toMatchObject({ resumed_bytes: 60, sent_bytes: 60 });
  });

  test('pauses for as long as one wants, and gives its place away meanwhile', async () => {
    post.tray.add([file('a'), file('b'), file('c')], PROJECT);
    await post.tray.pause(post.id(0));
    expect([post.states, post.stopped]).toEqual([['paused', 'sending', 'sending'], ['a']]);
    post.hear('a').sent(50);
    expect(post.states[0]).toBe('paused');
    post.hear('b').done('file_2');
    post.tray.goOn(post.id(0));
    expect(post.states[0]).toBe('sending');
  });

  test('waits in plain sight when the studio asks it to, then goes on', () => {
    post.tray.add([file('a')], PROJECT);
    post.hear('a').failed(refusal(429, 12));
    expect(post.tray.uploads.get()[0]?.state).toEqual({ is: 'held', until_ms: 13_000 });
    expect(post.waiting[0]?.ms).toBe(12_000);
    post.waiting[0]?.run();
    expect(post.states).toEqual(['sending']);
    expect(post.over).toEqual([]);
  });

  test('keeps a refusal until somebody reads it, and can try again', () => {
    post.tray.add([file('a')], PROJECT);
    post.hear('a').failed(refusal(415));
    expect([post.states, post.over.length]).toEqual([['failed'], 1]);
    post.tray.goOn(post.id(0));
    expect(post.states).toEqual(['sending']);
  });

  test('discards what is canceled, here and in the studio', async () => {
    post.tray.add([file('a')], PROJECT);
    await Promise.resolve();
    await post.tray.cancel(post.id(0));
    expect([post.tray.uploads.get(), post.discarded]).toEqual([[], ['a']]);
  });

  test('stops everything for the next person', async () => {
    post.tray.add([file('a'), file('b')], PROJECT);
    await Promise.resolve();
    await post.tray.clear();
    expect([post.tray.uploads.get(), post.stopped]).toEqual([[], ['a', 'b']]);
  });

  test('shows a file that is refused before one byte is sent', () => {
    post.tray.refuse(file('huge.stl'), PROJECT, refusal(413));
    expect([post.states, post.hears.size]).toEqual([['failed'], 0]);
  });
});

test('what comes after the end changes nothing', () => {
  post.tray.add([file('a')], PROJECT);
  post.hear('a').done('file_1');
  const [done] = post.tray.uploads.get();
  if (!done) throw new Error('gone');
  expect(step(done, { say: 'cut', until_ms: null, why: null })).toBe(done);
  expect(step(done, { say: 'sent', sent_bytes: 1, at_ms: 0 })).toBe(done);
  expect(progressPct(done)).toBe(100);
});

test('a refused file is not sent again; a full quota can have room again', () => {
  post.tray.add([file('a'), file('b'), file('c')], PROJECT);
  post.hear('a').failed(refusal(415));
  post.hear('b').failed(refusal(413, null, 'QUOTA_REACHED'));
  post.hear('c').failed(refusal(413));
  expect(post.tray.uploads.get().map(mayTryAgain)).toEqual([false, true, false]);
  post.tray.goOn(post.id(1));
  expect(post.states[1]).toBe('sending');
});

describe('an upload whose way is gone', () => {
  const only = (): Upload['state'] | undefined => post.tray.uploads.get()[0]?.state;
  beforeEach(() => {
    post.tray.add([file('a', 100)], PROJECT);
    post.hear('a').sent(60);
  });

  test('is never given up: it says when it tries again, and does, however often that fails', () => {
    for (let tries = 0; tries < 50; tries += 1) {
      post.hear('a').failed(refusal(0));
      expect(only()).toMatchObject({ is: 'cut', until_ms: post.now_ms + 30_000 });
      expect(post.waiting).toHaveLength(1);
      const next = post.waiting.shift();
      post.now_ms += next?.ms ?? 0;
      next?.run();
      expect(only()).toEqual({ is: 'sending' });
    }
    expect(post.over).toEqual([]);
  });

  test('goes on at once when the way is back', () => {
    post.hear('a').failed(refusal(0));
    post.tray.back();
    expect(only()).toEqual({ is: 'sending' });
    // What was waited for before must not disturb the next wait.
    post.now_ms += 10_000;
    post.hear('a').failed(refusal(0));
    post.waiting.shift()?.run();
    expect(only()).toMatchObject({ is: 'cut', until_ms: 41_000 });
  });

  test('waits for a studio in trouble in its own words, and as long as it asks', () => {
    post.hear('a').failed(refusal(503, 90));
    expect(only()).toMatchObject({ is: 'cut', until_ms: 91_000, why: { sentence: 'No.' } });
  });

  test('is not said to be sent when nothing of it moves, and begins anew on the new way', async () => {
    post.now_ms += 5_000;
    post.tray.lost();
    expect(only()).toMatchObject({ is: 'cut', why: null });
    await expect.poll(() => post.stopped).toEqual(['a']);
    post.hears.clear();
    post.tray.back();
    expect([only(), post.hears.has('a')]).toEqual([{ is: 'sending' }, true]);
  });

  test('stays as it is while it moves, though other ways are gone', () => {
    post.now_ms += 4_999;
    post.tray.lost();
    expect(only()).toEqual({ is: 'sending' });
  });

  test('stays paused when the way is back, and can be canceled while it waits', async () => {
    post.hear('a').failed(refusal(0));
    await post.tray.pause(post.id(0));
    post.tray.back();
    post.waiting.shift()?.run();
    expect(only()).toEqual({ is: 'paused' });
    await post.tray.cancel(post.id(0));
    expect(post.discarded).toEqual(['a']);
  });
});

test('an upload whose client cannot be loaded waits for the way like any other', async () => {
  post.begun = Promise.reject(new TypeError('Failed to fetch dynamically imported module'));
  post.tray.add([file('a')], PROJECT);
  await expect.poll(() => post.states).toEqual(['cut']);
  post.begun = Promise.resolve();
  post.tray.back();
  expect(post.states).toEqual(['sending']);
});

describe('before an upload could begin', () => {
  let begin: () => void;
  beforeEach(() => {
    post.begun = new Promise<void>((resolve) => (begin = resolve));
    post.tray.add([file('a')], PROJECT);
  });

  test('canceling it discards what the studio begins', async () => {
    const canceled = post.tray.cancel(post.id(0));
    begin();
    await canceled;
    expect([post.discarded, post.stopped]).toEqual([['a'], []]);
  });

  test('pausing it only stops it', async () => {
    const paused = post.tray.pause(post.id(0));
    begin();
    await paused;
    expect([post.discarded, post.stopped, post.states]).toEqual([[], ['a'], ['paused']]);
  });
});

test('the speed is that of the last few seconds, and unknown at first', () => {
  const speed = new Speedometer();
  expect(speed.see(0, 0)).toBeNull();
  expect(speed.see(100, 400)).toBeNull();
  expect(speed.see(1_000, 1_000)).toBe(1_000);
  // After a pause it starts over.
  expect(speed.see(1_100, 60_000)).toBeNull();
});

test('the same file of the same person into the same project goes on where it stopped', () => {
  const same = new File(['x'], 'gear.stl', { lastModified: 7 });
  expect(fingerprint('per_1', 'prj_1', same)).toBe(fingerprint('per_1', 'prj_1', same));
  expect(fingerprint('per_2', 'prj_1', same)).not.toBe(fingerprint('per_1', 'prj_1', same));
  expect(fingerprint('per_1', 'prj_2', same)).not.toBe(fingerprint('per_1', 'prj_1', same));
});

test('uploads of an earlier visit are found, only one\'s own, and broken notes are passed over', () => {
  const note = JSON.stringify({ size: 5, metadata: { filename: 'gear.stl', project: 'prj_1' } });
  localStorage.setItem('tus::fluxprint|per_1|prj_1|gear.stl|5|7::1', note);
  localStorage.setItem('tus::fluxprint|per_2|prj_1|gear.stl|5|7::2', note);
  localStorage.setItem('tus::fluxprint|per_1|broken::3', '{');
  localStorage.setItem('else', 'x');
  const key = 'tus::fluxprint|per_1|prj_1|gear.stl|5|7::1';
  expect(interrupted(localStorage, 'per_1', [])).toEqual([
    { key, name: 'gear.stl', project: 'prj_1', size_bytes: 5 },
  ]);
  // In the tray it goes on by itself.
  post.tray.add([file('gear.stl', 5)], PROJECT);
  expect(interrupted(localStorage, 'per_1', post.tray.uploads.get())).toEqual([]);
  localStorage.clear();
});
