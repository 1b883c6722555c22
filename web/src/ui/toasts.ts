import { announce } from '../lib/a11y';
import { asApiError } from '../lib/api';
import { cell } from '../lib/cell';

export interface Toast {
  id: number;
  tone: 'plain' | 'ok' | 'danger';
  text: string;
  detail?: string | undefined;
  /** A way on: a link. */
  way?: { label: string; href: string } | undefined;
}

/** More than these push the oldest out. */
const AT_ONCE = 3;
const STAY_MS = 8_000;

export const toasts = cell<readonly Toast[]>([]);
let last = 0;

/** Says that something is done. It is spoken too, and goes by itself; errors stay until closed. */
export function toast(said: Omit<Toast, 'id' | 'tone'> & { tone?: Toast['tone'] }): void {
  last += 1;
  const id = last;
  toasts.update((before) => [...before, { tone: 'plain' as const, ...said, id }].slice(-AT_ONCE));
  announce([said.text, said.detail].filter(Boolean).join(' '), said.tone === 'danger' ? 'assertive' : 'polite');
  if (said.tone !== 'danger' && !said.way) setTimeout(() => drop(id), STAY_MS);
}

/** What went wrong, in the server's words. */
export function toastError(thrown: unknown): void {
  const { sentence, remedy } = asApiError(thrown);
  toast({ tone: 'danger', text: sentence, detail: remedy });
}

export function drop(id: number): void {
  toasts.update((before) => before.filter((one) => one.id !== id));
}
