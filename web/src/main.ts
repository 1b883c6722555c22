import './tokens.css';
import './app.css';
import { mount } from 'svelte';
import { keepFocus } from './lib/a11y';
import { onProof, refreshMe, speak, wasIn } from './lib/api';
import { expectWords, preferred, speakIn, storedLocale, t } from './lib/i18n';
import { readLetters } from './lib/keys/letters';
import { find, start } from './lib/router';
import { readLooks } from './lib/theme';
import { frames, routes } from './routes';
import { askForProof } from './ui/proof';
import App from './App.svelte';

/** What will most likely be shown is fetched while the studio is asked who is here. */
function fetchEarly(): void {
  const route = find(routes, location.pathname)?.route;
  if (!route || (route.access === 'signed_in' && !wasIn())) return;
  expectWords(route.words);
  void Promise.allSettled([route.page(), frames[route.frame]()]);
}

readLooks();
readLetters();
speak({
  offline: () => ({ sentence: t('error.offline'), remedy: t('error.offline_remedy') }),
  no_answer: () => ({ sentence: t('error.no_answer'), remedy: t('error.no_answer_remedy') }),
  unreadable: () => ({ sentence: t('error.unreadable'), remedy: t('error.unreadable_remedy') }),
});
start();
onProof(askForProof);
keepFocus();
fetchEarly();
// Words first: even a failed first question is answered in them.
const asked = refreshMe();
await speakIn(preferred(storedLocale(), navigator.languages));
await asked;
const target = document.getElementById('app');
if (target) mount(App, { target });
