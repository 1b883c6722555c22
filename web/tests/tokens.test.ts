import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const css = readFileSync(join(import.meta.dirname, '../src/tokens.css'), 'utf8');

type Scheme = 0 | 1;
type Tokens = Map<string, [string, string]>;

function tokensOf(block: string): Tokens {
  const found = block.matchAll(/--([\w-]+):\s*(?:light-dark\((#\w{6}),\s*(#\w{6})\)|(#\w{6}))/g);
  return new Map([...found].map(([, name, light, dark, both]) => [name ?? '', [light ?? both ?? '', dark ?? both ?? '']]));
}

function blockOf(selector: string): string {
  const from = css.indexOf(selector);
  return css.slice(from, css.indexOf('\n  }', from));
}

const plain = tokensOf(blockOf(':root {'));
const contrast: Tokens = new Map([...plain, ...tokensOf(blockOf("[data-theme='contrast']"))]);

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const c = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.040_45 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.212_6 * r + 0.715_2 * g + 0.072_2 * b;
}

function ratio(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

const GROUNDS = ['page', 'surface', 'raised', 'sunken', 'hover'];
const TEXT: [string, string][] = [
  ...GROUNDS.flatMap((ground) => ['ink', 'ink-2', 'ink-3'].map((ink): [string, string] => [ink, ground])),
  ...['page', 'surface', 'raised'].flatMap((ground) =>
    ['accent', 'ok', 'warn', 'danger'].map((ink): [string, string] => [ink, ground]),
  ),
  ['accent-strong', 'accent-soft'],
  ['ok', 'ok-soft'],
  ['warn', 'warn-soft'],
  ['danger', 'danger-soft'],
  ...['accent-soft', 'ok-soft', 'warn-soft', 'danger-soft'].flatMap((ground) =>
    ['ink', 'ink-2'].map((ink): [string, string] => [ink, ground]),
  ),
  ['on-accent', 'accent'],
  ['on-button', 'button'],
  ['on-button', 'button-hover'],
  ['on-danger', 'danger-fill'],
];
/** Edges of fields and marks of states. */
const SHAPES: [string, string][] = ['page', 'surface', 'raised'].flatMap((ground) =>
  ['edge', 'accent', 'ok', 'warn', 'danger'].map((mark): [string, string] => [mark, ground]),
);

function tooFaint(tokens: Tokens, scheme: Scheme, pairs: [string, string][], least: number): string[] {
  return pairs.flatMap(([ink, ground]) => {
    const found = ratio(tokens.get(ink)?.[scheme] ?? '', tokens.get(ground)?.[scheme] ?? '');
    return found >= least ? [] : [`${ink} on ${ground}: ${found.toFixed(2)}`];
  });
}

test.each<[string, Tokens, Scheme, number]>([
  ['light', plain, 0, 4.5],
  ['dark', plain, 1, 4.5],
  ['high contrast, light', contrast, 0, 7],
  ['high contrast, dark', contrast, 1, 7],
])('in %s every text and every mark can be told from its ground', (_name, tokens, scheme, least) => {
  expect(tooFaint(tokens, scheme, TEXT, least)).toEqual([]);
  expect(tooFaint(tokens, scheme, SHAPES, 3)).toEqual([]);
});
