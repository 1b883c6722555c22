// Who may do what: a viewer sees no dead buttons and is refused by the API; a job of another project has
// no name; whoever is demoted or removed loses rights and the live socket within two seconds.
import assert from 'node:assert/strict';
import { Account } from './lib/account.mjs';
import { journey } from './lib/journey.mjs';
import { ask } from './lib/page_calls.mjs';
import { block } from './lib/parts.mjs';

const LOSES_WITHIN_MS = 2_000;
const SECRET_NAME = 'secret-lever.stl';

await journey(async (arrive) => {
  const owner = await Account.make('owner');
  const viewer = await Account.make('viewer');
  const editor = await Account.make('viewer', { name: 'Eda Editor' });
  const other = await Account.make('editor', { name: 'Ned Neighbour' });
  const project = (await owner.call('POST /api/projects', { name: 'Gearbox' })).id;
  for (const [account, role] of [[viewer, 'viewer'], [editor, 'editor']]) {
    await owner.call(`PUT /api/projects/${project}/members/${account.me.person.id}`, { role });
  }
  const file = await owner.upload(project, SECRET_NAME, block(2_000));

  await theViewer(await arrive('vera'), viewer, { project, file });
  const job = await owner.print(project, file);
  await theNeighbour(await arrive('ned'), other, { project, job: job.id });
  await theDemoted(await arrive('eda'), editor, { owner, project, file });
  await owner.call(`POST /api/print/jobs/${job.id}/cancellation`);
});

async function theViewer(vera, account, { project, file }) {
  await vera.comeBy(account);
  await vera.visit('Projects');
  assert.equal(await vera.get('button', 'New project').count(), 0);
  await vera.click('link', 'Gearbox');
  await vera.sees('heading', SECRET_NAME);
  await vera.reads('You can look at this project, but not print from it');
  for (const [role, name] of [['button', /Add files/], ['link', /^Print.*stl/]]) {
    assert.equal(await vera.get(role, name).filter({ visible: true }).count(), 0, `no dead ${name}`);
  }
  await vera.get('button', `More for ${SECRET_NAME}`).click();
  assert.deepEqual(await vera.page.getByRole('menuitem').filter({ visible: true }).allInnerTexts(), ['Download']);
  await vera.page.keyboard.press('Escape');
  await vera.goTo(`/projects/${project}/files/${file}/print`);
  await vera.reads('You can look, but not print here');
  await vera.visit('Printers');
  await vera.sees('article', 'printer');
  for (const name of [/^Bed is clear/, /Emergency stop/, /Change/, /Add/]) {
    assert.equal(await vera.get('button', name).filter({ visible: true }).count(), 0, `no dead ${name}`);
  }
  await theApiRefuses(vera, { project, file });
}

async function theApiRefuses(vera, { project, file }) {
  const wanted = { file, material: 'PLA', quality: 'draft', copies: 1, supports: false, infill_pct: 10 };
  const print = await ask(vera, `POST /api/projects/${project}/print/jobs`, { ...wanted, notes: '', printer: null });
  assert.equal(print.status, 403);
  assert.equal(print.body.code, 'PRINTING_INSUFFICIENT_PERMISSIONS');
  const said = `${print.body.detail} ${print.body.remedy}`;
  for (const role of ['editor', 'manager', 'owner']) assert.match(said, new RegExp(role), said);
  const off = await ask(vera, 'PUT /api/flag', { on: false });
  assert.equal(off.status, 403);
  assert.match(`${off.body.detail} ${off.body.remedy}`, /owner/);
  const rename = await ask(vera, `PUT /api/projects/${project}`, { name: 'Mine' });
  assert.equal(rename.status, 403);
  const removal = await ask(vera, `DELETE /api/projects/${project}/files/${file}`);
  assert.equal(removal.status, 403);
}

async function theNeighbour(ned, account, { project, job }) {
  await ned.comeBy(account);
  await ned.visit('Queue');
  await ned.reads('Another project’s print');
  const shown = await ned.page.locator('main').innerText();
  assert.ok(!shown.includes(SECRET_NAME), shown);
  const queue = await ask(ned, 'GET /api/print/queue');
  assert.equal(queue.status, 200);
  for (const secret of [SECRET_NAME, project, job]) {
    assert.ok(!JSON.stringify(queue.body).includes(secret), 'the queue names nothing of it');
  }
  assert.equal((await ask(ned, `GET /api/print/jobs/${job}`)).status, 404);
  assert.equal((await ask(ned, `GET /api/projects/${project}`)).status, 404);
}

async function theDemoted(eda, account, { owner, project, file }) {
  const sockets = [];
  eda.page.on('websocket', (socket) => sockets.push(socket));
  await eda.comeBy(account);
  await eda.goTo(`/projects/${project}`);
  await eda.sees('button', 'Add files');
  await eda.reads('Live');
  const socket = sockets.at(-1);
  const closed = new Promise((done) => socket.once('close', () => done(performance.now())));

  const place = `/api/projects/${project}/members/${account.me.person.id}`;
  // What the page asks for from here on may be refused it, too, until she is shown the way out.
  eda.expect(/status of 40[134]/, /WebSocket/);
  await loses(eda, account, { owner, project, file, place, closed });
}

async function loses(eda, account, { owner, project, file, place, closed }) {
  const follows = eda.get('button', 'Add files').waitFor({ state: 'detached' }).then(() => performance.now());
  await owner.call(`PUT ${place}`, { role: 'viewer' });
  let began = performance.now();
  const wanted = { file, material: 'PLA', quality: 'draft', copies: 1, supports: false, infill_pct: 10 };
  const print = await ask(eda, `POST /api/projects/${project}/print/jobs`, { ...wanted, notes: '', printer: null });
  assert.equal(print.status, 403, 'the very next call is refused');
  const demoted_ms = (await follows) - began;

  await owner.call(`DELETE /api/organisations/${owner.me.organisation.id}/members/${account.me.person.id}`);
  began = performance.now();
  const next = await ask(eda, `GET /api/projects/${project}`);
  assert.ok([401, 403, 404].includes(next.status), `the next call: ${next.status}`);
  const gone_ms = (await closed) - began;
  console.log(`demoted: the page follows in ${demoted_ms.toFixed(0)} ms; removed: the socket ends in ${gone_ms.toFixed(0)} ms`);
  assert.ok(demoted_ms < LOSES_WITHIN_MS && gone_ms < LOSES_WITHIN_MS);
}
