import { mount, tick, unmount } from 'svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { speakIn } from '../src/lib/i18n';
import { confirm } from '../src/ui/confirm';
import { Modal } from '../src/ui/modal';
import ConfirmHost from '../src/ui/ConfirmHost.svelte';

/** Tells of closed dialogs when a test says so: in a browser that is some time later. */
let late: (() => void)[] = [];
const tellLate = (): void => late.splice(0).forEach((tell) => tell());

beforeEach(async () => {
  late = [];
  HTMLDialogElement.prototype.showModal = function () {
    if (this.open) throw new Error('it is open already');
    this.open = true;
  };
  HTMLDialogElement.prototype.close = function () {
    if (!this.open) return;
    this.open = false;
    late.push(() => this.dispatchEvent(new Event('close')));
  };
  await speakIn('en');
});
afterEach(() => {
  document.body.innerHTML = '';
});

const asked = { title: 'Delete gear.stl?', text: 'It cannot be undone.', act: 'Delete file' };
const dialog = (): HTMLDialogElement | null => document.querySelector('dialog');
const button = (name: string): HTMLButtonElement | undefined =>
  [...document.querySelectorAll('button')].find((one) => one.textContent?.trim() === name);
const escape = (): boolean => dialog()!.dispatchEvent(new Event('cancel', { cancelable: true }));

test('a question left by Escape and asked again at once stays, however late the first end is told', async () => {
  const app = mount(ConfirmHost, { target: document.body });
  const first = confirm(asked);
  await tick();
  expect(dialog()?.open).toBe(true);
  escape();
  const second = confirm(asked);
  await tick();
  tellLate();
  await tick();
  expect(await first).toBe(false);
  expect(dialog()?.open).toBe(true);
  button('Delete file')!.click();
  expect(await second).toBe(true);
  await unmount(app);
});

test('a dialog is over at once and only once', () => {
  const left = vi.fn();
  const element = document.body.appendChild(document.createElement('dialog'));
  const modal = new Modal(() => element, left);
  modal.follow(true);
  modal.follow(true);
  expect(element.open).toBe(true);
  modal.follow(false);
  expect(left).toHaveBeenCalledTimes(1);
  modal.follow(true);
  tellLate();
  expect(element.open).toBe(true);
  expect(left).toHaveBeenCalledTimes(1);
});

test('a dialog that the browser has closed by itself is over too', () => {
  const left = vi.fn();
  const element = document.body.appendChild(document.createElement('dialog'));
  const modal = new Modal(() => element, left);
  modal.follow(true);
  element.close();
  modal.close();
  expect(left).toHaveBeenCalledTimes(1);
});

test('a file field that is left inside a dialog does not close it', () => {
  const element = document.body.appendChild(document.createElement('dialog'));
  const field = element.appendChild(document.createElement('input'));
  const modal = new Modal(() => element, vi.fn());
  element.addEventListener('cancel', modal.cancel);
  modal.follow(true);
  field.dispatchEvent(new Event('cancel', { bubbles: true }));
  expect(element.open).toBe(true);
});
