/** What happened to a job, newest last, from what the answers tell. Pure. */
import type { Attempt, Copy } from '../api/shapes';
import { jobLook, type Look } from '../states';
import type { ShownJob } from './shown';

export interface Moment {
  key: string;
  at: string;
  look: Look;
  /** Number of the copy, when there are several. */
  copy: number | null;
  printer: string | null;
  by: string | null;
  sentence: string | null;
}

const ENDS = { completed: 'completed', failed: 'failed', canceled: 'canceled', unsure: 'needs_attention' } as const;

function numberOf(job: ShownJob, copy: string): number | null {
  return job.copies.length > 1 ? (job.copies.find(({ id }) => id === copy)?.number ?? null) : null;
}

function ofAttempt(job: ShownJob, attempt: Attempt): Moment[] {
  const { id, created_at, started_at, ended_at, printer, state } = attempt;
  const copy = numberOf(job, attempt.copy);
  const base = { copy, printer, by: null, sentence: null };
  const moments: Moment[] = [{ ...base, key: `${id} given`, at: created_at, look: jobLook('assigned') }];
  if (started_at) moments.push({ ...base, key: `${id} started`, at: started_at, look: jobLook('printing') });
  const end = state in ENDS ? ENDS[state as keyof typeof ENDS] : null;
  if (ended_at && end) {
    const sentence = attempt.reason?.sentence ?? null;
    moments.push({ ...base, key: `${id} ended`, at: ended_at, look: jobLook(end), sentence });
  }
  return moments;
}

/** Copies that ended without a try: canceled while they waited. */
function ofCopy(job: ShownJob, copy: Copy): Moment[] {
  const over = ['completed', 'failed', 'canceled'].includes(copy.state);
  if (!over || copy.attempt) return [];
  const sentence = copy.reason?.sentence ?? null;
  const at = copy.since;
  return [{ key: copy.id, at, look: jobLook(copy.state), copy: numberOf(job, copy.id), printer: null, by: null, sentence }];
}

export function momentsOf(job: ShownJob): Moment[] {
  const made: Moment = {
    key: 'made',
    at: job.created_at,
    look: jobLook('queued'),
    copy: null,
    printer: null,
    by: job.person,
    sentence: null,
  };
  const rest = [
    ...(job.attempts ?? []).flatMap((attempt) => ofAttempt(job, attempt)),
    ...job.copies.flatMap((copy) => ofCopy(job, copy)),
  ];
  return [made, ...rest.sort((a, b) => Date.parse(a.at) - Date.parse(b.at))];
}
