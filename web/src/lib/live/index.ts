import { answer, api } from '../api/client';
import { leave, refreshMe, who } from '../api/session';
import { Live, type Outside } from './live';
import type { Happened } from './messages';

const outside: Outside = {
  open: () => new WebSocket(new URL('/api/live', location.href.replace(/^http/, 'ws'))),
  later: (run, ms) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
  // A hidden tab draws no frames.
  frame: (run) => void (document.hidden ? setTimeout(run, 250) : requestAnimationFrame(run)),
  now: () => Date.now(),
  chance: () => Math.random(),
  online: () => navigator.onLine,
  hidden: () => document.hidden,
  ask: {
    printers: () => answer(api.GET('/api/print/printers')),
    queue: () => answer(api.GET('/api/print/queue')),
    me: async () => {
      await refreshMe();
      const now = who.get();
      if (now.state !== 'somebody') return { printing: null, service: null };
      return { printing: now.me.printing, service: now.me.service };
    },
  },
  signedOut: () => leave(),
};

/** The one socket of this page. */
export const live = new Live(outside);

/** Ties the socket to the page: visible again, network gone and back. */
export function tieToPage(): void {
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) live.wake();
  });
  addEventListener('online', () => live.wake());
  addEventListener('offline', () => live.lost());
}

/**
 * Runs when an event of one of these names came (a name ending in ':' stands for all that begin so),
 * after the link was lost and is back, and every `poll_s` seconds while the page has to poll.
 * Answers how to stop: `$effect(() => follow(['print:'], 5, reload))`.
 */
export function follow(names: string[], poll_s: number, run: (event: Happened | null) => void): () => void {
  const told = live.on((event) => {
    const meant = names.some((name) => (name.endsWith(':') ? event.name.startsWith(name) : event.name === name));
    if (meant) run(event);
  });
  let before = live.link.get().state;
  const linked = live.link.subscribe(({ state }) => {
    if (state === 'live' && before !== 'live' && before !== 'connecting') run(null);
    before = state;
  });
  const timer = setInterval(() => {
    if (before === 'polling' && !document.hidden) run(null);
  }, poll_s * 1_000);
  return () => {
    told();
    linked();
    clearInterval(timer);
  };
}

export type { Link } from './connection';
export type { Happened, Payloads } from './messages';
export type { World } from './reducer';
