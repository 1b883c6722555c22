/** How a text of the catalogue is put together. Pure. */

export type Values = Record<string, string | number>;
/** One text, or one a plural class of `n`. */
export type Entry = string | { [form in Intl.LDMLPluralRule]?: string };
export type Catalogue = { readonly [key: string]: Entry };

export function fill(text: string, values: Values, show: (value: number) => string): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    if (value === undefined) return whole;
    return typeof value === 'number' ? show(value) : value;
  });
}

export function choose(entry: Entry, n: number, rules: Intl.PluralRules): string {
  if (typeof entry === 'string') return entry;
  return entry[rules.select(n)] ?? entry.other ?? '';
}

export function placeholders(entry: Entry): string[] {
  const texts = typeof entry === 'string' ? [entry] : Object.values(entry);
  const names = texts.flatMap((text) => [...(text ?? '').matchAll(/\{(\w+)\}/g)].map((m) => m[1] ?? ''));
  return [...new Set(names)].sort();
}
