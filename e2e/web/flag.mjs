// The one switch, seen by open pages at once: what waits stays, what runs finishes or is stopped, and
// nobody can print. Then the print service dies and comes back: the pages of the studio go on.
import assert from 'node:assert/strict';
import { Account } from './lib/account.mjs';
import { journey, outside, part, until } from './lib/journey.mjs';
import { ask } from './lib/page_calls.mjs';
import { block } from './lib/parts.mjs';
import { clear, prepared, stateOf } from './lib/seed.mjs';

const ON_HOLD = /^Printing is on hold for your organisation/;
const SEEN_WITHIN_MS = 2_000;
const wish = { material: 'PLA', quality: 'draft', copies: 1, supports: false, infill_pct: 10, notes: '', printer: null };

await journey(async (arrive) => {
  const owner = await Account.make('owner', { name: 'Olivia Owner' });
  const editor = await Account.make('manager', { name: 'Max Manager' });
  const project = (await owner.call('POST /api/projects', { name: 'Gearbox' })).id;
  // Slow enough that nothing ends while somebody looks at it, however slow the machine is.
  await speed(5);
  const first = await owner.upload(project, 'first.stl', block(2_000, 4));
  const second = await owner.upload(project, 'second.stl', block(3_000, 4));
  const [olivia, max] = [await arrive('olivia'), await arrive('max')];
  await olivia.comeBy(owner);
  await max.comeBy(editor);
  const jobs = [];
  for (const file of [first, second]) {
    jobs.push((await owner.print(project, file)).id);
    // One after the other: whichever is prepared first comes first.
    await prepared(owner, jobs.at(-1));
  }
  await clear(owner);
  await until('the first to run', async () => (await stateOf(owner, jobs[0])) === 'printing');

  await max.visit('Projects');
  await max.click('link', 'Gearbox');
  await max.cardSays('first.stl', /^Printing/);
  const loads = max.loads;
  await theSwitch({ olivia, max, owner, project, first, jobs });
  await theService({ max, project });
  assert.equal(max.loads, loads, 'nothing was loaded again');
});

async function theSwitch({ olivia, max, owner, project, first, jobs }) {
  await olivia.visit('Printing');
  const off_ms = await flips(olivia, max, async () => {
    await olivia.get('switch', 'Printing is on').click();
    await olivia.click('button', 'Switch off');
  }, () => max.reads('Printing comes soon', { timeout: SEEN_WITHIN_MS }));
  const refused = await ask(max, `POST /api/projects/${project}/print/jobs`, { ...wish, file: first });
  assert.equal(refused.status, 503);
  assert.equal(refused.body.code, 'PRINTING_SERVICE_DISABLED');

  await speed(120);
  await max.cardSays('first.stl', 'Printed', { timeout: 90_000 });
  await speed(5);
  await max.cardSays('second.stl', /^Queued/);
  await clear(owner);
  await max.visit('Queue');
  await max.reads(ON_HOLD);
  assert.match(await stateOf(owner, jobs[1]), /^(queued|assigned)$/);
  assert.deepEqual(await outside({ act: 'starts' }), { starts: 1 });

  assert.deepEqual(await outside({ act: 'starts' }), { starts: 1 }, 'nothing was started while it was off');
  const on_ms = await flips(olivia, max, () => olivia.get('switch', 'Printing is off').click(),
    () => max.page.getByText(ON_HOLD).waitFor({ state: 'detached', timeout: SEEN_WITHIN_MS }));
  await until('the second to run', async () => (await stateOf(owner, jobs[1])) === 'printing');
  await olivia.get('switch', 'Printing is on').click();
  await olivia.click('button', 'Switch off');
  await max.click('link', 'second.stl');
  await max.get('button', 'Cancel print').click();
  await max.get('alertdialog').or(max.get('dialog')).getByRole('button', { name: 'Cancel print' }).click();
  await max.get('main').getByText('Canceled').first().waitFor();
  await olivia.get('switch', 'Printing is off').click();
  console.log(`off seen in ${off_ms.toFixed(0)} ms, on in ${on_ms.toFixed(0)} ms`);
}

/** Printer seconds per second. */
function speed(times) {
  return outside({ act: 'knobs', knobs: { speed: times } });
}

/** How long it took until the other page has seen it. */
async function flips(olivia, max, press, sees) {
  await press();
  const began = performance.now();
  await sees();
  return performance.now() - began;
}

async function theService({ max, project }) {
  await max.visit('Printers');
  await max.sees('article', 'printer');
  // From here on any call of the page may meet nobody: the browser writes each into its console.
  await max.during([/status of 50[34]/], () => goneAndBack(max, project));
  await max.visit('Projects');
  await max.sees('link', 'Gearbox');
}

async function goneAndBack(max, project) {
  await outside({ act: 'kill', program: 'service' });
  const died = performance.now();
  await max.reads(/^Printing is out of reach since/);
  const seen_ms = performance.now() - died;
  await max.sees('article', 'printer');
  await max.reads(/^As known at/);

  await max.visit('Projects');
  await max.click('link', 'Gearbox');
  await max.pick(() => max.get('button', 'Add files').first().click(), part);
  await max.sees('heading', part.split('/').at(-1));
  await max.reads(/^Printing is out of reach since/);

  await outside({ act: 'start', program: 'service' });
  const back = performance.now();
  await max.page.getByText(/^Printing is out of reach since/).waitFor({ state: 'detached', timeout: 30_000 });
  const back_ms = performance.now() - back;
  await max.visit('Printers');
  await max.sees('article', 'printer');
  await max.page.getByText(/^As known at/).first().waitFor({ state: 'detached' });
  await max.reads('Live');
  console.log(`service gone: said after ${seen_ms.toFixed(0)} ms; back: followed ${back_ms.toFixed(0)} ms after it was ready (${project})`);
}
