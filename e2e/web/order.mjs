// The order of the queue in two operators' hands: moved by keys, seen by the other, made urgent, cleared.
import assert from 'node:assert/strict';
import { Account } from './lib/account.mjs';
import { journey } from './lib/journey.mjs';
import { enter, focusIsKept } from './lib/keys.mjs';
import { block } from './lib/parts.mjs';
import { prepared } from './lib/seed.mjs';

/** More than any menu holds. */
const ITEMS_MAX = 20;
const FILES = ['a.stl', 'b.stl', 'c.stl'];

await journey(async (arrive) => {
  const owner = await Account.make('owner', { name: 'Olivia Owner' });
  const manager = await Account.make('manager', { name: 'Max Manager' });
  const project = (await owner.call('POST /api/projects', { name: 'Gearbox' })).id;
  for (const name of FILES) {
    const { id } = await owner.print(project, await owner.upload(project, name, block(2_000)));
    // One after the other: they stand in this order.
    await prepared(owner, id);
  }
  const [olivia, max] = [await arrive('olivia'), await arrive('max')];
  for (const [person, account] of [[olivia, owner], [max, manager]]) {
    await person.comeBy(account);
    await person.visit('Queue');
    await stands(person, FILES);
  }

  await by(olivia, 'b.stl', 'Move up');
  await stands(olivia, ['b.stl', 'a.stl', 'c.stl']);
  await stands(max, ['b.stl', 'a.stl', 'c.stl']);
  await focusIsOn(olivia, 'More for b.stl');

  await by(max, 'c.stl', 'Make urgent');
  await stands(max, ['c.stl', 'b.stl', 'a.stl']);
  await stands(olivia, ['c.stl', 'b.stl', 'a.stl']);
  await olivia.reads('urgent');
  await by(olivia, 'b.stl', 'Move down');
  await stands(olivia, ['c.stl', 'a.stl', 'b.stl']);

  await enter(olivia, 'button', 'Clear queue');
  await olivia.click('button', 'Cancel all that waits');
  await olivia.sees('heading', 'Nothing waits');
  await max.sees('heading', 'Nothing waits');
  await focusIsKept(olivia);
});

/** Takes this from the menu of a file with keys alone. */
async function by(person, file, act) {
  await enter(person, 'button', `More for ${file}`);
  const item = person.get('menuitem', act);
  const hasFocus = () => item.evaluate((element) => element === document.activeElement);
  for (let step = 0; step < ITEMS_MAX && !(await hasFocus()); step += 1) await person.page.keyboard.press('ArrowDown');
  assert.ok(await hasFocus(), `${act} has the focus`);
  await person.page.keyboard.press('Enter');
}

async function stands(person, files) {
  const wanted = files.join();
  const read = (wanted) =>
    [...document.querySelectorAll('ol > li a.name')].map((link) => link.textContent).join() === wanted;
  await person.page.waitForFunction(read, wanted);
}

async function focusIsOn(person, name) {
  await person.page.waitForFunction((name) => document.activeElement?.getAttribute('aria-label') === name, name);
}
