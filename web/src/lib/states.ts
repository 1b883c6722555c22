/** How each state looks: one word, one tone, one shape. Never by colour alone. */
import type { Allowed, Badge, JobState, Printer } from './api/shapes';
import { percent } from './format/index';
import { t } from './i18n/index';

export type Tone = 'plain' | 'accent' | 'ok' | 'warn' | 'danger';
export type Shape = 'circle' | 'clock' | 'play' | 'pause' | 'check' | 'close' | 'slash' | 'warning' | 'unplugged' | 'minus';

export interface Look {
  word: string;
  tone: Tone;
  shape: Shape;
}

/** What waits for a person: for whoever looks, when they may act, else for those who may. */
function waiting(mine: boolean): Look {
  return { word: mine ? t('needs.you') : t('needs.team'), tone: 'warn', shape: 'warning' };
}

/** `mine`: the person who looks may say what became of its print. */
export function badgeLook(badge: Badge, mine: boolean): Look | null {
  switch (badge.state) {
    case 'idle':
      return null;
    case 'queued':
      return {
        word: badge.place ? t('badge.queued_at', { place: badge.place }) : t('badge.queued'),
        tone: 'plain',
        shape: 'clock',
      };
    case 'printing': {
      const pct = badge.progress_pct;
      const word = pct === null || pct === undefined ? t('badge.printing') : t('badge.printing_at', { pct: percent(pct) });
      return { word, tone: 'accent', shape: 'play' };
    }
    case 'printed':
      return { word: t('badge.printed'), tone: 'ok', shape: 'check' };
    case 'failed':
      return { word: t('badge.failed'), tone: 'danger', shape: 'close' };
    case 'canceled':
      return { word: t('badge.canceled'), tone: 'plain', shape: 'slash' };
    case 'needs_you':
      return waiting(mine);
  }
}

export function jobLook({ state, allowed }: { state: JobState; allowed?: readonly Allowed[] }): Look {
  switch (state) {
    case 'preparing':
      return { word: t('job.preparing'), tone: 'plain', shape: 'clock' };
    case 'held':
      return { word: t('job.held'), tone: 'plain', shape: 'pause' };
    case 'queued':
      return { word: t('job.queued'), tone: 'plain', shape: 'clock' };
    case 'assigned':
      return { word: t('job.assigned'), tone: 'accent', shape: 'clock' };
    case 'printing':
      return { word: t('job.printing'), tone: 'accent', shape: 'play' };
    case 'paused':
      return { word: t('job.paused'), tone: 'warn', shape: 'pause' };
    case 'completed':
      return { word: t('job.completed'), tone: 'ok', shape: 'check' };
    case 'failed':
      return { word: t('job.failed'), tone: 'danger', shape: 'close' };
    case 'canceled':
      return { word: t('job.canceled'), tone: 'plain', shape: 'slash' };
    case 'needs_attention':
      return waiting(allowed?.includes('settle') ?? false);
  }
}

/** A printer as designers read it: Ready, Printing, Paused, Needs you, Offline. */
export function printerLook(printer: Pick<Printer, 'connected' | 'state' | 'bed'> & Partial<Pick<Printer, 'allowed'>>): Look {
  if (!printer.connected || printer.state === 'offline') {
    return { word: t('printer.offline'), tone: 'plain', shape: 'unplugged' };
  }
  switch (printer.state) {
    case 'ready':
      return printer.bed.clear
        ? { word: t('printer.ready'), tone: 'ok', shape: 'check' }
        : waiting(printer.allowed?.includes('clear_bed') ?? false);
    case 'busy':
      return { word: t('printer.busy'), tone: 'accent', shape: 'play' };
    case 'paused':
      return { word: t('printer.paused'), tone: 'warn', shape: 'pause' };
    case 'error':
      return { word: t('printer.error'), tone: 'danger', shape: 'close' };
    case 'unknown':
      return { word: t('printer.unknown'), tone: 'plain', shape: 'minus' };
  }
}
