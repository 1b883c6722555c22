/** What the print service's answers carry for people, in the shapes the pages read. */
import type { components } from '../api/service';
import type { Allowed, Attempt, Estimate, Printer, Queue, QueueEntry, Reason } from '../api/shapes';

type Job = components['schemas']['Job'];

/** What is known of a print's future: about a moment, or the one before which it cannot be. */
export interface Expected {
  starts_about_at?: string | null;
  starts_not_before?: string | null;
  done_about_at?: string | null;
  done_not_before?: string | null;
  /** Why no more is known. */
  why?: Reason | null;
}

/** What is still to be printed of the jobs that the person may see. */
export interface Totals {
  copies: number;
  duration_s: number;
  filament_g: number;
  price_micros: number;
  currency?: string | null;
  without_estimate: number;
}

type Later = 'expected' | 'estimate' | 'allowed' | 'progress' | 'progress_pct' | 'place' | 'reference' | 'choice';
export type ShownEntry = Omit<QueueEntry, Later> & {
  place: number;
  allowed?: Allowed[];
  choice?: Job['choice'];
  estimate?: Estimate | null;
  expected?: Expected | null;
  progress?: Printer['progress'];
};
export type ShownQueue = Omit<Queue, 'entries' | 'totals'> & { entries: ShownEntry[]; totals?: Totals };
export type ShownJob = Omit<Job, Exclude<Later, 'allowed' | 'choice'>> & {
  estimate?: Estimate | null;
  expected?: Expected | null;
  progress_pct?: number | null;
  place?: number | null;
  /** The file it was made of. */
  reference?: string | null;
  attempts?: Attempt[];
};
export type ShownPrinter = Printer;
