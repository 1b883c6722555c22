/** Asks the print service for what the pages show, in the shapes they read. */
import { answer, api } from '../api/client';
import type { World } from '../live/reducer';
import type { ShownEntry, ShownJob, ShownPrinter, ShownQueue } from './shown';

export async function askJob(job: string): Promise<ShownJob> {
  return (await answer(api.GET('/api/print/jobs/{job}', { params: { path: { job } } }))) as ShownJob;
}

export async function askQueue(): Promise<ShownQueue> {
  return (await answer(api.GET('/api/print/queue'))) as ShownQueue;
}

export async function askPrinters(): Promise<ShownPrinter[]> {
  return (await answer(api.GET('/api/print/printers'))) as ShownPrinter[];
}

/** The printers of the live picture; null until they are known. */
export function printersOf(world: World): ShownPrinter[] | null {
  return world.printers as ShownPrinter[] | null;
}

/** The jobs of the live picture that are not over; null until they are known. */
export function entriesOf(world: World): ShownEntry[] | null {
  return world.queue?.entries ?? null;
}
