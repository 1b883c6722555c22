export interface Stroke {
  key: string;
  ctrl: boolean;
  meta: boolean;
  alt: boolean;
  shift: boolean;
}

/** "mod+k", "alt+ArrowUp", "g": by the character that comes out, so that every layout works. */
export function chordOf({ key, ctrl, meta, alt }: Stroke): string {
  const mods = `${ctrl || meta ? 'mod+' : ''}${alt ? 'alt+' : ''}`;
  return mods + (key.length === 1 ? key.toLowerCase() : key);
}

export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  return target.closest('input, textarea, select, [contenteditable=""], [contenteditable="true"]') !== null;
}

/** How a shortcut is written for people. */
export function shownKeys(keys: string, mac: boolean): string[] {
  return keys.split(' ').map((part) =>
    part
      .replace('mod+', mac ? '⌘ ' : 'Ctrl ')
      .replace('alt+', mac ? '⌥ ' : 'Alt ')
      .replace(/\b[a-z]$/, (letter) => letter.toUpperCase()),
  );
}
