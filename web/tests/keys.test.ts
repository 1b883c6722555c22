import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { keepLetters, meant, offer, shownKeys } from '../src/lib/keys';
import { chordOf, isTyping } from '../src/lib/keys/strokes';

const stroke = (key: string, mods: Partial<Record<'ctrl' | 'meta' | 'alt' | 'shift', boolean>> = {}) => ({
  key,
  ctrl: false,
  meta: false,
  alt: false,
  shift: false,
  ...mods,
});
const command = (id: string, keys: string) => ({ id, title: id, keys, run: () => undefined });
let stop: () => void;

beforeEach(() => {
  stop = offer([command('palette', 'mod+k'), command('queue', 'g q'), command('upload', 'u')]);
});
afterEach(() => {
  stop();
  keepLetters(false);
});

describe('single letters', () => {
  test('do nothing until somebody wants them', () => {
    expect(meant(stroke('u'), false, 0)).toBeNull();
    keepLetters(true);
    expect(meant(stroke('u'), false, 0)?.id).toBe('upload');
  });

  test('never while typing', () => {
    keepLetters(true);
    expect(meant(stroke('u'), true, 0)).toBeNull();
  });

  test('in a chord must follow soon', () => {
    keepLetters(true);
    expect(meant(stroke('g'), false, 0)).toBeNull();
    expect(meant(stroke('q'), false, 1_000)?.id).toBe('queue');
    meant(stroke('g'), false, 2_000);
    expect(meant(stroke('q'), false, 9_000)).toBeNull();
  });
});

test('the palette opens with Ctrl and with Cmd, also while typing', () => {
  expect(meant(stroke('k', { ctrl: true }), true, 0)?.id).toBe('palette');
  expect(meant(stroke('K', { meta: true }), true, 0)?.id).toBe('palette');
});

test('commands of a page go with it', () => {
  stop();
  keepLetters(true);
  expect(meant(stroke('u'), false, 0)).toBeNull();
});

test('keys are named as they are written on the keyboard', () => {
  expect(shownKeys('mod+k', true)).toEqual(['⌘ K']);
  expect(shownKeys('mod+k', false)).toEqual(['Ctrl K']);
  expect(shownKeys('g q', false)).toEqual(['G', 'Q']);
  expect(chordOf(stroke('ArrowUp', { alt: true }))).toBe('alt+ArrowUp');
});

test('a field is where one types', () => {
  document.body.innerHTML = '<textarea></textarea><button></button>';
  expect(isTyping(document.querySelector('textarea'))).toBe(true);
  expect(isTyping(document.querySelector('button'))).toBe(false);
  document.body.innerHTML = '';
});
