/** Printers in the order of what they need, and their temperatures in words. Pure. */
import type { Check, Printer, Size } from '../api/shapes';
import type { ShownPrinter } from './shown';

type Heater = { actual_c: number; target_c: number };
export type Heat = 'off' | 'hot' | 'heating' | 'cooling' | 'at_target';

/** So close counts as reached. */
const NEAR_C = 3;
/** Above this a switched-off heater still burns fingers. */
const HOT_C = 50;

export function heatOf({ actual_c, target_c }: Heater): Heat {
  if (target_c === 0) return actual_c > HOT_C ? 'hot' : 'off';
  if (Math.abs(actual_c - target_c) <= NEAR_C) return 'at_target';
  return actual_c < target_c ? 'heating' : 'cooling';
}

export function isAway(printer: Pick<Printer, 'connected' | 'state'>): boolean {
  return !printer.connected || printer.state === 'offline';
}

/** Whether it has a print on it now, as far as is known. */
export function works(printer: Pick<Printer, 'connected' | 'state'>): boolean {
  return !isAway(printer) && (printer.state === 'busy' || printer.state === 'paused');
}

/** Since when nobody hears from it; null where it was never seen. */
export function awaySince({ state, state_since, last_contact_at }: ShownPrinter): string | null {
  if (!last_contact_at) return null;
  // Its bridge may be gone while the state is the one last seen: then the last contact counts.
  return state === 'offline' ? state_since : last_contact_at;
}

/** What stands between the page and the printer. */
export function outOfReach(printer: ShownPrinter, service_up: boolean): 'service' | 'printer' | null {
  if (!service_up) return 'service';
  return isAway(printer) ? 'printer' : null;
}

/** Whether a person at the printer would move things on. */
export function needsYou(printer: ShownPrinter): boolean {
  if (isAway(printer)) return false;
  if (printer.state === 'error' || printer.state === 'paused') return true;
  return printer.state === 'ready' && !printer.bed.clear;
}

/** Whether the caller may say now that its bed is clear. */
export function mayClear({ bed, allowed }: ShownPrinter): boolean {
  // Events about a printer may leave `allowed` out.
  return !bed.clear && bed.can_be_cleared && (allowed ?? []).includes('clear_bed');
}

function rank(printer: ShownPrinter): number {
  if (needsYou(printer)) return printer.state === 'error' ? 0 : 1;
  if (isAway(printer)) return 4;
  return printer.state === 'busy' ? 2 : 3;
}

/** What needs somebody first, then what is done soonest, then names. */
export function inOrderOfNeed(printers: readonly ShownPrinter[]): ShownPrinter[] {
  const left_s = (printer: ShownPrinter): number => printer.progress?.time_left_s ?? Number.MAX_SAFE_INTEGER;
  return [...printers].sort(
    (a, b) =>
      rank(a) - rank(b) ||
      left_s(a) - left_s(b) ||
      a.name.localeCompare(b.name, undefined, { numeric: true }) ||
      a.id.localeCompare(b.id),
  );
}

/** The measures of a part, once it was measured. */
export function sizeOf(check: Pick<Check, 'size_mm'> | null): Size | null {
  const [x_mm, y_mm, z_mm] = check?.size_mm ?? [];
  return x_mm && y_mm && z_mm ? { x_mm, y_mm, z_mm } : null;
}

/** Whether there are printers and none is large enough for the part. */
export function fitsNowhere(part: Size, printers: readonly Pick<ShownPrinter, 'build'>[]): boolean {
  return printers.length > 0 && !printers.some(({ build }) => isInside(part, build));
}

/** Whether a part as it lies is inside what a printer can reach. */
export function isInside(part: Size, build: Size): boolean {
  return part.x_mm <= build.x_mm && part.y_mm <= build.y_mm && part.z_mm <= build.z_mm;
}
