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
  const stranger = await arrive('stranger');
  await stranger.during([/status of 401 .*\/api\/session/], () => wrongPassword(stranger, account));
  const bea = await arrive('bea');
  await bea.comeBy(account);
  const drafts = await account.drafts();
  await bea.goTo(`/projects/${drafts}`);
  await refusedFiles(bea, account, drafts);
  await twoTabs(bea, account, drafts);
  const elsewhere = await arrive('bea elsewhere');
  await bea.during([/status of 401/, /WebSocket/], () => endedElsewhere(bea, elsewhere, account));
});

async function wrongPassword(stranger, account) {
  await stranger.goTo('/sign-in');
  const said = new Set();
  for (let nth = 0; nth < TRIES; nth += 1) {
    for (const email of [account.email, `nobody-${nth}@example.com`]) {
      await stranger.get('textbox', 'E-mail address').fill(email);
      await stranger.get('textbox', 'Password').fill('not the password');
      const answered = stranger.page.waitForResponse((answer) => answer.url().endsWith('/api/session') && answer.request().method() === 'POST');
      await stranger.click('button', 'Sign in');
      await (await answered).finished();
      said.add(await stranger.page.getByRole('alert').innerText());
    }
  }
  assert.equal(said.size, 1, `the same words: ${[...said].join(' / ')}`);
  // That both take the same time is measured where no browser blurs it: studio::it::sign_in.
  console.log([...said][0].replaceAll('\n', ' '));
}

async function refusedFiles(bea, account, drafts) {
  const words = [];
  const picture = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
  words.push(await refused(bea, asFile('picture.stl', picture), [415, 'FILE_TYPE_MISMATCH'], account, drafts, 0));
  // A good model in every other respect: nothing but its size is wrong.
  words.push(await refused(bea, asFile('larger.stl', ascii(FITS.length + 1)), [413, 'FILE_TOO_LARGE'], account, drafts, 0));
  for (let nth = 1; nth <= 4; nth += 1) {
    const other = Buffer.concat([FITS]);
    other.write(`number ${nth}`, 0);
    await pick(bea, asFile(`fits-${nth}.stl`, other));
    await bea.sees('heading', `fits-${nth}.stl`);
  }
  const fifth = Buffer.concat([FITS]);
  fifth.write('number 5', 0);
  words.push(await refused(bea, asFile('fifth.stl', fifth), [413, 'QUOTA_REACHED'], account, drafts, 4));
  assert.equal(new Set(words).size, 3, 'each has words of its own');
}

/** A model as text, exactly so large: blanks at its end count and mean nothing. */
function ascii(bytes) {
  const facet = (points) =>
    `facet normal 0 0 0\nouter loop\n${points.map((point) => `vertex ${point}\n`).join('')}endloop\nendfacet\n`;
  const [a, b, c, d] = ['0 0 0', '20 0 0', '0 20 0', '0 0 20'];
  const faces = [[a, c, b], [a, b, d], [b, c, d], [c, a, d]];
  return Buffer.from(`solid pyramid\n${faces.map(facet).join('')}endsolid pyramid\n`.padEnd(bytes, ' '));
}

function pick(bea, file) {
  return bea.pick(() => bea.get('button', 'Add files').first().click(), file);
}

/** It is refused so, in words, with something to do, and the project holds what it held. */
async function refused(bea, file, [status, code], account, drafts, files) {
  const isNo = (answer) => answer.url().includes('/api/uploads') && answer.status() >= 400;
  const said = bea.page.waitForResponse(isNo);
  const words = await bea.during([new RegExp(`status of ${status} .*/api/uploads`)], () => reads(bea, file));
  const no = await said;
  assert.deepEqual([no.status(), (await no.json()).code], [status, code], file.name);
  assert.equal((await account.call(`GET /api/projects/${drafts}/files`)).files.length, files);
  return words.replaceAll(file.name, '…');
}

/** What is read about a file that is picked and refused. */
async function reads(bea, file) {
  await pick(bea, file);
  const entry = bea.get('region', 'Uploads').getByRole('listitem').filter({ hasText: file.name });
  await bea.get('button', `Remove ${file.name} from this list`).waitFor();
  const words = (await entry.innerText()).split('\n').filter((line) => /\w\.$/.test(line)).join(' ');
  console.log(`${file.name}: ${words}`);
  assert.match(words, /\w\. \w.*\.$/, 'a sentence, and what to do');
  assert.doesNotMatch(words, /undefined|null|Error|\b[45]\d\d\b/);
  await bea.click('button', `Remove ${file.name} from this list`);
  return words;
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
  await elsewhere.comeBy(account);
  await bea.visit('Projects');
  await elsewhere.goTo('/settings');
  const rows = elsewhere.get('region', 'Where you are signed in').getByRole('button', { name: /^Sign out/ });
  await rows.first().waitFor();
  // Said for a few seconds only: somebody waits for it from now on.
  const told = bea.reads('You were signed out');
  while ((await rows.count()) > 0) {
    const left = await rows.count();
    await rows.first().click();
    await until('the device to be gone', async () => (await rows.count()) < left);
    await focusIsKept(elsewhere);
  }
  await told;
  await bea.sees('button', 'Sign in');
}
