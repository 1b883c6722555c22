import type { DetailedError, HttpRequest, HttpResponse, Upload as TusUpload, UploadOptions } from 'tus-js-client';
import { csrfToken } from '../api/client';
import { type ApiError, asApiError, problemOf, unreadable } from '../api/problem';
import { isFinal, passes } from './state';

const ENDPOINT = '/api/uploads';
/** One request carries so much: small enough that a cut loses little, large enough to be quick. */
const CHUNK_BYTES = 8 * 1024 * 1024;
/** Waits before each quick try after a hiccup of the way. What lasts longer is the tray's to wait for. */
const RETRIES_MS = [0, 1_000, 3_000, 5_000];

export interface Sending {
  /** Stops for now; what was sent stays. */
  stop(): Promise<void>;
  /** Stops for good; the studio forgets it. */
  discard(): Promise<void>;
}

export interface Hears {
  resumed(sent_bytes: number): void;
  sent(sent_bytes: number): void;
  /** A hiccup of the way: tried again by itself, soon. */
  cut(): void;
  done(file: string): void;
  failed(error: ApiError): void;
}

/** Whose file this is, so that picking it again goes on where it stopped, also after a reload. */
export function fingerprint(person: string, project: string, file: File): string {
  return ['fluxprint', person, project, file.name, file.size, file.lastModified].join('|');
}

/** Starts to send a file, or goes on with it. The tus client is loaded with the first upload. */
export async function send(person: string, project: string, file: File, hears: Hears): Promise<Sending> {
  const { Upload } = await import('tus-js-client');
  const course = new Course(file, hears);
  const upload: TusUpload = new Upload(file, {
    endpoint: ENDPOINT,
    chunkSize: CHUNK_BYTES,
    retryDelays: RETRIES_MS,
    metadata: { filename: file.name, project },
    fingerprint: () => Promise.resolve(fingerprint(person, project, file)),
    storeFingerprintForResuming: true,
    removeFingerprintOnSuccess: true,
    ...course.hooks(),
  });
  const [before] = await upload.findPreviousUploads();
  if (before) upload.resumeFromPreviousUpload(before);
  return course.start(upload, before !== undefined);
}

/** One upload from its start to its end, or until somebody stops it. */
class Course {
  readonly #file: File;
  readonly #hears: Hears;
  #upload: TusUpload | null = null;
  #is: 'on' | 'stopped' | 'unwanted' = 'on';
  /** The studio is being asked to begin it. Cut off then, it would stay there under a name nobody heard. */
  #is_beginning = false;
  #resumes = false;

  constructor(file: File, hears: Hears) {
    this.#file = file;
    this.#hears = hears;
  }

  hooks(): Partial<UploadOptions> {
    return {
      onBeforeRequest: (request) => this.#asks(request),
      onAfterResponse: (request, response) => this.#answered(request, response),
      onUploadUrlAvailable: () => void this.#begun(),
      onProgress: (sent_bytes) => this.#hears.sent(sent_bytes),
      onShouldRetry: (error) => this.#triesAgain(error),
      onError: (thrown) => this.#fails(thrown),
      onSuccess: ({ lastResponse }) => this.#hears.done(lastResponse.getHeader('x-fluxprint-file') ?? ''),
    };
  }

  start(upload: TusUpload, resumes: boolean): Sending {
    this.#upload = upload;
    this.#resumes = resumes;
    upload.start();
    return {
      stop: () => {
        this.#is = 'stopped';
        return this.#is_beginning ? Promise.resolve() : upload.abort();
      },
      discard: () => {
        this.#is = 'unwanted';
        return this.#is_beginning ? Promise.resolve() : upload.abort(true);
      },
    };
  }

  #asks(request: HttpRequest): void {
    const method = request.getMethod();
    // The client forgets that it was stopped before its first request.
    if (this.#is !== 'on' && method !== 'DELETE') throw new Error('stopped');
    this.#is_beginning = method === 'POST';
    request.setHeader('x-csrf', csrfToken());
  }

  #answered(request: HttpRequest, response: HttpResponse): void {
    if (request.getMethod() !== 'HEAD') return;
    const status = response.getStatus();
    // The client takes every "no" for "unknown" and would begin anew, at the first byte.
    if (status >= 500 || [401, 408, 409, 429].includes(status)) throw new Error(`asked in vain: ${status}`);
    const offset = Number(response.getHeader('Upload-Offset'));
    if (!this.#resumes || status >= 300 || !Number.isFinite(offset)) return;
    // The first answer about an upload that was begun earlier says how much is there.
    this.#resumes = false;
    this.#hears.resumed(offset);
  }

  async #begun(): Promise<void> {
    this.#is_beginning = false;
    if (this.#is === 'on') return;
    // What cannot be told now is forgotten by the studio after a while.
    await this.#upload?.abort(this.#is === 'unwanted').catch(() => undefined);
  }

  #triesAgain(error: DetailedError | Error): boolean {
    const again = passes(errorOf(error));
    if (this.#is === 'on') {
      if (again) this.#hears.cut();
      return again;
    }
    const asked = (error as Partial<DetailedError>).originalRequest?.getMethod();
    return again && asked === 'DELETE';
  }

  #fails(thrown: Error | DetailedError): void {
    if (this.#is === 'on') void this.#tell(errorOf(thrown));
  }

  async #tell(found: ApiError): Promise<void> {
    // A file that changed on its disk looks like a way that is gone; no way back would help it.
    const error = found.status > 0 || (await canBeRead(this.#file)) ? found : unreadable();
    if (isFinal(error) && this.#upload) await forget(this.#upload).catch(() => undefined);
    if (this.#is === 'on') this.#hears.failed(error);
  }
}

function canBeRead(file: File): Promise<boolean> {
  return file.slice(0, 1).arrayBuffer().then(() => true, () => false);
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

/** The client keeps a note of what was begun, to go on later; a refused file is nothing to go on with. */
async function forget(upload: TusUpload): Promise<void> {
  const notes = await upload.findPreviousUploads();
  await Promise.all(notes.map(({ urlStorageKey }) => upload.options.urlStorage?.removeUpload(urlStorageKey)));
}
