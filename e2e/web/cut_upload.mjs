// An upload is cut: by the network at 60 % with the page loaded again and the same file picked, and by a
// studio that dies. Both go on where they were, and what is there in the end is the file.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Account, sha256 } from './lib/account.mjs';
import { journey, outside, until } from './lib/journey.mjs';
import { block } from './lib/parts.mjs';
import { Wire } from './lib/wire.mjs';

const bytes = block(24_000_000);
const SLOW_BYTES_S = 6_000_000;
const SENT_AGAIN_MAX = 0.45;

/** Files on a disk: a file that is picked again is known by its name, size and date. */
const folder = await mkdtemp(join(tmpdir(), 'fluxprint-cut-'));
const wire = await Wire.lay();
await journey(async (arrive) => {
  const account = await Account.make('editor', { name: 'Cora Cut' });
  const cora = await arrive('cora');
  // While nothing goes through, every call of the page fails; browsers write that down.
  const noise = [/net::ERR_/, /WebSocket connection/];
  await cora.comeBy(account);
  const drafts = await account.drafts();
  await cora.during(noise, () => cutByTheNetwork(cora, account, drafts));
  await cora.during(noise, () => cutByAnEnd(cora, account, drafts));
}, { wire });
await rm(folder, { recursive: true });

async function cutByTheNetwork(cora, account, drafts) {
  const file = join(folder, 'cut.stl');
  await writeFile(file, bytes);
  await cora.goTo(`/projects/${drafts}`);
  wire.slow(SLOW_BYTES_S);
  wire.cutAfter(bytes.length * 0.6);
  await cora.pick(() => cora.get('button', 'Add files').first().click(), file);
  await cora.reads(/connection lost, goes on by itself/);
  assert.ok(wire.isCut);
  const before = wire.sent_bytes;

  wire.mend();
  cora.page.once('dialog', (dialog) => dialog.accept());
  await cora.page.reload();
  await cora.sees('button', 'Add files');
  const mended = wire.sent_bytes;
  await cora.pick(() => cora.get('button', 'Add files').first().click(), file);
  await cora.sees('heading', 'cut.stl');
  await cora.reads('1 file uploaded');
  const again = wire.sent_bytes - mended;
  console.log(`cut after ${before} bytes; ${again} of ${bytes.length} sent after that (${((100 * again) / bytes.length).toFixed(1)} %)`);
  assert.ok(again <= bytes.length * SENT_AGAIN_MAX, `${again} bytes sent again`);
  await isTheSame(cora, 'cut.stl', bytes);
}

async function cutByAnEnd(cora, account, drafts) {
  // Other bytes: equal ones would be known already.
  const other = Buffer.concat([bytes]);
  other.write('another block', 0);
  const file = join(folder, 'killed.stl');
  await writeFile(file, other);
  wire.slow(SLOW_BYTES_S);
  const begun = wire.sent_bytes;
  await cora.pick(() => cora.get('button', 'Add files').first().click(), file);
  await until('60 % to be sent', () => wire.sent_bytes - begun >= other.length * 0.6);
  await outside({ act: 'kill', program: 'studio' });
  await cora.reads(/connection lost, goes on by itself/);
  const before = wire.sent_bytes;
  wire.mend();
  await outside({ act: 'start', program: 'studio' });
  await cora.sees('heading', 'killed.stl');
  await cora.reads('2 files uploaded');
  const again = wire.sent_bytes - before;
  console.log(`killed after ${before - begun} bytes; ${again} of ${other.length} sent after that (${((100 * again) / other.length).toFixed(1)} %)`);
  assert.ok(again <= other.length * SENT_AGAIN_MAX, `${again} bytes sent again`);
  await isTheSame(cora, 'killed.stl', other);
}

/** Downloads it as a person does and holds it against what was picked. */
async function isTheSame(cora, name, picked) {
  await cora.click('button', `More for ${name}`);
  const download = cora.page.waitForEvent('download');
  await cora.click('menuitem', 'Download');
  const held = await readFile(await (await download).path());
  assert.equal(sha256(held), sha256(picked));
}
