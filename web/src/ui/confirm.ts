import { cell } from '../lib/cell';

export interface Question {
  title: string;
  text: string;
  /** What the button does, as a verb: "Delete file". */
  act: string;
  /** What leaving it as it is is called; "Keep it" by default. */
  keep?: string;
  danger?: boolean;
}

interface Asked extends Question {
  answer: (yes: boolean) => void;
}

export const question = cell<Asked | null>(null);

/** Asks before something that cannot be taken back: `if (await confirm({…})) …`. */
export function confirm(asked: Question): Promise<boolean> {
  return new Promise((answer) => {
    question.get()?.answer(false);
    question.set({ ...asked, answer });
  });
}
