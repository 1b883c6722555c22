/** What happened to a job, as one line each: a word, a shape, and who, where and why. */
import { say, t, worded, type Key } from '../i18n/index';
import type { Look, Shape, Tone } from '../states';
import type { Happened, ShownJob } from './shown';

export interface Line {
  key: string;
  at: string;
  look: Look;
  happened: Happened;
}

const LOOKS: Readonly<Record<Happened['what'], readonly [Tone, Shape]>> = {
  MADE: ['plain', 'circle'],
  PREPARED: ['plain', 'check'],
  CANNOT_PREPARE: ['danger', 'close'],
  MOVED: ['plain', 'circle'],
  PRIORITISED: ['plain', 'circle'],
  HELD: ['plain', 'pause'],
  RELEASED: ['plain', 'play'],
  PRINTER_FOUND: ['accent', 'clock'],
  STAGED: ['accent', 'clock'],
  BED_CLEARED: ['accent', 'check'],
  START_SENT: ['accent', 'clock'],
  STARTED: ['accent', 'play'],
  PAUSE_ASKED: ['plain', 'pause'],
  PAUSED: ['warn', 'pause'],
  RESUME_ASKED: ['plain', 'play'],
  RESUMED: ['accent', 'play'],
  CANCEL_ASKED: ['plain', 'slash'],
  CANCELED: ['plain', 'slash'],
  NOT_STARTED: ['warn', 'minus'],
  COMPLETED: ['ok', 'check'],
  FAILED: ['danger', 'close'],
  NEEDS_ATTENTION: ['warn', 'warning'],
  SETTLED: ['ok', 'check'],
};

function lookOf({ what, sentence }: Happened): Look {
  const known: readonly [Tone, Shape] | undefined = LOOKS[what];
  // A service newer than this page tells things the page has no words for.
  if (!known) return { word: sentence, tone: 'plain', shape: 'circle' };
  const [tone, shape] = known;
  return { word: say(`happened.${what}` as Key), tone, shape };
}

export function linesOf({ timeline }: ShownJob): Line[] {
  return timeline.map((happened, n) => ({
    key: `${n} ${happened.at}`,
    at: happened.at,
    look: lookOf(happened),
    happened,
  }));
}

/** Who, where and why, in one phrase. */
export function factsOf(
  { copy, printer, who, reason }: Happened,
  names: { person: (id: string) => string | null; printer: (id: string) => string | null },
  copies: number,
): string {
  const at = printer ? names.printer(printer) : null;
  return [
    copies > 1 && copy ? t('job.copy', { n: copy }) : null,
    at ? t('job.on', { printer: at }) : null,
    who ? names.person(who) : null,
    reason ? worded(reason).sentence : null,
  ]
    .filter(Boolean)
    .join(' · ');
}
