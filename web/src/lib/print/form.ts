/** The print form: what is chosen, and the key under which it counts once. Pure. */
import type { PrintChoice, Quality } from '../api/shapes';

export interface PrintForm extends PrintChoice {
  notes: string;
  /** Null: any that fits. */
  printer: string | null;
}

export const INFILL_MIN_PCT = 10;
export const INFILL_STEP_PCT = 5;

export function emptyForm(defaults: PrintChoice): PrintForm {
  return { ...defaults, notes: '', printer: null };
}

/** A quality brings how full it is inside. */
export function withQuality(form: PrintForm, quality: { id: Quality; infill_pct: number }): PrintForm {
  return { ...form, quality: quality.id, infill_pct: quality.infill_pct };
}

/** What a price and a time depend on. */
export function choiceOf({ material, quality, infill_pct, supports, copies }: PrintForm): PrintChoice {
  return { material, quality, infill_pct, supports, copies };
}

export function sameChoice(a: PrintChoice, b: PrintChoice): boolean {
  return fingerprint(choiceText(a)) === fingerprint(choiceText(b));
}

function choiceText(choice: PrintChoice): string {
  const { material, quality, infill_pct, supports, copies } = choice;
  return JSON.stringify([material, quality, infill_pct, supports, copies]);
}

/**
 * The idempotency key of a filled form. The same settings give the same key, so that a second press,
 * a second tab or a repeated request is the same print; other settings are another one.
 */
export function keyOf(seed: string, form: PrintForm): string {
  const settings = choiceText(form) + JSON.stringify([form.notes.trim(), form.printer]);
  return `${seed}-${fingerprint(settings)}`;
}

/** FNV-1a over UTF-16, 2 × 32 bits from both ends: only tells a handful of forms apart. */
function fingerprint(text: string): string {
  const half = (units: Iterable<string>): string => {
    let hash = 0x811c9dc5;
    for (const unit of units) hash = Math.imul(hash ^ (unit.codePointAt(0) ?? 0), 0x01000193) >>> 0;
    return hash.toString(16).padStart(8, '0');
  };
  return half(text) + half([...text].reverse());
}
