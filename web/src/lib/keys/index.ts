import { cell, type Readable } from '../cell';
import { letters } from './letters';
import { chordOf, isTyping, type Stroke } from './strokes';

/** Something people can do by the palette, and perhaps by a key. */
export interface Command {
  id: string;
  title: string;
  /** Further words by which it is found. */
  words?: string;
  /** "g q", "u", "mod+k". Single letters work only when switched on in the settings. */
  keys?: string;
  run: () => void;
}

/** A chord's second key must follow so soon. */
const CHORD_MS = 1_500;

const commands = cell<readonly Command[]>([]);
export const all: Readable<readonly Command[]> = commands;

/** Adds commands while a page is in view: `$effect(() => offer([...]))`. */
export function offer(added: Command[]): () => void {
  commands.update((before) => [...before, ...added]);
  return () => commands.update((before) => before.filter((command) => !added.includes(command)));
}

let begun: { stroke: string; at_ms: number } | null = null;

/** Finds what a key press means, if anything. */
export function meant(stroke: Stroke, typing: boolean, now_ms: number): Command | null {
  const chord = chordOf(stroke);
  const isLetter = !stroke.ctrl && !stroke.meta && !stroke.alt;
  if (isLetter && (typing || !letters.get())) return null;
  const first = begun && now_ms - begun.at_ms < CHORD_MS ? begun.stroke : null;
  begun = null;
  const pressed = first ? `${first} ${chord}` : chord;
  const found = commands.get().find((command) => command.keys === pressed);
  if (found) return found;
  const starts = commands.get().some((command) => command.keys?.startsWith(`${chord} `));
  if (starts) begun = { stroke: chord, at_ms: now_ms };
  return null;
}

/** Listens to the keyboard. */
export function listen(): void {
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.isComposing || document.querySelector('dialog[open]')) return;
    const { key, ctrlKey: ctrl, metaKey: meta, altKey: alt, shiftKey: shift } = event;
    const command = meant({ key, ctrl, meta, alt, shift }, isTyping(event.target), Date.now());
    if (!command) return;
    event.preventDefault();
    command.run();
  });
}

export { keepLetters, letters } from './letters';
export { shownKeys } from './strokes';
