import type { Catalogue, Entry } from './plural';

/** Longer, accented, and in brackets: shows texts that were forgotten, cut or glued together. */
const ACCENTS: Record<string, string> = {
  a: 'á', c: 'ç', e: 'é', i: 'í', n: 'ñ', o: 'ö', u: 'û', y: 'ÿ',
  A: 'Å', C: 'Ç', E: 'É', I: 'Î', N: 'Ñ', O: 'Ø', U: 'Ü', Y: 'Ý',
};

function disguise(text: string): string {
  const parts = text.split(/(\{\w+\})/);
  const accented = parts
    .map((part) => (part.startsWith('{') ? part : part.replace(/[a-zA-Z]/g, (c) => ACCENTS[c] ?? c)))
    .join('');
  return `[${accented}${'~'.repeat(Math.ceil(text.length / 3))}]`;
}

function pseudoOf(entry: Entry): Entry {
  if (typeof entry === 'string') return disguise(entry);
  return Object.fromEntries(Object.entries(entry).map(([form, text]) => [form, disguise(text ?? '')]));
}

export function pseudo(english: Catalogue): Catalogue {
  return Object.fromEntries(Object.entries(english).map(([key, entry]) => [key, pseudoOf(entry)]));
}
