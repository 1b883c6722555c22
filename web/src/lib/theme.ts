import { cell } from './cell';

export const THEMES = ['system', 'light', 'dark', 'contrast'] as const;
export type Theme = (typeof THEMES)[number];
export const MOTIONS = ['system', 'none'] as const;
export type Motion = (typeof MOTIONS)[number];

/** `theme.js` reads this name before the first paint. */
const THEME = 'fluxprint.theme';
const MOTION = 'fluxprint.motion';

function stored<V extends string>(name: string, known: readonly V[], otherwise: V): V {
  try {
    return known.find((value) => value === localStorage.getItem(name)) ?? otherwise;
  } catch {
    return otherwise;
  }
}

function keep(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    // Private windows may refuse; the choice then lasts as long as the page.
  }
}

export const theme = cell<Theme>(stored(THEME, THEMES, 'system'));
export const motion = cell<Motion>(stored(MOTION, MOTIONS, 'system'));

export function setTheme(chosen: Theme): void {
  keep(THEME, chosen);
  document.documentElement.dataset['theme'] = chosen;
  theme.set(chosen);
}

export function setMotion(chosen: Motion): void {
  keep(MOTION, chosen);
  document.documentElement.dataset['motion'] = chosen;
  motion.set(chosen);
}

/** Puts the choices of this computer on the page. */
export function readLooks(): void {
  document.documentElement.dataset['theme'] = theme.get();
  document.documentElement.dataset['motion'] = motion.get();
}
