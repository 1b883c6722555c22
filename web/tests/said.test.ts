import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { refused } from '../src/lib/api/problem';
import { speakIn, worded } from '../src/lib/i18n';
import said from '../src/locales/de/said';

/** Rooms whose codes people can meet on a page. G-code is refused with the line and its figures: in English. */
const ROOMS = ['domain', 'http', 'studio', 'service', 'geometry'];
/** Only programs, or whoever runs the service, meet these. */
const NOT_FOR_PAGES = new Set([
  'BRIDGE_KEY_WRONG', 'BRIDGE_VERSION_NOT_SUPPORTED', 'BROKEN_JSON', 'DISK_FAILED', 'IDEMPOTENCY_KEY_MISSING',
  'IDEMPOTENCY_KEY_REUSED', 'JOB_UNREADABLE', 'LENGTH_REQUIRED', 'METHOD_NOT_ALLOWED', 'NOT_JSON', 'TOKEN_EXPIRED',
  'TUS_VERSION', 'UPLOAD_LENGTH', 'UPLOAD_METADATA', 'UPLOAD_OFFSET', 'UPLOAD_OTHER_OFFSET', 'UPLOAD_PIECE_TYPE',
  'UPLOAD_TOO_MUCH',
  // No codes at all.
  'CARGO_PKG_VERSION', 'OUT_DIR', 'SCREAMING_SNAKE_CASE',
]);

const CODE = /"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)"/g;

function codes(): Set<string> {
  const found = new Set<string>();
  for (const room of ROOMS) {
    const folder = join(import.meta.dirname, '../../crates', room, 'src');
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (!name.endsWith('.rs') || /test/.test(name)) continue;
      const [shipped = ''] = readFileSync(join(folder, name), 'utf8').split('#[cfg(test)]');
      const code = shipped.replaceAll(/\/\/.*/g, '');
      for (const [, word = ''] of code.matchAll(CODE)) if (!/^FLUX/.test(word)) found.add(word);
    }
  }
  return found;
}

test('every code that people can meet is said in German', () => {
  const all = codes();
  expect(all.size).toBeGreaterThan(80);
  expect([...all].filter((code) => !said[code] && !NOT_FOR_PAGES.has(code)).sort()).toEqual([]);
});

test('each says what happened and what to do, as sentences', () => {
  for (const [code, [sentence, remedy]] of Object.entries(said)) {
    expect(sentence, code).toMatch(/^[A-ZÄÖÜ„].*\.$/);
    expect(remedy, code).toMatch(/^[A-ZÄÖÜ„].*\.$/);
  }
});

const reason = { code: 'BED_NOT_CLEAR', sentence: 'Nobody has said yet.', remedy: 'Look.' };
const strange = { code: 'NEVER_HEARD_OF', sentence: 'Something new.', remedy: 'Look.' };
afterEach(() => speakIn('en'));

test('German pages say it in German, others as the service does', async () => {
  expect(worded(reason)).toEqual(reason);
  await speakIn('de');
  expect(worded(reason).sentence).toBe('Noch hat niemand gesagt, dass das Bett leer ist.');
  expect(worded(strange)).toEqual(strange);
});

test('refusals too', async () => {
  const answer = () => Response.json({ code: 'LINK_SPENT', detail: 'This link was used.', remedy: 'x' }, { status: 410 });
  expect((await refused(answer())).sentence).toBe('This link was used.');
  await speakIn('de');
  expect((await refused(answer())).sentence).toBe('Dieser Link wurde schon benutzt oder ist zu alt.');
});
