import type { Badge, Printer, Printing, Queue, ServiceUp } from '../api/shapes';

/**
 * What `GET /api/live` says. `n` counts 1, 2, 3… on each socket. A beat, `{"type":"beat"}`, counts for
 * nothing: it only shows that the line is alive.
 */
export type Message = Snapshot | Happened | { n: number; type: 'gap' };

export interface Snapshot {
  n: number;
  type: 'snapshot';
  at: string;
  printing: Pick<Printing, 'on' | 'since' | 'by'>;
  service: ServiceUp;
  printers: Printer[] | null;
  queue: Queue | null;
  /** When printers and queue were last known, while the print service is away. */
  seen_at?: string | null;
  badges: Record<string, Badge>;
}

export interface Happened {
  n: number;
  type: 'event';
  at: string;
  name: string;
  payload: Record<string, unknown>;
}

/** Events whose payload this page reads. Others are passed on as they are. */
export interface Payloads {
  'flag:changed': { on: boolean; since: string; by?: string | null };
  'service:changed': ServiceUp;
  'queue:updated': { queue: Queue };
  'printer:status': { printer_id: string; printer: Printer };
  'printer:progress': { printer_id: string } & Look;
  'file:uploaded': { project: string; id: string };
  'file:deleted': { project: string; id: string };
  'file:badge': { project: string; file: string; badge: Badge };
  'print:status-update': { job_id: string; project_id: string | null; state: string };
}

/** One look at a printer, about once a second while it prints. */
export type Look = Pick<Printer, 'state' | 'message' | 'heaters' | 'progress'>;

export function parse(text: string): Message | null {
  try {
    const said = JSON.parse(text) as Partial<Message>;
    if (typeof said.n !== 'number') return null;
    if (said.type === 'snapshot' || said.type === 'event' || said.type === 'gap') {
      return said as Message;
    }
    return null;
  } catch {
    return null;
  }
}
