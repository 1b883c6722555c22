import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { announce, keepFocus, spoken } from '../src/lib/a11y';

let stop: () => void;

beforeEach(() => {
  // jsdom draws nothing; whatever is in the document counts as shown.
  vi.spyOn(Element.prototype, 'getClientRects').mockReturnValue([{}] as never);
  HTMLElement.prototype.scrollIntoView = () => undefined;
  document.body.innerHTML =
    '<main tabindex="-1"><ul><li id="a"><button id="x">x</button></li><li id="b"><button id="y">y</button></li></ul></main>';
  stop = keepFocus();
});
afterEach(() => {
  stop();
  document.body.innerHTML = '';
});

const focused = (): string => document.activeElement?.id || document.activeElement?.tagName || '';

test('when the focused row goes, the focus stays in the list', async () => {
  document.getElementById('x')?.focus();
  document.getElementById('a')?.remove();
  await expect.poll(focused).toBe('y');
});

test('when nothing is left around it, the focus goes to the page, never to the body', async () => {
  document.getElementById('x')?.focus();
  document.querySelector('ul')?.remove();
  await expect.poll(focused).toBe('MAIN');
});

test('focus that somebody moved is left alone', async () => {
  document.getElementById('x')?.focus();
  document.getElementById('a')?.remove();
  document.querySelector('main')?.focus();
  await new Promise(requestAnimationFrame);
  expect(focused()).toBe('MAIN');
});

test('the same words are spoken twice when they are said twice', () => {
  const before = spoken.polite.get().n;
  announce('Saved.');
  announce('Saved.');
  expect(spoken.polite.get()).toEqual({ text: 'Saved.', n: before + 2 });
});
