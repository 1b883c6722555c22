import type { HttpResponse, Upload as TusUpload, UploadOptions } from 'tus-js-client';
import { csrfToken } from '../api/client';
import { type ApiError, asApiError, problemOf } from '../api/problem';
import { isFinal } from './state';

const ENDPOINT = '/api/uploads';
/** One request carries so much: small enough that a cut loses little, large enough to be quick. */
const CHUNK_BYTES = 8 * 1024 * 1024;
/** Waits before each try after the way to the studio was lost. */
const RETRIES_MS = [0, 1_000, 3_000, 5_000, 10_000, 20_000, 30_000];

export interface Sending {
  /** Stops for now; what was sent stays. */
  stop(): Promise<void>;
  /** Stops for good; the studio forgets it. */
  discard(): Promise<void>;
}

export interface Hears {
  resumed(sent_bytes: number): void;
  sent(sent_bytes: number): void;
  cut(): void;
  done(file: string): void;
  failed(error: ApiError): void;
}

/** Whose file this is, so that picking it again goes on where it stopped, also after a reload. */
export function fingerprint(person: string, project: string, file: File): string {
  return ['fluxprint', person, project, file.name, file.size, file.lastModified].join('|');
}

function errorOf(thrown: unknown): ApiError {
  const answered = (thrown as { originalResponse?: HttpResponse | null }).originalResponse;
  const status = answered?.getStatus() ?? 0;
  if (!answered || status === 0) return asApiError(thrown);
  const wait = Number(answered.getHeader('Retry-After'));
  let said: unknown = null;
  try {
    said = JSON.parse(answered.getBody());
  } catch {
    // No problem document: the words of the page itself are used.
  }
  return problemOf(status, said, Number.isFinite(wait) && wait > 0 ? wait : null);
}

function options(person: string, project: string, file: File, hears: Hears): UploadOptions {
  return {
    endpoint: ENDPOINT,
    chunkSize: CHUNK_BYTES,
    retryDelays: RETRIES_MS,
    metadata: { filename: file.name, project },
    fingerprint: () => Promise.resolve(fingerprint(person, project, file)),
    storeFingerprintForResuming: true,
    removeFingerprintOnSuccess: true,
    onBeforeRequest: (request) => request.setHeader('x-csrf', csrfToken()),
    onProgress: (sent_bytes) => hears.sent(sent_bytes),
    onShouldRetry: (error) => {
      const status = error.originalResponse?.getStatus() ?? 0;
      const again = status === 0 || status >= 500 || status === 409 || status === 423;
      if (again) hears.cut();
      return again;
    },
    onSuccess: ({ lastResponse }) => hears.done(lastResponse.getHeader('x-fluxprint-file') ?? ''),
  };
}

/** Starts to send a file, or goes on with it. The tus client is loaded with the first upload. */
export async function send(person: string, project: string, file: File, hears: Hears): Promise<Sending> {
  const { Upload } = await import('tus-js-client');
  const upload: TusUpload = new Upload(file, options(person, project, file, hears));
  upload.options.onError = (thrown) => {
    const error = errorOf(thrown);
    const told = (): void => hears.failed(error);
    if (isFinal(error)) void forget(upload).then(told, told);
    else told();
  };
  const [before] = await upload.findPreviousUploads();
  if (before) {
    upload.resumeFromPreviousUpload(before);
    resumes(upload, hears);
  }
  upload.start();
  return {
    stop: () => upload.abort(),
    discard: () => upload.abort(true),
  };
}

/** The client keeps a note of what was begun, to go on later; a refused file is nothing to go on with. */
async function forget(upload: TusUpload): Promise<void> {
  const notes = await upload.findPreviousUploads();
  await Promise.all(notes.map(({ urlStorageKey }) => upload.options.urlStorage?.removeUpload(urlStorageKey)));
}

/** The first answer about an upload that was begun earlier says how much is there. */
function resumes(upload: TusUpload, hears: Hears): void {
  let told = false;
  upload.options.onAfterResponse = (request, response) => {
    if (told || request.getMethod() !== 'HEAD') return;
    told = true;
    const offset = Number(response.getHeader('Upload-Offset'));
    if (response.getStatus() < 300 && Number.isFinite(offset)) hears.resumed(offset);
  };
}
