// What goes wrong at a browser is said in a sentence with what to do, and nothing is half-written.
import assert from 'node:assert/strict';
import { Account } from './lib/account.mjs';
import { journey, until } from './lib/journey.mjs';
import { focusIsKept } from './lib/keys.mjs';
import { asFile, block } from './lib/parts.mjs';

// The world of this journey allows models of exactly this size, and four of them.
const FITS = block(50_000);
// After five in a minute everybody has to wait, which is another sentence.
const TRIES = 2;

await journey(async (arrive) => {
  const account = await Account.found('Bad Input Ltd', 'Bea Bad');
  await wrongPassword(await arrive('stranger'), account);
  const bea = await arrive('bea');
  await bea.comeBy(account);
  const drafts = await account.drafts();
  await bea.goTo(`/projects/${drafts}`);
  await refusedFiles(bea, account, drafts);
  await twoTabs(bea, account, drafts);
  await endedElsewhere(bea, await arrive('bea elsewhere'), account);
});

async function wrongPassword(stranger, account) {
  stranger.expect(/status of 401 .*\/api\/session/);
  await stranger.goTo('/sign-in');
  const tried = { known: [], unknown: [] };
  const said = new Set();
  for (let nth = 0; nth < TRIES; nth += 1) {
    for (const [who, email] of [['known', account.email], ['unknown', `nobody-${nth}@example.com`]]) {
      await stranger.get('textbox', 'E-mail address').fill(email);
      await stranger.get('textbox', 'Password').fill('not the password');
      const answered = stranger.page.waitForResponse((answer) => answer.url().endsWith('/api/session') && answer.request().method() === 'POST');
      await stranger.click('button', 'Sign in');
      const answer = await answered;
      await answer.finished();
      tried[who].push(answer.request().timing().responseStart);
      said.add(await stranger.page.getByRole('alert').innerText());
    }
  }
  assert.equal(said.size, 1, `the same words: ${[...said].join(' / ')}`);
  const [known, unknown] = [tried.known, tried.unknown].map((times) => Math.min(...times));
  console.log(`"${[...said][0].replaceAll('\n', ' ')}": ${known.toFixed(0)} ms, unknown user ${unknown.toFixed(0)} ms`);
  // Without the same work for nobody's password the answer would come ten times as fast.
  assert.ok(Math.max(known, unknown) < 4 * Math.min(known, unknown), 'about the same time');
}

async function refusedFiles(bea, account, drafts) {
  bea.expect(/status of 4(13|15|22) .*\/api\/uploads/, /status of (403|409|507) .*\/api\/uploads/);
  const picture = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
  await refused(bea, asFile('picture.stl', picture), account, drafts, 0);
  await refused(bea, asFile('larger.stl', Buffer.concat([FITS, Buffer.alloc(1)])), account, drafts, 0);
  for (let nth = 1; nth <= 4; nth += 1) {
    const other = Buffer.concat([FITS]);
    other.write(`number ${nth}`, 0);
    await pick(bea, asFile(`fits-${nth}.stl`, other));
    await bea.sees('heading', `fits-${nth}.stl`);
  }
  const fifth = Buffer.concat([FITS]);
  fifth.write('number 5', 0);
  await refused(bea, asFile('fifth.stl', fifth), account, drafts, 4);
}

function pick(bea, file) {
  return bea.pick(() => bea.get('button', 'Add files').first().click(), file);
}

/** It is refused in words, with something to do, and the project holds what it held. */
async function refused(bea, file, account, drafts, files) {
  await pick(bea, file);
  const entry = bea.get('region', 'Uploads').getByRole('listitem').filter({ hasText: file.name });
  await bea.get('button', `Remove ${file.name} from this list`).waitFor();
  const words = (await entry.innerText()).split('\n').filter((line) => /\w\.$/.test(line)).join(' ');
  console.log(`${file.name}: ${words}`);
  assert.match(words, /\w\. \w.*\.$/, 'a sentence, and what to do');
  assert.doesNotMatch(words, /undefined|null|Error|\b[45]\d\d\b/);
  await bea.click('button', `Remove ${file.name} from this list`);
  assert.equal((await account.call(`GET /api/projects/${drafts}/files`)).files.length, files);
}

async function twoTabs(bea, account, drafts) {
  const { files } = await account.call(`GET /api/projects/${drafts}/files`);
  const path = `/projects/${drafts}/files/${files[0].id}/print`;
  const other = await bea.context.newPage();
  bea.listen(other);
  await bea.goTo(path);
  await other.goto(bea.page.url());
  const buttons = [bea.page, other].map((page) => page.locator('form').getByRole('button', { name: /^Print/ }));
  for (const page of [bea.page, other]) await page.getByRole('rowheader', { name: 'In all' }).waitFor();
  await Promise.all(buttons.map((button) => button.click()));
  for (const page of [bea.page, other]) await page.getByRole('heading', { name: 'It is on its way' }).waitFor();
  const { jobs } = await account.call(`GET /api/projects/${drafts}/print/jobs`);
  assert.equal(jobs.length, 1, 'two tabs, one job');
  await other.close();
}

async function endedElsewhere(bea, elsewhere, account) {
  bea.expect(/status of 401/, /WebSocket/);
  await elsewhere.comeBy(account);
  await bea.visit('Projects');
  await elsewhere.goTo('/settings');
  const rows = elsewhere.get('region', 'Where you are signed in').getByRole('button', { name: /^Sign out/ });
  await rows.first().waitFor();
  while ((await rows.count()) > 0) {
    const left = await rows.count();
    await rows.first().click();
    await until('the device to be gone', async () => (await rows.count()) < left);
    await focusIsKept(elsewhere);
  }
  await bea.reads('You were signed out', { timeout: 3_000 });
  await bea.sees('button', 'Sign in');
}
