/** Numbers, times and units as people read them, in the language of the page. */
import { tag } from '../i18n/index';

const cache = new Map<string, unknown>();

function made<T>(name: string, make: (language: string) => T): T {
  const language = tag();
  const key = `${language} ${name}`;
  if (!cache.has(key)) cache.set(key, make(language));
  return cache.get(key) as T;
}

export function number(value: number, digits = 0): string {
  const form = made(`number ${digits}`, (l) => new Intl.NumberFormat(l, { maximumFractionDigits: digits }));
  return form.format(value);
}

/** "1 h 50", "50 min", "40 s": as one says it, never more than two parts. */
export function duration(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return `${s} s`;
  const minutes = Math.round(s / 60);
  if (minutes < 60) return `${minutes} min`;
  const h = Math.floor(minutes / 60);
  const rest = minutes % 60;
  if (h < 24) return rest === 0 ? `${number(h)} h` : `${number(h)} h ${String(rest).padStart(2, '0')}`;
  const days = Math.floor(h / 24);
  return h % 24 === 0 ? `${number(days)} d` : `${number(days)} d ${h % 24} h`;
}

const SIZES = ['B', 'kB', 'MB', 'GB', 'TB'];

/** "13.4 MB": decimal units, as the limits are. */
export function bytes(size_bytes: number): string {
  let size = size_bytes;
  let unit = 0;
  while (size >= 999.5 && unit < SIZES.length - 1) {
    size /= 1_000;
    unit += 1;
  }
  return `${number(size, unit > 0 && size < 99.5 ? 1 : 0)}\u00a0${SIZES[unit]}`;
}

export function percent(pct: number): string {
  return `${number(Math.floor(pct))}\u00a0%`;
}

export function grams(g: number): string {
  return `${number(g, g < 10 ? 1 : 0)}\u00a0g`;
}

export function degrees(c: number): string {
  return `${number(Math.round(c))}\u00a0°C`;
}

/** "62 × 40 × 18 mm" */
export function size(mm: { x_mm: number; y_mm: number; z_mm: number }): string {
  const side = (value: number): string => number(value, value < 10 ? 1 : 0);
  return `${side(mm.x_mm)} × ${side(mm.y_mm)} × ${side(mm.z_mm)}\u00a0mm`;
}

/** Millionths of a unit as money. */
export function money(micros: number, currency: string): string {
  const form = made(`money ${currency}`, (l) => new Intl.NumberFormat(l, { style: 'currency', currency }));
  return form.format(micros / 1_000_000);
}

type When = string | number | Date;

/** "14:02" */
export function clock(at: When): string {
  const options: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit' };
  return made('clock', (l) => new Intl.DateTimeFormat(l, options)).format(new Date(at));
}

/** "22 Nov 2026, 14:02" */
export function moment(at: When): string {
  const options: Intl.DateTimeFormatOptions = { dateStyle: 'medium', timeStyle: 'short' };
  return made('moment', (l) => new Intl.DateTimeFormat(l, options)).format(new Date(at));
}

/** "22 Nov 2026" */
export function day(at: When): string {
  return made('day', (l) => new Intl.DateTimeFormat(l, { dateStyle: 'medium' })).format(new Date(at));
}

/** The clock when it is today, the day and the clock otherwise. */
export function since(at: When, now_ms: number): string {
  const same = new Date(at).toDateString() === new Date(now_ms).toDateString();
  return same ? clock(at) : moment(at);
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** "3 minutes ago", "in 2 hours", "now"; older than a week: the day. */
export function ago(at: When, now_ms: number): string {
  const seconds = (new Date(at).getTime() - now_ms) / 1_000;
  const form = made('ago', (l) => new Intl.RelativeTimeFormat(l, { numeric: 'auto' }));
  if (Math.abs(seconds) > 7 * 86_400) return day(at);
  const [unit, length] = STEPS.find(([, length]) => Math.abs(seconds) >= length) ?? ['second', 60];
  const many = unit === 'second' ? 0 : Math.trunc(seconds / length);
  return form.format(many, unit);
}

/** Orders names as people do: "part 2" before "part 10". */
export function byName(a: { name: string }, b: { name: string }): number {
  const collator = made('names', (l) => new Intl.Collator(l, { numeric: true, sensitivity: 'base' }));
  return collator.compare(a.name, b.name);
}
