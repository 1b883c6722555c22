import { cell } from '../lib/cell';

/** Somebody waits for the person to show the password again; null when nobody does. */
export const proof = cell<{ done: (shown: boolean) => void } | null>(null);

/** Asks for the password, for what cannot easily be taken back; whether it was shown. */
export function askForProof(): Promise<boolean> {
  return new Promise((done) => {
    proof.get()?.done(false);
    proof.set({ done });
  });
}
