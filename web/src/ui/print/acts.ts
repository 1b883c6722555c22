/** What people do with jobs and printers: asked where it cannot be taken back, and said when done. */
import { answer, api } from '../../lib/api';
import type { Allowed, Material, SettledAs } from '../../lib/api';
import { t } from '../../lib/i18n';
import { materialName } from '../../lib/print/words';
import { confirm } from '../confirm';
import type { Item } from '../item';
import { toast, toastError } from '../toasts';

export interface JobAtHand {
  id: string;
  name: string;
  allowed: readonly Allowed[];
}
type After = () => unknown;

/** Does it, says that it is done or why not, and lets the page ask again. */
async function act(doing: () => Promise<unknown>, done: string, after: After): Promise<boolean> {
  try {
    await doing();
    toast({ tone: 'ok', text: done });
    return true;
  } catch (thrown) {
    toastError(thrown);
    return false;
  } finally {
    after();
  }
}

const at = (job: string) => ({ params: { path: { job } } });

export async function cancelJob({ id, name }: JobAtHand, after: After): Promise<void> {
  const sure = await confirm({
    title: t('act.cancel_title', { name }),
    text: t('act.cancel_text'),
    act: t('act.cancel_sure'),
    danger: true,
  });
  if (!sure) return;
  await act(() => answer(api.POST('/api/print/jobs/{job}/cancellation', at(id))), t('act.canceled', { name }), after);
}

async function startJob({ id, name }: JobAtHand, after: After): Promise<void> {
  const sure = await confirm({
    title: t('act.start_title', { name }),
    text: t('act.start_text'),
    act: t('act.start_sure'),
    keep: t('act.start_not_yet'),
  });
  if (!sure) return;
  await act(() => answer(api.POST('/api/print/jobs/{job}/start', at(id))), t('act.started', { name }), after);
}

/** What the answer allows with a job, as a menu. Settling has a dialog of its own. */
export function jobItems(job: JobAtHand, after: After): Item[] {
  const { id, name } = job;
  const one = (label: string, icon: Item['icon'], run: () => unknown): Item => ({ label, icon, run: () => void run() });
  const items: Partial<Record<Allowed, Item>> = {
    start: one(t('act.start'), 'play', () => startJob(job, after)),
    pause: one(t('act.pause'), 'pause', () =>
      act(() => answer(api.PUT('/api/print/jobs/{job}/pause', at(id))), t('act.pausing', { name }), after),
    ),
    resume: one(t('act.resume'), 'play', () =>
      act(() => answer(api.DELETE('/api/print/jobs/{job}/pause', at(id))), t('act.resuming', { name }), after),
    ),
    hold: one(t('act.hold'), 'pause', () =>
      act(() => answer(api.PUT('/api/print/jobs/{job}/hold', at(id))), t('act.held', { name }), after),
    ),
    release: one(t('act.release'), 'play', () =>
      act(() => answer(api.DELETE('/api/print/jobs/{job}/hold', at(id))), t('act.released', { name }), after),
    ),
    cancel: { ...one(t('act.cancel'), 'close', () => cancelJob(job, after)), danger: true, apart: true },
  };
  const order: Allowed[] = ['start', 'resume', 'pause', 'release', 'hold', 'cancel'];
  return order.filter((word) => job.allowed.includes(word)).flatMap((word) => items[word] ?? []);
}

export function settle(copy: string, outcome: SettledAs, after: After): Promise<boolean> {
  const call = () =>
    answer(api.POST('/api/print/copies/{copy}/settlement', { params: { path: { copy } }, body: { outcome } }));
  return act(call, t('settle.done'), after);
}

interface PrinterAtHand {
  id: string;
  name: string;
}
const on = (printer: string) => ({ params: { path: { printer } } });

/** One press after a question that says which printer: people stand before the wrong one easily. */
export async function clearBed({ id, name }: PrinterAtHand, after: After): Promise<void> {
  const sure = await confirm({
    title: t('bed.ask_title', { printer: name }),
    text: t('bed.ask_text', { printer: name }),
    act: t('bed.ask_sure'),
    keep: t('bed.ask_not_yet'),
  });
  if (!sure) return;
  const call = () => answer(api.PUT('/api/print/printers/{printer}/bed-clearance', { ...on(id), body: {} }));
  await act(call, t('bed.said', { printer: name }), after);
}

export function setLoaded({ id, name }: PrinterAtHand, material: Material | null, after: After): Promise<boolean> {
  const call = () => answer(api.PUT('/api/print/printers/{printer}/loaded', { ...on(id), body: { material } }));
  const done = material
    ? t('loaded.said', { printer: name, material: materialName(material) })
    : t('loaded.said_nothing', { printer: name });
  return act(call, done, after);
}

export function heatersOff({ id, name }: PrinterAtHand, after: After): Promise<boolean> {
  const call = () => answer(api.POST('/api/print/printers/{printer}/heaters-off', on(id)));
  return act(call, t('heat.said_off', { printer: name }), after);
}

export function emergencyStop({ id, name }: PrinterAtHand, after: After): Promise<boolean> {
  const call = () => answer(api.POST('/api/print/printers/{printer}/emergency-stop', on(id)));
  return act(call, t('stop.said', { printer: name }), after);
}
