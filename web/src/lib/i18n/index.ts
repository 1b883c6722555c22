import type english from '../../locales/en/index';
import { cell } from '../cell';
import { choose, fill, type Catalogue, type Values } from './plural';
import { pseudo } from './pseudo';

/** Locales people can choose; `pseudo` is for tests and reads from right to left. */
export const LOCALES = ['en', 'de', 'pseudo'] as const;
export type Locale = (typeof LOCALES)[number];
export type Key = keyof typeof english;

/** Placeholders of one text, taken from its English words. */
type Names<Text> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;
type Texts<K extends Key> = (typeof english)[K] extends string
  ? (typeof english)[K]
  : (typeof english)[K][keyof (typeof english)[K]];

const STORED = 'fluxprint.locale';

/** Texts come in packs, so that a page loads its own words only; `shell` is always there. */
export type Pack = 'shell' | 'rooms' | 'views';
type Source = Record<Pack, () => Promise<{ default: Catalogue }>>;
const english_packs: Source = {
  shell: () => import('../../locales/en/shell'),
  rooms: () => import('../../locales/en/rooms'),
  views: () => import('../../locales/en/views'),
};
const german_packs: Source = {
  shell: () => import('../../locales/de/shell'),
  rooms: () => import('../../locales/de/rooms'),
  views: () => import('../../locales/de/views'),
};

const packs = new Set<Pack>(['shell']);

async function load(name: Locale, wanted: Iterable<Pack>): Promise<Catalogue> {
  const source = name === 'de' ? german_packs : english_packs;
  const texts = await Promise.all([...wanted].map((pack) => source[pack]()));
  const whole: Catalogue = Object.assign({}, ...texts.map((pack) => pack.default));
  return name === 'pseudo' ? pseudo(whole) : whole;
}

let catalogue: Catalogue = {};
/** What the services say, by its code; empty where their own words are the language of the page. */
let said: Readonly<Record<string, readonly [sentence: string, remedy: string]>> = {};
let rules = new Intl.PluralRules('en');
let numbers = new Intl.NumberFormat('en');

/** The language now. The app is drawn anew when it changes, so texts need not listen. */
export const locale = cell<Locale>('en');

/** The language tag for `Intl`: dates and numbers of the pseudo language are German ones. */
export function tag(): string {
  return locale.get() === 'en' ? 'en-GB' : 'de-DE';
}

export function preferred(stored: string | null, languages: readonly string[]): Locale {
  const known = LOCALES.find((name) => name === stored);
  if (known) return known;
  const spoken = languages.map((language) => language.slice(0, 2).toLowerCase());
  return (spoken.find((language) => language === 'en' || language === 'de') as Locale) ?? 'en';
}

export function storedLocale(): string | null {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null;
  }
}

export async function speakIn(next: Locale): Promise<void> {
  const words = next === 'de' ? import('../../locales/de/said') : null;
  catalogue = await load(next, packs);
  said = words ? (await words).default : {};
  rules = new Intl.PluralRules(next === 'en' ? 'en' : 'de');
  numbers = new Intl.NumberFormat(next === 'en' ? 'en-GB' : 'de-DE', { maximumFractionDigits: 2 });
  document.documentElement.lang = next === 'pseudo' ? 'en-XA' : next;
  document.documentElement.dir = next === 'pseudo' ? 'rtl' : 'ltr';
  locale.set(next);
}

/** Says before the first language is loaded which words will be needed too. */
export function expectWords(pack: Pack): void {
  packs.add(pack);
}

/** Loads further words of the language now. */
export async function addWords(pack: Pack): Promise<void> {
  if (packs.has(pack)) return;
  const more = await load(locale.get(), [pack]);
  packs.add(pack);
  catalogue = { ...catalogue, ...more };
}

export function keepLocale(chosen: Locale): void {
  try {
    localStorage.setItem(STORED, chosen);
  } catch {
    // Private windows may refuse; the choice then lasts as long as the page.
  }
}

/** What a service says, in the language of the page where its code is known there. */
export function worded<Said extends { code: string; sentence: string; remedy?: string | null }>(reason: Said): Said {
  const [sentence, remedy] = said[reason.code] ?? [];
  return sentence === undefined ? reason : { ...reason, sentence, remedy };
}

/** Typed from English: a text with placeholders needs its values, one without takes none. */
export function t<K extends Key>(
  key: K,
  ...values: [Names<Texts<K>>] extends [never] ? [] : [Record<Names<Texts<K>>, string | number>]
): string {
  return say(key, values[0] ?? {});
}

/** For keys put together by the program (states, roles); prefer `t`. */
export function say(key: Key, values: Values = {}): string {
  const entry = catalogue[key];
  if (entry === undefined) return key;
  const n = values['n'];
  const text = choose(entry, typeof n === 'number' ? n : 0, rules);
  return fill(text, values, (value) => numbers.format(value));
}
