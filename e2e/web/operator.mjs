// Whoever stands at the printers: says what is loaded, wants one started now and reads why not yet, says
// what became of a print that was lost from sight, and stops everything at once.
import assert from 'node:assert/strict';
import { Account } from './lib/account.mjs';
import { journey, outside } from './lib/journey.mjs';
import { focusIsKept } from './lib/keys.mjs';
import { block } from './lib/parts.mjs';
import { prepared } from './lib/seed.mjs';

const FILE = 'lever.stl';

await journey(async (arrive) => {
  const owner = await Account.make('owner', { name: 'Otto Operator' });
  const project = (await owner.call('POST /api/projects', { name: 'Workshop' })).id;
  const file = await owner.upload(project, FILE, block(2_000, 4));
  const otto = await arrive('otto');
  await otto.comeBy(owner);
  await theMaterial(otto);

  // Slow enough that nothing ends while somebody looks at it.
  await outside({ act: 'knobs', knobs: { speed: 2 } });
  const { id } = await owner.print(project, file);
  await prepared(owner, id);
  await startNow(otto);
  await clearBed(otto);
  await lane(otto).getByText('Printing').first().waitFor();
  assert.deepEqual(await outside({ act: 'starts' }), { starts: 1 });

  await lostFromSight(otto);
  await clearBed(otto);
  await lane(otto).getByText('Printing').first().waitFor();
  assert.deepEqual(await outside({ act: 'starts' }), { starts: 2 });
  await emergencyStop(otto);
});

async function theMaterial(otto) {
  await otto.visit('Printers');
  for (const material of ['PETG', 'PLA']) {
    await otto.click('button', 'Change: printer');
    await otto.get('radio', new RegExp(`^${material}`)).click();
    await otto.click('button', 'Save');
    await otto.reads(`${material} loaded`);
    await otto.get('button', 'Save').waitFor({ state: 'detached' });
    await focusIsKept(otto);
  }
}

async function startNow(otto) {
  await otto.visit('Queue');
  await otto.click('button', `More for ${FILE}`);
  await otto.click('menuitem', 'Start now');
  otto.expect(/status of 409 .*\/start\)/);
  await otto.click('button', 'Start now');
  await otto.get('region', 'Messages').getByText(/bed/).first().waitFor();
  assert.deepEqual(await outside({ act: 'starts' }), { starts: 0 });
}

async function clearBed(otto) {
  await otto.get('button', 'Bed is clear: printer').click();
  await otto.click('button', 'The bed is clear');
  await otto.get('button', 'The bed is clear').waitFor({ state: 'detached' });
}

async function lostFromSight(otto) {
  await outside({ act: 'kill', program: 'octoprint' });
  await outside({ act: 'start', program: 'octoprint' });
  await otto.click('button', `Say what happened: ${FILE}`);
  await otto.get('radio', 'It failed; print it again').click();
  await otto.click('button', 'Save');
  await otto.reads('Noted. The queue goes on.');
  await otto.get('main').getByRole('link', { name: FILE }).first().waitFor();
}

async function emergencyStop(otto) {
  await otto.visit('Printers');
  await otto.click('button', 'Emergency stop: printer');
  await otto.click('button', 'Stop now');
  await otto.reads('printer was told to stop. Look at it now.');
  await otto.get('article', 'printer').getByText(/^(Error|Offline)$/).first().waitFor();
  await focusIsKept(otto);
}

function lane(person) {
  return person.get('article', 'printer');
}
