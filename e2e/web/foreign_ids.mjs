// Every address of the API that names something: its owner is answered, and an owner of another
// organisation hears for the very same call what they would hear for an id that nobody has.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Account } from './lib/account.mjs';
import { journey } from './lib/journey.mjs';
import { ask } from './lib/page_calls.mjs';
import { calls, ELSEWHERE, LAST, ownObjects } from './lib/own_objects.mjs';

const api = JSON.parse(await readFile(new URL('../../openapi/studio.json', import.meta.url)));
const NOBODY = '00000000000000000000000000000000';
// These are no things of an organisation, or lead to a program and not to a person.
const WITHOUT_ID = /^\/api\/operator\//;

const all = Object.entries(api.paths)
  .filter(([path]) => path.includes('{') && !WITHOUT_ID.test(path))
  .flatMap(([path, verbs]) => Object.keys(verbs).map((verb) => `${verb.toUpperCase()} ${path}`))
  .filter((call) => /^(GET|PUT|POST|DELETE|PATCH) /.test(call) && !ELSEWHERE.includes(call))
  .sort((a, b) => LAST.indexOf(a) - LAST.indexOf(b));

const filled = (call, ids) => call.replaceAll(/\{(\w+)\}/g, (_, name) => ids[name] ?? `no-${name}`);

const nobody = (ids) =>
  Object.fromEntries(Object.entries(ids).map(([name, id]) => [name, `${id.split('_')[0]}_${NOBODY}`]));

const plain = ({ status, body: { request_id, ...body } }) => ({ status, ...body });

const said = ({ status, body }) => plain({ status, body: typeof body === 'object' ? body : { text: body } });

await journey(async (arrive) => {
  const owner = await Account.make('owner');
  const member = await Account.make('editor');
  const stranger = await arrive('olga');
  const account = await Account.found('Elsewhere');
  await stranger.comeBy(account);
  const objects = await ownObjects(owner, member);
  await anUpload(owner, account, objects.ids);
  for (const call of all) await tried(call, { owner, stranger, objects });
  console.log(`${all.length} calls and the uploads: each 2xx for its owner, and 404 for another organisation`);
});

/** The protocol of uploads is not in the description of the API. */
async function anUpload(owner, account, { project }) {
  const tus = { 'tus-resumable': '1.0.0' };
  const wanted = (where) => ({
    ...tus,
    'upload-length': '684',
    'upload-metadata': `filename ${btoa('own.stl')},project ${btoa(where)}`,
  });
  const begin = async () => {
    const begun = await owner.ask('POST /api/uploads', undefined, wanted(project));
    assert.equal(begun.status, 201);
    return new URL(begun.headers.get('location'), 'http://localhost').pathname;
  };
  await begin();
  const theirs = await account.ask('POST /api/uploads', undefined, wanted(project));
  const nobodys = await account.ask('POST /api/uploads', undefined, wanted(`prj_${NOBODY}`));
  assert.equal(theirs.status, 404);
  assert.deepEqual(said(theirs), said(nobodys));
  const bytes = new Uint8Array(84);
  const more = { ...tus, 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' };
  for (const [call, body, headers] of [['HEAD', undefined, tus], ['PATCH', bytes, more], ['DELETE', undefined, tus]]) {
    const own = await owner.ask(`${call} ${await begin()}`, body, headers);
    assert.ok(own.status < 300, `${call} of the own upload: ${own.status}`);
    const foreign = await account.ask(`${call} ${await begin()}`, body, headers);
    const nobodys = await account.ask(`${call} /api/uploads/upl_${NOBODY}`, body, headers);
    assert.equal(foreign.status, 404, `${call} of another's upload`);
    assert.deepEqual(said(foreign), said(nobodys), `${call} of another's upload`);
  }
}

/** First the owner's call, which succeeds; then a stranger's, about the same thing or, where the call has
 * ended it, about another one like it. */
async function tried(call, { owner, stranger, objects }) {
  const { body, fresh, running, before } = calls[call] ?? {};
  const made = async () => {
    const ids = {
      ...objects.ids,
      ...(fresh ? await objects.fresh[fresh]() : {}),
      ...(running ? await objects.running(running) : {}),
    };
    if (before) await owner.call(filled(before, ids));
    return { ids, sent: typeof body === 'function' ? body(ids) : body };
  };
  const own = await made();
  const answer = await owner.ask(filled(call, own.ids), own.sent, { 'idempotency-key': randomUUID() });
  assert.ok(answer.status >= 200 && answer.status < 300, `${call} of its owner: ${answer.status} ${JSON.stringify(answer.body)}`);
  const theirs = fresh ? await made() : own;
  const foreign = await ask(stranger, filled(call, theirs.ids), theirs.sent);
  const nobodys = await ask(stranger, filled(call, nobody(theirs.ids)), theirs.sent);
  assert.equal(foreign.status, 404, `${call}: ${JSON.stringify(foreign.body)}`);
  assert.deepEqual(plain(foreign), plain(nobodys), call);
}
