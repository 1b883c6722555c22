import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';

const src = join(import.meta.dirname, '../src');

/** Which rooms a room may import from; a page also from its own folder. */
const MAY: Record<string, string[]> = {
  lib: ['lib', 'locales'],
  ui: ['ui', 'lib'],
  viewer: ['viewer', 'lib'],
  pages: ['ui', 'lib', 'viewer'],
  shell: ['shell', 'ui', 'lib', 'root'],
  locales: ['locales'],
  root: ['root', 'lib', 'ui', 'shell', 'pages', 'locales'],
};

const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((name) =>
  /\.(ts|svelte|js)$/.test(name),
);

function roomOf(file: string): string {
  const parts = file.split('/');
  return parts.length > 1 ? (parts[0] ?? 'root') : 'root';
}

function importsOf(file: string): string[] {
  const text = readFileSync(join(src, file), 'utf8');
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((found) => found[1] ?? '');
}

function inside(file: string, link: string): string {
  return normalize(join(dirname(file), link));
}

test('arrows lead from pages to ui and lib, from ui to lib, and from lib nowhere else', () => {
  const wrong: string[] = [];
  for (const file of files) {
    for (const link of importsOf(file).filter((name) => name.startsWith('.'))) {
      const target = inside(file, link);
      const [from, to] = [roomOf(file), roomOf(target)];
      const own = from === 'pages' && to === 'pages' && target.split('/')[1] === file.split('/')[1];
      if (!own && !MAY[from]?.includes(to)) wrong.push(`${file} -> ${target}`);
    }
  }
  expect(wrong).toEqual([]);
});

test('only the viewer knows three', () => {
  const wrong = files.filter(
    (file) => roomOf(file) !== 'viewer' && importsOf(file).some((link) => /^three(\/|$)/.test(link)),
  );
  expect(wrong).toEqual([]);
});

test('lib has no Svelte inside', () => {
  const wrong = files.filter(
    (file) =>
      roomOf(file) === 'lib' &&
      (file.endsWith('.svelte') || importsOf(file).some((link) => /^svelte(\/|$)/.test(link))),
  );
  expect(wrong).toEqual([]);
});

test('nobody writes markup from text', () => {
  const wrong = files.filter((file) =>
    /\{@html|innerHTML|insertAdjacentHTML|document\.write/.test(readFileSync(join(src, file), 'utf8')),
  );
  expect(wrong).toEqual([]);
});
