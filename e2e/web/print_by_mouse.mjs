// With the mouse: sign in, add a file, see it being sent, print it, clear the bed, and watch its badge
// become "Printed" without loading the page again.
import assert from 'node:assert/strict';
import { Account } from './lib/account.mjs';
import { saidInOrder, watchBadge } from './lib/badges.mjs';
import { journey, outside, slowly } from './lib/journey.mjs';
import { asFile, block } from './lib/parts.mjs';
import { Wire } from './lib/wire.mjs';

const wire = await Wire.lay();
await journey(async (arrive) => {
  const { starts } = await outside({ act: 'starts' });
  const account = await Account.make('editor', { name: 'Mia Mouse' });
  const mia = await arrive('mia');
  await mia.goTo('/sign-in');
  await mia.get('textbox', 'E-mail address').fill(account.email);
  await mia.get('textbox', 'Password').fill(account.password);
  await mia.click('button', 'Sign in');
  await mia.sees('heading', 'Hello, Mia');
  await slowly();
  const loads = mia.loads;

  await mia.visit('Projects');
  await mia.click('link', 'Your drafts');
  await mia.sees('heading', 'Your drafts');
  wire.slow(1_500_000);
  const began = performance.now();
  const file = asFile('gear.stl', block(6_000_000));
  await mia.pick(() => mia.get('button', 'Add files').first().click(), file);
  const seen = await progressOf(mia, 'Upload of gear.stl');
  assert.ok(seen > 0 && seen < 100, `progress on the way: ${seen}`);
  await mia.sees('heading', 'gear.stl');
  wire.mend();
  const sent_s = (performance.now() - began) / 1_000;

  await mia.click('link', /^Print.*gear.stl/);
  await mia.get('radio', /Quick Draft/).click();
  await mia.reads(/Time and cost/);
  await mia.get('rowheader', 'In all').waitFor();
  await mia.click('button', /^Print/);
  await mia.sees('heading', 'It is on its way');
  await mia.get('link', 'Back to the files').click();
  const said = await watchBadge(mia, 'gear.stl');

  await clearedInAnotherTab(mia);
  await mia.cardSays('gear.stl', 'Printed', { timeout: 300_000 });
  saidInOrder(await said(), [/^Queued/, /^Printing \d+ %$/, /^Printed$/]);
  assert.equal(mia.loads, loads, 'nothing was loaded again');
  assert.deepEqual(await outside({ act: 'starts' }), { starts: starts + 1 });
  console.log(`6 MB in ${sent_s.toFixed(1)} s, printed in ${((performance.now() - began) / 1_000).toFixed(1)} s`);
}, { wire });

/** The page with the file stays as it is: the bed is called clear in a second tab of the same person. */
async function clearedInAnotherTab(mia) {
  const tab = await mia.anotherTab();
  await tab.goTo('/printers');
  await tab.get('button', /^Bed is clear/).first().click();
  await tab.click('button', 'The bed is clear');
  await tab.get('button', 'The bed is clear').waitFor({ state: 'detached' });
}

/** Waits until the bar has moved from where it begins; how far it is. */
async function progressOf(person, name) {
  const bar = person.get('progressbar', name).first();
  await bar.waitFor();
  for (;;) {
    const now = Number(await bar.getAttribute('value'));
    if (now > 0) return now;
  }
}
