import { cell, type Readable } from '../cell';

/** Where the page is. */
export interface Place {
  path: string;
  query: URLSearchParams;
  hash: string;
  /** Counts visits, so that going to the same place again is noticed. */
  visit: number;
}

function here(visit: number): Place {
  const { pathname, search, hash } = location;
  return { path: pathname, query: new URLSearchParams(search), hash, visit };
}

const place = cell<Place>(here(0));
const scrolls = new Map<number, number>();

/** The place now; changes with links, `go` and the browser's buttons. */
export const at: Readable<Place> = place;

const visitOf = (state: unknown): number => (state as { visit?: number } | null)?.visit ?? 0;

export function go(to: string, how: { replace?: boolean } = {}): void {
  const now = place.get();
  scrolls.set(now.visit, scrollY);
  const visit = how.replace ? now.visit : now.visit + 1;
  history[how.replace ? 'replaceState' : 'pushState']({ visit }, '', to);
  place.set(here(visit));
}

/** Changes the query without a new visit: filters and tabs live in the address. */
export function setQuery(change: Record<string, string | null>): void {
  const url = new URL(location.href);
  for (const [name, value] of Object.entries(change)) {
    if (value === null) url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
  history.replaceState(history.state, '', url);
  place.update((now) => ({ ...here(now.visit) }));
}

/** Where this visit was scrolled to before, when coming back to it. */
export function scrollOf(visit: number): number {
  return scrolls.get(visit) ?? 0;
}

function own(event: MouseEvent): string | null {
  if (event.defaultPrevented || event.button !== 0) return null;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return null;
  const link = (event.target as Element | null)?.closest?.('a');
  if (!link || link.target || link.hasAttribute('download') || link.origin !== location.origin) return null;
  const url = new URL(link.href);
  if (url.pathname.startsWith('/api/')) return null;
  // A jump inside the page is the browser's.
  if (url.hash && url.pathname === location.pathname && url.search === location.search) return null;
  return url.pathname + url.search + url.hash;
}

/** Takes over plain links of this site. */
export function start(): void {
  history.scrollRestoration = 'manual';
  const visit = visitOf(history.state);
  history.replaceState({ visit }, '');
  place.set(here(visit));
  addEventListener('popstate', ({ state }) => {
    scrolls.set(place.get().visit, scrollY);
    place.set(here(visitOf(state)));
  });
  document.addEventListener('click', (event) => {
    const to = own(event);
    if (to === null) return;
    event.preventDefault();
    go(to);
  });
}

export { fillPath, find, match, type Params } from './match';
