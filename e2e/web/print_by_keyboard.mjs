// The same without a mouse: every step by keys, and the focus is never on nothing.
import assert from 'node:assert/strict';
import { Account } from './lib/account.mjs';
import { saidInOrder, watchBadge } from './lib/badges.mjs';
import { journey, outside, part, slowly } from './lib/journey.mjs';
import { enter, focusIsKept, jump, tabTo } from './lib/keys.mjs';

const name = part.split('/').at(-1);

await journey(async (arrive) => {
  const { starts } = await outside({ act: 'starts' });
  const account = await Account.make('editor', { name: 'Kay Keys' });
  const kay = await arrive('kay');
  const keys = kay.page.keyboard;
  await kay.goTo('/sign-in');
  await kay.sees('button', 'Sign in');
  await tabTo(kay, 'textbox', 'E-mail address');
  await keys.type(account.email);
  await tabTo(kay, 'textbox', 'Password');
  await keys.type(account.password);
  await keys.press('Enter');
  await kay.sees('heading', 'Hello, Kay');
  await focusIsKept(kay);
  await slowly();
  const loads = kay.loads;

  await kay.sees('button', 'Choose a file');
  await tabTo(kay, 'button', 'Choose a file');
  await kay.pick(() => keys.press('Enter'), part);
  await kay.sees('heading', name, { level: 1 });
  await focusIsKept(kay);

  await kay.sees('radio', /^Standard Quality/);
  await tabTo(kay, 'radio', /^Standard Quality/);
  await keys.press('ArrowUp');
  assert.ok(await kay.get('radio', /^Quick Draft/).isChecked());
  await kay.sees('rowheader', 'In all');
  await enter(kay, 'button', /^Print/);
  await kay.sees('heading', 'It is on its way');
  await focusIsKept(kay);

  await jump(kay, 'Projects');
  await enter(kay, 'link', 'Your drafts');
  await kay.sees('heading', 'Your drafts', { level: 1 });
  await focusIsKept(kay);
  const said = await watchBadge(kay, name);

  await clearedInAnotherTab(kay);
  await kay.cardSays(name, 'Printed', { timeout: 90_000 });
  saidInOrder(await said(), [/^Queued/, /^Printing \d+ %$/, /^Printed$/]);
  await theRestByKeys(kay, keys);
  assert.equal(kay.loads, loads, 'nothing was loaded again');
  assert.deepEqual(await outside({ act: 'starts' }), { starts: starts + 1 });
});

/** The page with the file stays as it is: the bed is called clear in a second tab of the same person. */
async function clearedInAnotherTab(kay) {
  const tab = await kay.anotherTab();
  await tab.goTo('/');
  await tab.sees('heading', 'Hello, Kay');
  await jump(tab, 'Printers');
  await tab.sees('button', /^Bed is clear/);
  await enter(tab, 'button', /^Bed is clear/);
  await tab.sees('button', 'The bed is clear');
  await focusIsKept(tab);
  await enter(tab, 'button', 'The bed is clear');
  await tab.get('button', 'The bed is clear').waitFor({ state: 'detached' });
  await focusIsKept(tab);
  await tab.page.close();
}

/** Every other place, a menu, dialogs that are left and answered: the focus is somewhere each time. */
async function theRestByKeys(kay, keys) {
  await enter(kay, 'button', `More for ${name}`);
  await keys.press('End');
  await keys.press('Enter');
  await kay.sees('button', 'Delete file');
  await focusIsKept(kay);
  await keys.press('Escape');
  await kay.get('button', 'Delete file').waitFor({ state: 'detached' });
  await focusIsKept(kay);
  await enter(kay, 'button', `More for ${name}`);
  await keys.press('End');
  await keys.press('Enter');
  await enter(kay, 'button', 'Delete file');
  await kay.get('article', name).waitFor({ state: 'detached' });
  await focusIsKept(kay);
  for (const place of ['Queue', 'Printing', 'Settings', 'Projects']) await jump(kay, place);
}
