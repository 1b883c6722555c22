import { afterEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '../../src/lib/api';
import { glance, goLive, keepView, look, Parts, transformOf, turned, viewOf } from '../../src/lib/print/camera';

const text = new TextEncoder();
const picture = (byte: number): Uint8Array => new Uint8Array([0xff, 0xd8, byte, 0x0d, 0x0a, 0x0d, 0x0a, 0xd9]);

function part(jpeg: Uint8Array): Uint8Array {
  const head = text.encode(`Content-Type: image/jpeg\r\nContent-Length: ${jpeg.length}\r\n\r\n`);
  return joined([head, jpeg, text.encode('\r\n--frame\r\n')]);
}

function joined(pieces: Uint8Array[]): Uint8Array {
  return new Uint8Array(pieces.flatMap((piece) => [...piece]));
}

const STREAM = joined([text.encode('--frame\r\n'), part(picture(1)), part(picture(2)), part(picture(3))]);

describe('a stream of pictures', () => {
  it('gives each picture whole, however its bytes are cut', () => {
    for (const size of [1, 2, 7, 50, STREAM.length]) {
      const parts = new Parts();
      const seen: Uint8Array[] = [];
      for (let at = 0; at < STREAM.length; at += size) seen.push(...parts.take(STREAM.slice(at, at + size)));
      expect(seen).toEqual([picture(1), picture(2), picture(3)]);
    }
  });

  it('that is none ends instead of filling the memory', () => {
    expect(() => new Parts().take(new Uint8Array(2_000))).toThrow();
    const huge = text.encode('--frame\r\nContent-Length: 99999999\r\n\r\n');
    expect(() => new Parts().take(huge)).toThrow();
    expect(() => new Parts().take(text.encode('--frame\r\nX: y\r\n\r\n'))).toThrow();
  });
});

describe('looking', () => {
  afterEach(() => vi.unstubAllGlobals());

  function answers(answer: Response): string[] {
    const asked: string[] = [];
    vi.stubGlobal('fetch', (url: string) => {
      asked.push(url);
      return Promise.resolve(answer);
    });
    return asked;
  }

  it('shows the newest of what came together, until the studio ends it', async () => {
    const asked = answers(new Response(STREAM.slice()));
    const shown: Blob[] = [];
    await look('prn_1', (blob) => shown.push(blob), new AbortController().signal);
    expect(asked).toEqual(['/api/print/printers/prn_1/camera/stream?fps=5']);
    expect(shown).toHaveLength(1);
    expect(shown[0]?.type).toBe('image/jpeg');
  });

  it('tells in the words of the server why there is nothing to be seen', async () => {
    const problem = { code: 'PRINTING_CAMERA_UNAVAILABLE', detail: 'No camera.', remedy: 'Look at it.' };
    answers(new Response(JSON.stringify(problem), { status: 503 }));
    const seen = await glance('prn_1', new AbortController().signal).catch((thrown: unknown) => thrown);
    expect(seen).toBeInstanceOf(ApiError);
    expect((seen as ApiError).remedy).toBe('Look at it.');
  });

  it('leaves connections to everything else: the oldest live picture makes room', () => {
    const stopped: number[] = [];
    const ends = [1, 2, 3].map((n) => goLive(() => stopped.push(n)));
    expect(stopped).toEqual([1]);
    for (const end of ends) end();
    goLive(() => stopped.push(4))();
    expect(stopped).toEqual([1]);
  });
});

describe('the view of a camera', () => {
  it('is kept for each printer, and upright for one that was never turned', () => {
    keepView('prn_1', { turns: 3, mirrored: true });
    expect(viewOf('prn_1')).toEqual({ turns: 3, mirrored: true });
    expect(viewOf('prn_2')).toEqual({ turns: 0, mirrored: false });
    localStorage.setItem('fluxprint.camera.prn_2', '9 odd');
    expect(viewOf('prn_2')).toEqual({ turns: 0, mirrored: false });
  });

  it('comes round after four quarter turns', () => {
    let view = viewOf('prn_3');
    for (let n = 0; n < 4; n += 1) view = turned(view);
    expect(view.turns).toBe(0);
    expect(transformOf({ turns: 1, mirrored: true })).toBe('rotate(90deg) scaleX(-1)');
  });
});
