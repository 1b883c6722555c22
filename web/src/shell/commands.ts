import type { Me } from '../lib/api';
import { t } from '../lib/i18n';
import type { Command } from '../lib/keys';
import { go } from '../lib/router';
import { places } from './rail';

/** Chords of the main places; they work once single letters are switched on. */
const KEYS: Record<string, string> = {
  '/': 'g h',
  '/projects': 'g l',
  '/queue': 'g q',
  '/printers': 'g r',
};

/** What can be done from everywhere. */
export function everywhere(me: Me, openPalette: () => void): Command[] {
  const to = [...places(me, 'main'), ...places(me, 'admin')].map(({ path, title }): Command => {
    const command = { id: `go ${path}`, title: t('palette.go', { place: t(title) }), run: () => go(path) };
    const keys = KEYS[path];
    return keys ? { ...command, keys } : command;
  });
  return [
    { id: 'palette', title: t('palette.open'), keys: 'mod+k', run: openPalette },
    ...to,
    { id: 'settings', title: t('palette.go', { place: t('page.settings') }), run: () => go('/settings') },
  ];
}
