/** What a printer's camera sees: pictures out of the studio's stream, and how they are turned here. */
import { refused } from '../api/problem';

/** How the picture of one printer is shown on this device. */
export interface View {
  /** Quarter turns clockwise. */
  turns: 0 | 1 | 2 | 3;
  mirrored: boolean;
}

const UPRIGHT: View = { turns: 0, mirrored: false };
const TURNS = [0, 1, 2, 3] as const;
const nameOf = (printer: string): string => `fluxprint.camera.${printer}`;

export function viewOf(printer: string): View {
  try {
    const [turns, side] = (localStorage.getItem(nameOf(printer)) ?? '').split(' ');
    return { turns: TURNS.find((turn) => String(turn) === turns) ?? 0, mirrored: side === 'mirrored' };
  } catch {
    return UPRIGHT;
  }
}

export function keepView(printer: string, view: View): void {
  try {
    localStorage.setItem(nameOf(printer), `${view.turns} ${view.mirrored ? 'mirrored' : 'as_seen'}`);
  } catch {
    // Private windows may refuse; the choice then lasts as long as the page.
  }
}

export function turned(view: View): View {
  return { ...view, turns: TURNS[(view.turns + 1) % 4] ?? 0 };
}

/** What the browser does with it: first mirrored, then turned, so that it fits the same square. */
export function transformOf({ turns, mirrored }: View): string {
  return `rotate(${turns * 90}deg)${mirrored ? ' scaleX(-1)' : ''}`;
}

/** Bytes of headers before a picture, and of a picture, that make sense. */
const HEAD_BYTES_MAX = 1_024;
const PICTURE_BYTES_MAX = 2 * 1_024 * 1_024;
const END_OF_HEAD = '\r\n\r\n';

/** Takes pictures out of the studio's multipart stream, however its bytes are cut. */
export class Parts {
  private held = new Uint8Array(0);

  /** The whole pictures that these bytes complete; throws for what is no such stream. */
  take(bytes: Uint8Array): Uint8Array<ArrayBuffer>[] {
    const joined = new Uint8Array(this.held.length + bytes.length);
    joined.set(this.held);
    joined.set(bytes, this.held.length);
    this.held = joined;
    const pictures: Uint8Array<ArrayBuffer>[] = [];
    for (let next = this.next(); next; next = this.next()) pictures.push(next);
    return pictures;
  }

  private next(): Uint8Array<ArrayBuffer> | null {
    const text = new TextDecoder('latin1').decode(this.held.subarray(0, HEAD_BYTES_MAX));
    const end = text.indexOf(END_OF_HEAD);
    if (end < 0) {
      if (this.held.length >= HEAD_BYTES_MAX) throw new Error('no part of a stream');
      return null;
    }
    const length = Number(/content-length: *(\d+)/i.exec(text.slice(0, end))?.[1] ?? NaN);
    if (!(length <= PICTURE_BYTES_MAX)) throw new Error('no picture of a stream');
    const from = end + END_OF_HEAD.length;
    if (this.held.length < from + length) return null;
    const picture = this.held.slice(from, from + length);
    this.held = this.held.slice(from + length);
    return picture;
  }
}

const address = (printer: string, what: string): string =>
  `/api/print/printers/${encodeURIComponent(printer)}/camera/${what}`;

const asBlob = (jpeg: Uint8Array<ArrayBuffer>): Blob => new Blob([jpeg], { type: 'image/jpeg' });

async function ask(url: string, signal: AbortSignal): Promise<Response> {
  const answer = await fetch(url, { signal, cache: 'no-store', credentials: 'same-origin' });
  if (!answer.ok) throw await refused(answer);
  return answer;
}

/** One picture, as the camera sees it now. */
export async function glance(printer: string, signal: AbortSignal): Promise<Blob> {
  const answer = await ask(address(printer, 'snapshot'), signal);
  return answer.blob();
}

/** Shows pictures until `signal`, or until the studio ends them. */
export async function look(printer: string, show: (picture: Blob) => void, signal: AbortSignal): Promise<void> {
  const answer = await ask(address(printer, 'stream?fps=5'), signal);
  const reader = answer.body?.getReader();
  const parts = new Parts();
  for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
    // Of several that came together only the newest is worth showing.
    const newest = parts.take(read.value).at(-1);
    if (newest) show(asBlob(newest));
  }
}

/** Live pictures at a time: each holds one of the six connections a browser has for everything. */
const LIVE_MAX = 2;
const live: (() => void)[] = [];

/** Counts as live until the answer is called; the oldest is stopped when there are too many. */
export function goLive(stop: () => void): () => void {
  while (live.length >= LIVE_MAX) live.shift()?.();
  live.push(stop);
  return () => {
    const at = live.indexOf(stop);
    if (at >= 0) live.splice(at, 1);
  };
}
