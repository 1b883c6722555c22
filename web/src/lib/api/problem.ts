import { worded } from '../i18n/index';
import type { Problem } from './shapes';

/** Why a call failed, in words for a person. Pages show `sentence` and `remedy`, never the code. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: string;
  readonly status: number;
  readonly sentence: string;
  readonly remedy: string;
  readonly request_id: string | null;
  /** Seconds after which the same call may be tried again, when the server said so. */
  readonly retry_after_s: number | null;

  constructor(facts: {
    code: string;
    status: number;
    sentence: string;
    remedy: string;
    request_id?: string | null;
    retry_after_s?: number | null;
  }) {
    super(facts.sentence);
    this.code = facts.code;
    this.status = facts.status;
    this.sentence = facts.sentence;
    this.remedy = facts.remedy;
    this.request_id = facts.request_id ?? null;
    this.retry_after_s = facts.retry_after_s ?? null;
  }
}

/** Codes the page itself gives when no server answered; their words are in the catalogue. */
export const OFFLINE = 'OFFLINE';
export const NO_ANSWER = 'NO_ANSWER';
export const UNREADABLE = 'UNREADABLE';

/** Sentences of the page itself, set once by the app so that this module needs no catalogue. */
export interface OwnWords {
  offline: () => { sentence: string; remedy: string };
  no_answer: () => { sentence: string; remedy: string };
  unreadable: () => { sentence: string; remedy: string };
}

let words: OwnWords = {
  offline: () => ({ sentence: 'offline', remedy: '' }),
  no_answer: () => ({ sentence: 'no answer', remedy: '' }),
  unreadable: () => ({ sentence: 'unreadable', remedy: '' }),
};

export function speak(own: OwnWords): void {
  words = own;
}

export function offline(): ApiError {
  return new ApiError({ code: OFFLINE, status: 0, ...words.offline() });
}

/** A file of this device that can no longer be read: as if it had been refused. */
export function unreadable(): ApiError {
  return new ApiError({ code: UNREADABLE, status: 400, ...words.unreadable() });
}

export function retryAfter(headers: Headers, now_ms: number): number | null {
  const said = headers.get('retry-after');
  if (!said) return null;
  const seconds = Number(said);
  if (Number.isFinite(seconds)) return Math.max(0, Math.ceil(seconds));
  const at = Date.parse(said);
  return Number.isNaN(at) ? null : Math.max(0, Math.ceil((at - now_ms) / 1_000));
}

function isProblem(value: unknown): value is Problem {
  if (typeof value !== 'object' || value === null) return false;
  const { code, detail } = value as Partial<Problem>;
  return typeof code === 'string' && typeof detail === 'string';
}

/** Reads a refusal. Anything that is no problem document (a proxy's page) becomes plain words. */
export async function refused(response: Response): Promise<ApiError> {
  const { status, headers } = response;
  const retry_after_s = retryAfter(headers, Date.now());
  const said: unknown = await response.json().catch(() => null);
  return problemOf(status, said, retry_after_s);
}

export function problemOf(status: number, said: unknown, retry_after_s: number | null): ApiError {
  if (!isProblem(said)) {
    return new ApiError({ code: NO_ANSWER, status, retry_after_s, ...words.no_answer() });
  }
  return new ApiError({
    ...worded({ code: said.code, sentence: said.detail, remedy: said.remedy ?? '' }),
    status,
    request_id: said.request_id ?? null,
    retry_after_s,
  });
}

/** Any thrown thing as words for a person. */
export function asApiError(thrown: unknown): ApiError {
  if (thrown instanceof ApiError) return thrown;
  return new ApiError({ code: NO_ANSWER, status: 0, ...words.no_answer() });
}
