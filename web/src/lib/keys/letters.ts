import { cell } from '../cell';

const STORED = 'fluxprint.letters';

/** Whether single letters and chords of letters do something. Off until a person wants it (SC 2.1.4). */
export const letters = cell(false);

export function readLetters(): void {
  try {
    letters.set(localStorage.getItem(STORED) === 'on');
  } catch {
    letters.set(false);
  }
}

export function keepLetters(on: boolean): void {
  letters.set(on);
  try {
    localStorage.setItem(STORED, on ? 'on' : 'off');
  } catch {
    // Lasts as long as the page.
  }
}
