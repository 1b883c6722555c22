import { me } from '../api/session';
import { announce } from '../a11y/index';
import { t } from '../i18n/index';
import { send } from './sender';
import type { Upload } from './state';
import { Tray } from './tray';

function tell(upload: Upload): void {
  if (upload.state.is === 'done') announce(t('upload.said_done', { name: upload.name }));
  if (upload.state.is === 'failed') {
    announce(t('upload.said_failed', { name: upload.name, why: upload.state.error.sentence }));
  }
}

/** The one tray of this page. */
export const tray = new Tray({
  send: (project, file, hears) => send(me().person.id, project, file, hears),
  now: () => Date.now(),
  later: (run, ms) => void setTimeout(run, ms),
  over: tell,
});

export { interrupted, type Interrupted } from './interrupted';
export { isOver, isUnderWay, mayTryAgain, progressPct, type Upload, type UploadState } from './state';
