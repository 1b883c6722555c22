/** What the print service's answers carry for people, in the shapes the pages read. */
import type { components } from '../api/service';
import type { Allowed, Estimate, Printer, Queue, QueueEntry, Reason } from '../api/shapes';

type Job = components['schemas']['Job'];

/** What is known of a print's future: about a moment, or the one before which it cannot be. */
export interface Expected {
  starts_about_at?: string | null;
  starts_not_before_at?: string | null;
  done_about_at?: string | null;
  done_not_before_at?: string | null;
  /** Why no more is known. */
  unknown_because?: Reason | null;
}

/** One thing that happened to a job. */
export interface Happening {
  at: string;
  what: string;
  sentence?: string | null;
  by?: string | null;
  printer?: string | null;
  copy?: number | null;
}

export type ShownEntry = QueueEntry &
  Expected & {
    allowed?: Allowed[];
    reference?: string | null;
    choice?: Job['choice'];
    estimate?: Estimate | null;
    waits_for?: Reason | null;
  };
export type ShownQueue = Omit<Queue, 'entries'> & { entries: ShownEntry[] };
export type ShownJob = Omit<Job, 'estimate'> &
  Expected & {
    estimate?: Estimate | null;
    place?: number | null;
    reference?: string | null;
    timeline?: Happening[];
    actual?: { duration_s?: number | null; filament_g?: number | null } | null;
    attempts?: components['schemas']['Attempt'][];
  };
export type PrinterAct = 'clear_bed' | 'load' | 'emergency_stop' | 'heaters_off';
export type ShownPrinter = Printer & {
  bed: { can_be_cleared?: boolean };
  job?: { other_project: boolean; id?: string | null; name?: string | null; project?: string | null } | null;
  allowed?: PrinterAct[];
};
