/** How each state looks: one word, one tone, one shape. Never by colour alone. */
import type { Badge, JobState, Printer } from './api/shapes';
import { percent } from './format/index';
import { t } from './i18n/index';

export type Tone = 'plain' | 'accent' | 'ok' | 'warn' | 'danger';
export type Shape = 'circle' | 'clock' | 'play' | 'pause' | 'check' | 'close' | 'slash' | 'warning' | 'unplugged' | 'minus';

export interface Look {
  word: string;
  tone: Tone;
  shape: Shape;
}

export function badgeLook(badge: Badge): Look | null {
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
      return { word: t('badge.needs_you'), tone: 'warn', shape: 'warning' };
  }
}

export function jobLook(state: JobState): Look {
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
      return { word: t('job.needs_attention'), tone: 'warn', shape: 'warning' };
  }
}

/** A printer as designers read it: Ready, Printing, Paused, Needs you, Offline. */
export function printerLook(printer: Pick<Printer, 'connected' | 'state' | 'bed'>): Look {
  if (!printer.connected || printer.state === 'offline') {
    return { word: t('printer.offline'), tone: 'plain', shape: 'unplugged' };
  }
  switch (printer.state) {
    case 'ready':
      return printer.bed.clear
        ? { word: t('printer.ready'), tone: 'ok', shape: 'check' }
        : { word: t('printer.needs_you'), tone: 'warn', shape: 'warning' };
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
