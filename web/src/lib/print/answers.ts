/** Asks the print service for what the pages show. */
import { answer, api } from '../api/client';
import type { World } from '../live/reducer';
import type { ShownEntry, ShownJob, ShownPrinter, ShownQueue } from './shown';

export function askJob(job: string): Promise<ShownJob> {
  return answer(api.GET('/api/print/jobs/{job}', { params: { path: { job } } }));
}

export function askQueue(): Promise<ShownQueue> {
  return answer(api.GET('/api/print/queue'));
}

export function askPrinters(): Promise<ShownPrinter[]> {
  return answer(api.GET('/api/print/printers'));
}

/** The printers of the live picture; null until they are known. */
export function printersOf({ printers }: World): ShownPrinter[] | null {
  return printers;
}

/** The jobs of the live picture that are not over; null until they are known. */
export function entriesOf({ queue }: World): ShownEntry[] | null {
  return queue?.entries ?? null;
}
