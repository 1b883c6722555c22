// Every address of the API that names something: its owner is answered, and an owner of another
// organisation hears for the very same call what they would hear for an id that nobody has.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { Account } from './lib/account.mjs';
import { journey } from './lib/journey.mjs';
import { ask } from './lib/page_calls.mjs';
import { calls, LAST, ownObjects } from './lib/own_objects.mjs';

const api = JSON.parse(await readFile(new URL('../../openapi/studio.json', import.meta.url)));
const NOBODY = '00000000000000000000000000000000';
// These are no things of an organisation, or lead to a program and not to a person.
const WITHOUT_ID = /^\/api\/operator\//;

const all = Object.entries(api.paths)
  .filter(([path]) => path.includes('{') && !WITHOUT_ID.test(path))
  .flatMap(([path, verbs]) => Object.keys(verbs).map((verb) => `${verb.toUpperCase()} ${path}`))
  .filter((call) => /^(GET|PUT|POST|DELETE|PATCH) /.test(call))
  .sort((a, b) => LAST.indexOf(a) - LAST.indexOf(b));

const filled = (call, ids) => call.replaceAll(/\{(\w+)\}/g, (_, name) => ids[name] ?? `no-${name}`);

const nobody = (ids) =>
  Object.fromEntries(Object.entries(ids).map(([name, id]) => [name, `${id.split('_')[0]}_${NOBODY}`]));

const plain = ({ status, body: { request_id, ...body } }) => ({ status, ...body });

await journey(async (arrive) => {
  const owner = await Account.make('owner');
  const member = await Account.make('editor');
  const stranger = await arrive('olga');
  stranger.expect(/status of 40[149]/);
  const account = await Account.found('Elsewhere');
  await stranger.comeBy(account);
  const objects = await ownObjects(owner, member);
  await anUpload(owner, account, objects.ids);
  for (const call of all) await tried(call, { owner, stranger, objects });
  console.log(`${all.length} calls and the uploads: each 404 for another organisation`);
});

/** The protocol of uploads is not in the description of the API. */
async function anUpload(owner, account, { project }) {
  const tus = { 'tus-resumable': '1.0.0' };
  const words = `filename ${btoa('own.stl')},project ${btoa(project)}`;
  const wanted = { ...tus, 'upload-length': '684', 'upload-metadata': words };
  assert.equal((await account.ask('POST /api/uploads', undefined, wanted)).status, 404);
  const begun = await owner.ask('POST /api/uploads', undefined, wanted);
  assert.equal(begun.status, 201);
  const { pathname } = new URL(begun.headers.get('location'), 'http://localhost');
  const bytes = new Uint8Array(84);
  const more = { ...tus, 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' };
  for (const [call, body, headers] of [['HEAD', undefined, tus], ['PATCH', bytes, more], ['DELETE', undefined, tus]]) {
    const theirs = await account.ask(`${call} ${pathname}`, body, headers);
    assert.equal(theirs.status, 404, `${call} of another's upload`);
    const own = await owner.ask(`${call} ${pathname}`, body, headers);
    assert.ok(own.status < 300, `${call} of the own upload: ${own.status}`);
  }
}

async function tried(call, { owner, stranger, objects }) {
  const { body, fresh, before, own = 200 } = calls[call] ?? {};
  const made = async () => ({ ...objects.ids, ...(fresh ? await objects.fresh[fresh]() : {}) });
  const ids = await made();
  const sent = typeof body === 'function' ? body(ids) : body;
  if (before) await owner.call(filled(before, ids));
  // A thing that the call would end is another one for the stranger.
  const theirs = fresh ? await made() : ids;
  const foreign = await ask(stranger, filled(call, theirs), typeof body === 'function' ? body(theirs) : body);
  const nobodys = await ask(stranger, filled(call, nobody(ids)), sent);
  assert.equal(foreign.status, 404, `${call}: ${JSON.stringify(foreign.body)}`);
  assert.deepEqual(plain(foreign), plain(nobodys), call);
  const key = { 'idempotency-key': `${call} ${ids.file}`.replaceAll(/\W/g, '-').slice(0, 60) };
  const answer = await owner.ask(filled(call, ids), sent, key);
  const fits = own === 200 ? answer.status >= 200 && answer.status < 300 : answer.status === own;
  assert.ok(fits, `${call} of its owner: ${answer.status} ${JSON.stringify(answer.body)}`);
}
