import { cell, type Readable } from '../cell';
import { answer, api, onSession, setCsrf } from './client';
import { ApiError, asApiError } from './problem';
import type { Me } from './shapes';

/** Who is signed in: not known yet, nobody, or somebody; or why that could not be found out. */
export type Who =
  | { state: 'asking' }
  /** `ended`: a session was there and is over without their doing; `own`: they signed out. */
  | { state: 'nobody'; ended: boolean; own: boolean }
  | { state: 'unknown'; error: ApiError }
  | { state: 'somebody'; me: Me };

export const who = cell<Who>({ state: 'asking' });

const lastKnown = cell<Me | null>(null);
/** Whoever was signed in last: while the page of somebody who has left is taken away, it is still them. */
export const known: Readable<Me | null> = lastKnown;

/** Whether somebody was signed in here last time: a hint of what to load early, never a right. */
const HINT = 'fluxprint.was_in';

export function wasIn(): boolean {
  try {
    return localStorage.getItem(HINT) !== null;
  } catch {
    return false;
  }
}

function hint(isIn: boolean): void {
  try {
    if (isIn) localStorage.setItem(HINT, '');
    else localStorage.removeItem(HINT);
  } catch {
    // Then the next visit loads a little later.
  }
}

/** The signed-in person. Pages behind sign-in call it; also while such a page is taken away there is one. */
export function me(): Me {
  const last = lastKnown.get();
  if (!last) throw new Error('nobody was ever signed in');
  return last;
}

export function enter(found: Me): Me {
  setCsrf(found.csrf);
  hint(true);
  lastKnown.set(found);
  who.set({ state: 'somebody', me: found });
  return found;
}

/** Nobody is signed in any more; `ended` when that was not their own wish. */
export function leave(ended = true): void {
  const now = who.get();
  if (now.state === 'nobody') return;
  setCsrf('');
  hint(false);
  const was_in = now.state === 'somebody';
  who.set({ state: 'nobody', ended: ended && was_in, own: !ended && was_in });
}

/** Asks who is signed in; nobody is an answer too. */
export async function refreshMe(): Promise<void> {
  try {
    const { me } = await answer(api.GET('/api/session'));
    if (me) enter(me);
    else leave();
  } catch (thrown) {
    if (who.get().state !== 'somebody') who.set({ state: 'unknown', error: asApiError(thrown) });
  }
}

export async function signOut(): Promise<void> {
  await answer(api.DELETE('/api/session'));
  leave(false);
}

onSession({
  signedOut: () => leave(),
  freshCsrf: async () => {
    await refreshMe();
    const now = who.get();
    return now.state === 'somebody' ? now.me.csrf : '';
  },
});

/** Where to go after signing in: a path of this site, whatever the address bar was made to say. */
export function safeReturn(wanted: string | null | undefined): string {
  if (!wanted || !wanted.startsWith('/') || /^\/[\\/]/.test(wanted)) return '/';
  try {
    const url = new URL(wanted, 'https://here.invalid');
    if (url.origin !== 'https://here.invalid') return '/';
    return url.pathname + url.search + url.hash;
  } catch {
    return '/';
  }
}
