import './tokens.css';
import './app.css';
import { mount } from 'svelte';
import { keepFocus } from './lib/a11y';
import { refreshMe, speak } from './lib/api';
import { preferred, speakIn, storedLocale, t } from './lib/i18n';
import { readLetters } from './lib/keys/letters';
import { start } from './lib/router';
import { readLooks } from './lib/theme';
import App from './App.svelte';

readLooks();
readLetters();
speak({
  offline: () => ({ sentence: t('error.offline'), remedy: t('error.offline_remedy') }),
  no_answer: () => ({ sentence: t('error.no_answer'), remedy: t('error.no_answer_remedy') }),
});
start();
keepFocus();
// Words first: even a failed first question is answered in them.
const asked = refreshMe();
await speakIn(preferred(storedLocale(), navigator.languages));
await asked;
const target = document.getElementById('app');
if (target) mount(App, { target });
