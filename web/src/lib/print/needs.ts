/** What waits for a person: beds to clear, prints nobody knows the end of, printers in trouble. Pure. */
import { needsYou } from './machines';
import type { ShownEntry, ShownPrinter } from './shown';

export type Need =
  | { what: 'bed'; id: string; printer: ShownPrinter }
  | { what: 'trouble'; id: string; printer: ShownPrinter }
  | { what: 'paused'; id: string; printer: ShownPrinter }
  | { what: 'settle'; id: string; entry: ShownEntry; printer: ShownPrinter | null };

export function needsOf(
  printers: readonly ShownPrinter[] | null,
  entries: readonly ShownEntry[] | null,
): Need[] {
  const known = printers ?? [];
  const unsure = (entries ?? []).filter(({ state }) => state === 'needs_attention');
  const settle = unsure.map((entry): Need => {
    const at = entry.copies.find(({ state }) => state === 'needs_attention')?.printer;
    const printer = known.find(({ id }) => id === at) ?? null;
    return { what: 'settle', id: `settle ${entry.place}`, entry, printer };
  });
  const asked = known.filter(needsYou).map((printer): Need => {
    const what = printer.state === 'error' ? 'trouble' : printer.state === 'paused' ? 'paused' : 'bed';
    return { what, id: `${what} ${printer.id}`, printer };
  });
  const first: Need['what'][] = ['trouble', 'settle', 'bed', 'paused'];
  return [...settle, ...asked].sort((a, b) => first.indexOf(a.what) - first.indexOf(b.what));
}

/** Copies that stand in line, and those on a printer. */
export function countsOf(entries: readonly ShownEntry[]): { waiting: number; printing: number } {
  const copies = entries.flatMap((entry) => entry.copies);
  const printing = copies.filter(({ state }) => state === 'printing' || state === 'paused').length;
  const stuck = copies.filter(({ state }) => state === 'needs_attention');
  return { printing, waiting: copies.length - printing - stuck.length };
}

/** What one printer does next: the job on it, then those that were given to it. */
export function laneOf(
  printer: ShownPrinter,
  entries: readonly ShownEntry[],
): { now: ShownEntry | null; next: ShownEntry[] } {
  const here = entries.filter(({ copies }) => copies.some((copy) => copy.printer === printer.id));
  const isOn = (entry: ShownEntry): boolean =>
    entry.copies.some(({ printer: at, state }) => at === printer.id && ['printing', 'paused'].includes(state));
  const now = here.find(isOn) ?? null;
  return { now, next: here.filter((entry) => entry !== now) };
}

/** Jobs that wait, in their order. */
export function waitingOf(entries: readonly ShownEntry[]): ShownEntry[] {
  return entries.filter(({ state }) => !['printing', 'paused', 'needs_attention'].includes(state));
}
