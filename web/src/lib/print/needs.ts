/** What waits for a person: beds to clear, prints nobody knows the end of, printers in trouble. Pure. */
import { isAway, mayClear, needsYou, works } from './machines';
import type { ShownEntry, ShownPrinter } from './shown';

export type Need = {
  id: string;
  /** Whether the person who looks may act on it. */
  mine: boolean;
} & (
  | { what: 'bed' | 'trouble' | 'paused'; printer: ShownPrinter }
  | { what: 'settle'; entry: ShownEntry; printer: ShownPrinter | null }
);

export function needsOf(
  printers: readonly ShownPrinter[] | null,
  entries: readonly ShownEntry[] | null,
): Need[] {
  const known = printers ?? [];
  const unsure = (entries ?? []).filter(({ state }) => state === 'needs_attention');
  const settle = unsure.map((entry): Need => {
    const at = entry.copies.find(({ state }) => state === 'needs_attention')?.printer;
    const printer = known.find(({ id }) => id === at) ?? null;
    const mine = (entry.allowed ?? []).includes('settle');
    return { what: 'settle', id: `settle ${entry.place}`, mine, entry, printer };
  });
  const asked = known.filter(needsYou).map((printer): Need => {
    const what = printer.state === 'error' ? 'trouble' : printer.state === 'paused' ? 'paused' : 'bed';
    return { what, id: `${what} ${printer.id}`, mine: mayAct(what, printer, entries ?? []), printer };
  });
  const first: Need['what'][] = ['trouble', 'settle', 'bed', 'paused'];
  return [...settle, ...asked].sort((a, b) => first.indexOf(a.what) - first.indexOf(b.what));
}

/** Who clears beds stands at the printers; a paused print also waits for those who may resume it. */
function mayAct(what: 'bed' | 'trouble' | 'paused', printer: ShownPrinter, entries: readonly ShownEntry[]): boolean {
  if (what === 'bed') return mayClear(printer);
  if ((printer.allowed ?? []).includes('clear_bed')) return true;
  const job = laneOf(printer, entries).now?.allowed ?? [];
  return what === 'paused' && job.some((word) => word === 'resume' || word === 'cancel');
}

/** Whether a print begins by itself once a bed is clear: printing is on, and something is next. */
export function bedIsAwaited(
  on: { printing: boolean; on_hold: boolean },
  entries: readonly Pick<ShownEntry, 'state'>[],
): boolean {
  const next = entries.some(({ state }) => ['preparing', 'queued', 'assigned'].includes(state));
  return on.printing && !on.on_hold && next;
}

const BED_REASONS = ['BED_NOT_CLEAR', 'BED_AFTER_PRINT'];

/** Where the bed is the reason: the beds the caller may call clear now. Null for other reasons. */
export function bedsToClear(
  reason: { code: string } | null,
  at: string | null,
  printers: readonly ShownPrinter[],
): ShownPrinter[] | null {
  if (!reason || !BED_REASONS.includes(reason.code)) return null;
  const asked = at === null ? printers : printers.filter(({ id }) => id === at);
  return asked.filter((printer) => !isAway(printer) && mayClear(printer));
}

const ON_PRINTER = ['printing', 'paused'];

/** Copies that stand in line, and the printers at work, as their own chips say it: also at what was begun there. */
export function countsOf(
  entries: readonly ShownEntry[],
  printers: readonly ShownPrinter[] | null,
): { waiting: number; printing: number } {
  const copies = entries.flatMap((entry) => entry.copies);
  const on = copies.filter(({ state }) => ON_PRINTER.includes(state)).length;
  const stuck = copies.filter(({ state }) => state === 'needs_attention').length;
  return { printing: printers ? printers.filter(works).length : on, waiting: copies.length - on - stuck };
}

/** What one printer does next: the job on it, then those that were given to it. */
export function laneOf(
  printer: ShownPrinter,
  entries: readonly ShownEntry[],
): { now: ShownEntry | null; next: ShownEntry[] } {
  const here = entries.filter(({ copies }) => copies.some((copy) => copy.printer === printer.id));
  const isOn = (entry: ShownEntry): boolean =>
    entry.copies.some(({ printer: at, state }) => at === printer.id && ON_PRINTER.includes(state));
  const now = here.find(isOn) ?? null;
  return { now, next: here.filter((entry) => entry !== now) };
}

/** Jobs that wait, in their order. */
export function waitingOf(entries: readonly ShownEntry[]): ShownEntry[] {
  return entries.filter(({ state }) => !['printing', 'paused', 'needs_attention'].includes(state));
}
