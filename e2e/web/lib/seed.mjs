// Two organisations for a walk over every page: one that nobody has used yet, and one with projects,
// files of several kinds, jobs, members and an invitation.
import { generateKeyPairSync } from 'node:crypto';
import { Account } from './account.mjs';
import { until } from './journey.mjs';
import { block } from './parts.mjs';

const PDF = Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 0/Kids[]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n');

/** The owner of an organisation that nobody has used yet; nothing to put into addresses but drafts. */
export async function newStudio() {
  const owner = await Account.found('Fresh Design', 'Nora New');
  return { owner, names: { drafts: await owner.drafts() } };
}

/** The owner of a busy one, and the ids of the things that addresses name. */
export async function busyStudio() {
  const owner = await Account.make('owner', { name: 'Olivia Owner' });
  const editor = await Account.make('editor', { name: 'Emil Editor' });
  const viewer = await Account.make('viewer', { name: 'Vera Viewer' });
  const project = (await owner.call('POST /api/projects', { name: 'Gearbox housing' })).id;
  await owner.call('POST /api/projects', { name: 'Spring catalogue' });
  await owner.call(`PUT /api/projects/${project}/members/${editor.me.person.id}`, { role: 'editor' });
  await owner.call(`PUT /api/projects/${project}/members/${viewer.me.person.id}`, { role: 'viewer' });
  const organisation = owner.me.organisation.id;
  const invited = { role: 'editor', email: 'guest@example.com' };
  const { link } = await owner.call(`POST /api/organisations/${organisation}/invitations`, invited);

  const done = await owner.upload(project, 'planet carrier.stl', block(20_000));
  const file = await owner.upload(project, 'housing, left half.stl', block(30_000, 4));
  const waiting = await owner.upload(project, 'shim with a rather long name, version of Tuesday.stl', block(10_000, 1));
  const paper = await owner.upload(project, 'assembly plan.pdf', PDF);
  await printed(owner, project, done);
  const job = await owner.print(project, file, { notes: 'In black, please.' });
  await owner.print(project, waiting, { copies: 2, material: 'PETG' });
  await prepared(owner, job.id);
  const pairing = await waitingBridge();
  const names = { drafts: await owner.drafts(), project, file, paper, job: job.id, invitation: link.split('#')[1], pairing };
  return { owner, editor, viewer, names };
}

/** A bridge that wants to be paired; the code that it shows. */
export async function waitingBridge(name = 'Workshop, first floor') {
  const { publicKey } = generateKeyPairSync('ed25519');
  const key = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('hex');
  const answer = await fetch(`${process.env.FLUXPRINT_SERVICE}/v1/pairing/codes`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ key, name, host: 'workshop-pi' }),
  });
  if (answer.status !== 201) throw new Error(`pairing: ${answer.status} ${await answer.text()}`);
  return (await answer.json()).user_code;
}

async function printed(owner, project, file) {
  const { id } = await owner.print(project, file);
  await prepared(owner, id);
  await clear(owner);
  await until('the first print to be over', async () => (await stateOf(owner, id)) === 'completed', 60_000);
}

/** Says that the bed of the only printer is clear. */
export async function clear(owner) {
  const look = async () => (await owner.call('GET /api/print/printers')).find(({ state }) => state === 'ready');
  const printer = await until('the printer to rest', look, 60_000);
  await owner.call(`PUT /api/print/printers/${printer.id}/bed-clearance`, {});
}

export const stateOf = async (owner, job) => (await owner.call(`GET /api/print/jobs/${job}`)).state;

/** Waits until a job waits for a printer. */
export const prepared = (owner, job) =>
  until('the job to be prepared', async () => (await stateOf(owner, job)) !== 'preparing', 60_000);
