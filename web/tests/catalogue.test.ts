import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { addWords, preferred, say, speakIn, t } from '../src/lib/i18n';
import { type Catalogue, fill, placeholders } from '../src/lib/i18n/plural';
import { pseudo } from '../src/lib/i18n/pseudo';
import de from '../src/locales/de/index';
import en from '../src/locales/en/index';
import rooms from '../src/locales/en/rooms';
import shell from '../src/locales/en/shell';
import views from '../src/locales/en/views';
import { routes } from '../src/routes';

const english: Catalogue = en;
const german: Catalogue = de;
const src = join(import.meta.dirname, '../src');

describe('every language', () => {
  test('has every text', () => {
    expect(Object.keys(german).sort()).toEqual(Object.keys(english).sort());
  });

  test('has the same placeholders in each text', () => {
    const wrong = Object.keys(english).filter(
      (key) => String(placeholders(german[key] ?? '')) !== String(placeholders(english[key] ?? '')),
    );
    expect(wrong).toEqual([]);
  });

  test('leaves no text empty', () => {
    const texts = [...Object.values(english), ...Object.values(german)];
    const all = texts.flatMap((entry) => (typeof entry === 'string' ? [entry] : Object.values(entry)));
    expect(all.filter((text) => !text?.trim())).toEqual([]);
  });

  test('gives one and other wherever a number chooses', () => {
    for (const catalogue of [english, german]) {
      for (const [key, entry] of Object.entries(catalogue)) {
        if (typeof entry !== 'string') expect([key, Object.keys(entry)]).toEqual([key, ['one', 'other']]);
      }
    }
  });
});

test('no text speaks of codes or machines to designers', () => {
  const wrong = Object.entries(english).filter(([, entry]) =>
    /\bHTTP\b|\b[45]\d\d\b(?! %)|websocket|timeout|token|\bAPI\b/i.test(JSON.stringify(entry)),
  );
  expect(wrong.map(([key]) => key).filter((key) => key !== 'a11y.zoom_hand')).toEqual([]);
});

test('the pseudo language is longer and keeps its placeholders', () => {
  const made = pseudo(english);
  for (const [key, entry] of Object.entries(english)) {
    expect(placeholders(made[key] ?? '')).toEqual(placeholders(entry));
    expect(JSON.stringify(made[key]).length).toBeGreaterThan(JSON.stringify(entry).length);
  }
});

describe('texts', () => {
  beforeAll(async () => {
    await speakIn('en');
    await addWords('rooms');
  });

  test('are filled in and counted', () => {
    expect(t('upload.tray_open', { n: 1 })).toBe('Uploading 1 file');
    expect(t('upload.tray_open', { n: 1234 })).toBe('Uploading 1,234 files');
    expect(t('people.invite')).toBe('Invite');
  });

  test('follow the language, its plurals and its numbers', async () => {
    await speakIn('de');
    expect(t('upload.tray_open', { n: 1234 })).toBe('1.234 Dateien werden hochgeladen');
    expect(t('people.invite')).toBe('Einladen');
    expect(document.documentElement.lang).toBe('de');
    await speakIn('pseudo');
    expect(document.documentElement.dir).toBe('rtl');
    await speakIn('en');
    expect(document.documentElement.dir).toBe('ltr');
  });

  test('leave alone what nobody fills', () => {
    expect(fill('{a} and {b}', { a: 'x' }, String)).toBe('x and {b}');
    expect(say('role.owner')).toBe('Owner');
  });
});

test('the stored language wins, then the browser, then English', () => {
  expect(preferred('de', ['en-GB'])).toBe('de');
  expect(preferred('xx', ['fr-FR', 'de-AT', 'en'])).toBe('de');
  expect(preferred(null, ['fr'])).toBe('en');
});

/** Keys written out in a file. */
function keysIn(file: string): string[] {
  const text = readFileSync(join(src, file), 'utf8');
  return [...text.matchAll(/\b(?:t|say)\(\s*'([^']+)'/g)].map((found) => found[1] ?? '');
}

test('a file uses only the words that are loaded with it', () => {
  const packOf = new Map<string, string>();
  for (const { page, words } of routes) {
    const folder = /pages\/([^/]+)\//.exec(String(page))?.[1];
    if (folder) packOf.set(folder, words);
  }
  const packs: Record<string, Catalogue> = { shell, rooms, views };
  const wrong: string[] = [];
  for (const file of readdirSync(src, { recursive: true, encoding: 'utf8' })) {
    if (!/\.(ts|svelte)$/.test(file) || file.startsWith('locales')) continue;
    const page = /^pages\/([^/]+)\//.exec(file)?.[1];
    const own = page ? (packOf.get(page) ?? 'rooms') : /^(ui|lib)\/print\//.test(file) ? 'views' : 'shell';
    for (const key of keysIn(file)) {
      if (!(key in shell) && !(key in (packs[own] ?? {}))) wrong.push(`${file}: ${key}`);
    }
  }
  expect(wrong).toEqual([]);
});
