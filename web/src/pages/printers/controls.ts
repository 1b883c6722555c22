/** What people do with a printer by hand: said when it was done, or why not. */
import { answer, api } from '../../lib/api';
import { t } from '../../lib/i18n';
import { toast, toastError } from '../../ui/toasts';

export type Axis = 'x' | 'y' | 'z';
interface AtHand {
  id: string;
  name: string;
}
type After = () => unknown;
const on = ({ id }: AtHand) => ({ params: { path: { printer: id } } });

async function act(call: Promise<unknown>, said: string, after: After): Promise<void> {
  try {
    await call;
    toast({ tone: 'ok', text: said });
  } catch (thrown) {
    toastError(thrown);
  }
  after();
}

export function heat(printer: AtHand, body: { nozzle_c: number; bed_c: number }, after: After): Promise<void> {
  const call = answer(api.PUT('/api/print/printers/{printer}/temperatures', { ...on(printer), body }));
  return act(call, t('control.said_heat', { printer: printer.name }), after);
}

export function coolDown(printer: AtHand, after: After): Promise<void> {
  const call = answer(api.DELETE('/api/print/printers/{printer}/temperatures', on(printer)));
  return act(call, t('heat.said_off', { printer: printer.name }), after);
}

export function home(printer: AtHand, axes: Axis[], after: After): Promise<void> {
  const call = answer(api.POST('/api/print/printers/{printer}/homing', { ...on(printer), body: { axes } }));
  return act(call, t('control.said_home', { printer: printer.name }), after);
}

export function jog(printer: AtHand, axis: Axis, by_mm: number, after: After): Promise<void> {
  const body = { [`${axis}_mm`]: by_mm };
  const call = answer(api.POST('/api/print/printers/{printer}/jogs', { ...on(printer), body }));
  return act(call, t('control.said_jog', { printer: printer.name }), after);
}

export function connection(printer: AtHand, wanted: boolean, after: After): Promise<void> {
  const at = '/api/print/printers/{printer}/connection' as const;
  const call = wanted ? answer(api.PUT(at, on(printer))) : answer(api.DELETE(at, on(printer)));
  const said = wanted ? t('control.said_connect', { printer: printer.name }) : t('control.said_disconnect', { printer: printer.name });
  return act(call, said, after);
}

/** The printer is asked how it stands now, beside the usual looks. */
export function lookAgain(printer: AtHand, after: After): Promise<void> {
  const call = answer(api.POST('/api/print/printers/{printer}/refresh', on(printer)));
  return act(call, t('control.said_refresh', { printer: printer.name }), after);
}
