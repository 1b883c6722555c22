import createClient from 'openapi-fetch';
import type { paths } from './paths';
import { refused } from './problem';
import { send } from './retry';

/** Said with every change; taken from `Me`. */
let csrf = '';
let signedOut: () => void = () => undefined;
let freshCsrf: () => Promise<string> = () => Promise.resolve('');
let prove: () => Promise<boolean> = () => Promise.resolve(false);

export function setCsrf(token: string): void {
  csrf = token;
}

export function csrfToken(): string {
  return csrf;
}

/** What to do when the server says that nobody is signed in, and where a new CSRF token comes from. */
export function onSession(hooks: { signedOut: () => void; freshCsrf: () => Promise<string> }): void {
  ({ signedOut, freshCsrf } = hooks);
}

/** Who asks the person for the password when the server wants to see it again. */
export function onProof(ask: () => Promise<boolean>): void {
  prove = ask;
}

const ways = {
  fetch: (request: Request) => globalThis.fetch(request),
  wait: (ms: number) => new Promise<void>((done) => setTimeout(done, ms)),
};

async function ask(request: Request): Promise<Response> {
  if (request.method !== 'GET' && csrf) request.headers.set('x-csrf', csrf);
  const answer = await send(request, ways);
  if (answer.ok) return answer;
  const error = await refused(answer);
  if (error.code === 'CSRF_REFUSED' && csrf) return askAfresh(request, error);
  if (error.code === 'STEP_UP_NEEDED' && (await prove())) return again(request);
  if (error.status === 401 && csrf) signedOut();
  throw error;
}

/** The token was changed (signed in again in another tab): nothing was done yet, so ask once more. */
async function askAfresh(request: Request, error: Error): Promise<Response> {
  const before = csrf;
  csrf = await freshCsrf();
  if (!csrf || csrf === before) throw error;
  return again(request);
}

/** What was refused before anything was done, once more. */
async function again(request: Request): Promise<Response> {
  request.headers.set('x-csrf', csrf);
  const answer = await send(request, ways);
  if (!answer.ok) throw await refused(answer);
  return answer;
}

/** Typed calls: `await answer(api.GET('/api/projects/{project}', { params: { path: { project } } }))`. */
export const api = createClient<paths>({
  baseUrl: globalThis.location?.origin ?? '',
  credentials: 'same-origin',
  fetch: ask,
});

/** What the server answered. Refusals and a missing network are thrown as `ApiError`. */
export async function answer<T>(call: Promise<{ data?: T }>): Promise<T> {
  const { data } = await call;
  return data as T;
}

/** A new key for a change that must count once however often it is sent. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
