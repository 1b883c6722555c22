/** What operators do with the order of the queue: the same by keys, by mouse and by touch. */
import { answer, api, asApiError, type Allowed } from '../../lib/api';
import { announce } from '../../lib/a11y';
import { t } from '../../lib/i18n';
import { movesOf, type Spot } from '../../lib/print/order';
import type { ShownEntry } from '../../lib/print/shown';
import { confirm } from '../../ui/confirm';
import type { Item } from '../../ui/item';
import { toast, toastError } from '../../ui/toasts';

export interface Line {
  waiting: readonly ShownEntry[];
  version: number;
  /** Asks again; the job that was moved keeps the focus. */
  after: (moved?: string) => unknown;
}

/** Items for the menu of a job that waits. */
export function orderItems(entry: ShownEntry, line: Line): Item[] {
  const { job } = entry;
  const name = entry.name ?? t('queue.other');
  if (!job) return [];
  const may = (word: Allowed): boolean => entry.allowed.includes(word);
  const items: Item[] = [];
  const add = (label: string, icon: Item['icon'], run: () => unknown) => items.push({ label, icon, run: () => void run() });
  if (may('move')) {
    const moves = movesOf(line.waiting, job);
    const move = (spot: Spot) => () => change(() => put(job, spot, line.version), t('queue.moved', { name }), job, line);
    if (moves.first) add(t('queue.move_first'), 'up', move(moves.first));
    if (moves.up) add(t('queue.move_up'), 'up', move(moves.up));
    if (moves.down) add(t('queue.move_down'), 'down', move(moves.down));
    if (moves.last) add(t('queue.move_last'), 'down', move(moves.last));
  }
  if (may('prioritise')) {
    for (const priority of (['raised', 'normal', 'low'] as const).filter((one) => one !== entry.priority)) {
      const call = () => answer(api.PUT('/api/print/jobs/{job}/priority', { params: { path: { job } }, body: { priority } }));
      add(t(`queue.make_${priority}`), 'clock', () => change(call, t(`queue.now_${priority}`, { name }), job, line));
    }
  }
  return items;
}

const put = (job: string, spot: Spot, version: number) =>
  answer(api.PUT('/api/print/queue/order', { body: { job, version, ...spot } }));

async function change(call: () => Promise<unknown>, said: string, job: string, { after }: Line): Promise<void> {
  try {
    await call();
    announce(said);
  } catch (thrown) {
    toastError(asApiError(thrown));
  }
  after(job);
}

/** Takes everything out that waits; what has begun stays, and is told. */
export async function clearQueue(after: () => unknown): Promise<void> {
  const sure = await confirm({
    title: t('queue.clear_title'),
    text: t('queue.clear_text'),
    act: t('queue.clear_sure'),
    danger: true,
  });
  if (!sure) return;
  try {
    const { copies, left } = await answer(api.DELETE('/api/print/queue'));
    const rest = left.length > 0 ? ` ${t('queue.clear_left', { n: left.length })}` : '';
    toast({ tone: 'ok', text: t('queue.cleared', { n: copies }) + rest });
  } catch (thrown) {
    toastError(thrown);
  }
  after();
}

/** Held back by the service itself since a printer was out of sight for long. */
export const heldByAbsence = (entries: readonly ShownEntry[]): ShownEntry[] =>
  entries.filter(
    ({ allowed, copies }) =>
      (allowed ?? []).includes('release') && copies.some(({ waits_for }) => waits_for?.code === 'HELD_AFTER_ABSENCE'),
  );

export async function releaseAll(after: () => unknown): Promise<void> {
  try {
    await answer(api.DELETE('/api/print/queue/hold'));
    toast({ tone: 'ok', text: t('queue.absence_over') });
  } catch (thrown) {
    toastError(thrown);
  }
  after();
}
