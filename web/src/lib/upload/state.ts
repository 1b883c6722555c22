import type { ApiError } from '../api/problem';

/** Where an upload is. */
export type UploadState =
  | { is: 'waiting' }
  /** Too many at once: goes on by itself at that time. */
  | { is: 'held'; until_ms: number }
  | { is: 'sending' }
  /** It could not be sent: goes on by itself, at that time at the latest; null while it is being tried. */
  | { is: 'cut'; until_ms: number | null; why: ApiError | null }
  | { is: 'paused' }
  /** Every byte is there; the studio looks at the content. */
  | { is: 'checking' }
  | { is: 'done'; file: string }
  | { is: 'failed'; error: ApiError };

export interface Upload {
  id: number;
  project: string;
  project_name: string;
  name: string;
  size_bytes: number;
  sent_bytes: number;
  /** Bytes that were there already when this page took it up. */
  resumed_bytes: number;
  speed_bytes_s: number | null;
  state: UploadState;
}

/** What happens to an upload. */
export type Said =
  | { say: 'started' }
  | { say: 'resumed'; sent_bytes: number }
  | { say: 'sent'; sent_bytes: number; at_ms: number }
  | { say: 'cut'; until_ms: number | null; why: ApiError | null }
  | { say: 'pause' }
  | { say: 'go_on' }
  | { say: 'hold'; until_ms: number }
  | { say: 'done'; file: string }
  | { say: 'fail'; error: ApiError };

export function isOver(upload: Upload): boolean {
  return upload.state.is === 'done' || upload.state.is === 'failed';
}

/** Whether it takes one of the places for uploads under way. */
export function isUnderWay(upload: Upload): boolean {
  return ['sending', 'cut', 'checking'].includes(upload.state.is);
}

/** Whether trying again could end better: not after a refusal of the file itself. */
export function mayTryAgain({ state }: Upload): boolean {
  return state.is === 'failed' && !isFinal(state.error);
}

/** Whether the file itself was refused: sending it again ends no better. A full quota can have room again. */
export function isFinal({ status, code }: ApiError): boolean {
  if (code === 'QUOTA_REACHED') return false;
  return status >= 400 && status < 500 && ![401, 408, 409, 423, 429].includes(status);
}

/** Whether the way or the studio is in trouble, not the upload: that passes, with nobody's doing. */
export function passes({ status }: ApiError): boolean {
  return status === 0 || status >= 500 || [408, 409, 423].includes(status);
}

export function progressPct(upload: Upload): number {
  if (upload.size_bytes === 0) return 100;
  return Math.min(100, (upload.sent_bytes / upload.size_bytes) * 100);
}

/** The next look of an upload. What comes too late (after the end, while paused) changes nothing. */
export function step(upload: Upload, said: Said): Upload {
  if (isOver(upload) && said.say !== 'go_on') return upload;
  switch (said.say) {
    case 'started':
      return { ...upload, state: { is: 'sending' } };
    case 'resumed':
      return { ...upload, resumed_bytes: said.sent_bytes, sent_bytes: said.sent_bytes };
    case 'sent':
      return sent(upload, said.sent_bytes);
    case 'cut':
      return upload.state.is === 'paused' ? upload : { ...upload, speed_bytes_s: null, state: cut(said) };
    case 'pause':
      return { ...upload, speed_bytes_s: null, state: { is: 'paused' } };
    case 'go_on':
      return { ...upload, state: { is: 'waiting' } };
    case 'hold':
      return { ...upload, speed_bytes_s: null, state: { is: 'held', until_ms: said.until_ms } };
    case 'done':
      return { ...upload, sent_bytes: upload.size_bytes, state: { is: 'done', file: said.file } };
    case 'fail':
      return { ...upload, speed_bytes_s: null, state: { is: 'failed', error: said.error } };
  }
}

function cut({ until_ms, why }: Said & { say: 'cut' }): UploadState {
  return { is: 'cut', until_ms, why };
}

function sent(upload: Upload, sent_bytes: number): Upload {
  if (upload.state.is === 'paused') return upload;
  const all = sent_bytes >= upload.size_bytes;
  return { ...upload, sent_bytes, state: { is: all ? 'checking' : 'sending' } };
}

/** Speed over the last few looks, so that the number does not jump. */
export class Speedometer {
  #looks: { at_ms: number; sent_bytes: number }[] = [];

  see(sent_bytes: number, at_ms: number): number | null {
    const last = this.#looks.at(-1);
    if (last && (sent_bytes < last.sent_bytes || at_ms - last.at_ms > 5_000)) this.#looks = [];
    this.#looks.push({ at_ms, sent_bytes });
    if (this.#looks.length > 20) this.#looks.shift();
    const first = this.#looks[0];
    if (!first || at_ms - first.at_ms < 500) return null;
    return ((sent_bytes - first.sent_bytes) * 1_000) / (at_ms - first.at_ms);
  }
}
