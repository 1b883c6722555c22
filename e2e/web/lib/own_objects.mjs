// For every address of the API that names something: how its owner calls it with success.
import { Account } from './account.mjs';
import { outside, until } from './journey.mjs';
import { block } from './parts.mjs';
import { clear, prepared, stateOf } from './seed.mjs';

/**
 * Calls that the sweeps of service and studio (s_07) make for their owner, and not this journey. A
 * service that sees a clear bed starts by itself: in the whole product nothing is left to be started by
 * hand. A printer is connected by hand only while it is not, and
 * whichever of letting it go and stopping it comes first leaves nothing for the other. A pairing code is nobody's until somebody
 * confirms it. This world has no camera, and nothing has gone wrong in it that an alert tells of.
 */
export const ELSEWHERE = [
  'POST /api/print/jobs/{job}/start',
  'PUT /api/print/alerts/{alert}/acknowledgement',
  'GET /api/print/printers/{printer}/camera/stream',
  'GET /api/print/printers/{printer}/camera/snapshot',
  'PUT /api/print/printers/{printer}/connection',
  'DELETE /api/print/printers/{printer}/connection',
  'GET /api/print/pairing/codes/{code}',
  'DELETE /api/print/pairing/codes/{code}',
  'PUT /api/print/pairing/codes/{code}/confirmation',
];

const wish = { material: 'PLA', quality: 'draft', copies: 1, supports: false, infill_pct: 10 };

/** Makes what the calls below are about, in the organisation of `owner`. */
export async function ownObjects(owner, member) {
  const organisation = owner.me.organisation.id;
  const project = (await owner.call('POST /api/projects', { name: 'Own' })).id;
  const file = await owner.upload(project, 'own.stl', block(2_000));
  const [printer] = await owner.call('GET /api/print/printers');
  const job = (await owner.print(project, file)).id;
  const fresh = {
    job: async () => ({ job: await waitingJob(owner, project, file) }),
    project: async () => ({ project: (await owner.call('POST /api/projects', { name: 'Spare' })).id }),
    file: async () => ({ file: await owner.upload(project, 'spare.stl', block(3_000)) }),
    person: async () => ({ person: (await Account.make('editor')).me.person.id }),
    inProject: async () => {
      const person = (await Account.make('editor')).me.person.id;
      await owner.call(`PUT /api/projects/${project}/members/${person}`, { role: 'editor' });
      return { person };
    },
    bridge: async () => ({ bridge: (await owner.call('POST /api/print/bridges', { name: 'Spare' })).id }),
    session: async () => {
      const { email, password } = owner;
      const elsewhere = new Account(owner.name, email);
      await elsewhere.call('POST /api/session', { email, password });
      const sessions = await elsewhere.call('GET /api/sessions');
      return { session: sessions.find((one) => one.current).id };
    },
    invitation: async () => {
      const made = await owner.call(`POST /api/organisations/${organisation}/invitations`, { role: 'viewer' });
      return { invitation: made.invitation.id };
    },
  };
  const printed = { job: null, at: 'nowhere' };
  const running = async (wanted) => {
    printed.job ??= await startedJob(owner, project, file);
    await broughtTo(owner, printed, wanted);
    const { copies } = await owner.call(`GET /api/print/jobs/${printed.job}`);
    return { job: printed.job, copy: copies[0].id };
  };
  const copies = (await owner.call(`GET /api/print/jobs/${job}`)).copies;
  const [bridge] = (await owner.call('GET /api/print/bridges')).bridges ?? (await owner.call('GET /api/print/bridges'));
  const sessions = await owner.call('GET /api/sessions');
  return {
    ids: {
      organisation, project, file, job, printer: printer.id, person: member.me.person.id,
      copy: copies[0].id, bridge: bridge.id, session: sessions[0].id,
    },
    fresh,
    running,
  };
}

/** A job that prints slowly. */
async function startedJob(owner, project, file) {
  const { id } = await owner.print(project, file);
  const others = (await owner.call('GET /api/print/jobs')).jobs.filter(({ id: other, state }) => other !== id && state !== 'completed');
  for (const other of others) await owner.ask(`POST /api/print/jobs/${other.id}/cancellation`);
  await prepared(owner, id);
  await outside({ act: 'knobs', knobs: { speed: 10 } });
  await clear(owner);
  return id;
}

/** Lets a printing job be `printing`, `paused` or lost from sight, which needs a person. */
async function broughtTo(owner, { job }, wanted) {
  const stands = (state) => until(`the print to be ${state}`, async () => (await stateOf(owner, job)) === state, 60_000);
  const now = await stateOf(owner, job);
  if (wanted === 'printing' && now === 'paused') await owner.call(`DELETE /api/print/jobs/${job}/pause`);
  if (wanted === 'paused' && now !== 'paused') {
    await stands('printing');
    await owner.call(`PUT /api/print/jobs/${job}/pause`);
  }
  if (wanted === 'needs_attention') {
    await stands('printing');
    await outside({ act: 'kill', program: 'octoprint' });
    await outside({ act: 'start', program: 'octoprint' });
  }
  await stands(wanted);
}

/** A job that waits for a printer. */
async function waitingJob(owner, project, file) {
  const { id } = await owner.print(project, file);
  const waits = async () => (await owner.call(`GET /api/print/jobs/${id}`)).state !== 'preparing';
  await until('the job to be prepared', waits);
  return id;
}

/**
 * What is to be known about a call beside its address: a body; things that have to be made for it
 * alone, since it ends them; how the one print of this journey has to stand; calls that go before it.
 */
export const calls = {
  'POST /api/organisations/{organisation}/invitations': { body: { role: 'viewer' } },
  'DELETE /api/organisations/{organisation}/invitations/{invitation}': { fresh: 'invitation' },
  'PUT /api/organisations/{organisation}/members/{person}': { body: { role: 'viewer' } },
  'DELETE /api/organisations/{organisation}/members/{person}': { fresh: 'person' },
  'DELETE /api/projects/{project}/members/{person}': { fresh: 'inProject' },
  'DELETE /api/print/bridges/{bridge}': { fresh: 'bridge' },
  'DELETE /api/sessions/{session}': { fresh: 'session' },
  'PUT /api/projects/{project}': { body: { name: 'Renamed' } },
  'DELETE /api/projects/{project}': { fresh: 'project' },
  'DELETE /api/projects/{project}/files/{file}': { fresh: 'file' },
  'PUT /api/projects/{project}/members/{person}': { body: { role: 'viewer' } },
  'POST /api/projects/{project}/print/estimates': { body: (ids) => ({ ...wish, file: ids.file }) },
  'POST /api/projects/{project}/print/jobs': {
    body: (ids) => ({ ...wish, file: ids.file, notes: '', printer: null }),
  },
  'POST /api/print/jobs/{job}/cancellation': { fresh: 'job' },
  'PUT /api/print/jobs/{job}/hold': { fresh: 'job' },
  'DELETE /api/print/jobs/{job}/hold': { fresh: 'job', before: 'PUT /api/print/jobs/{job}/hold' },
  'PUT /api/print/jobs/{job}/pause': { running: 'printing' },
  'DELETE /api/print/jobs/{job}/pause': { running: 'paused' },
  'POST /api/print/copies/{copy}/settlement': { body: { outcome: 'completed' }, running: 'needs_attention' },
  'PUT /api/print/printers/{printer}/bed-clearance': { body: {} },
  'PUT /api/print/printers/{printer}/loaded': { body: { material: 'PLA' } },
  'PUT /api/print/printers/{printer}/tags': { body: { tags: ['large'] } },
  'PUT /api/print/printers/{printer}/temperatures': { body: { nozzle_c: 40, bed_c: 30 } },
  'POST /api/print/printers/{printer}/homing': { body: { axes: ['x', 'y'] } },
  'POST /api/print/printers/{printer}/jogs': { body: { x_mm: 1, y_mm: 1, z_mm: 1 } },
  'PUT /api/print/jobs/{job}/priority': { fresh: 'job', body: { priority: 'raised' } },
};

/** These change what the others need: they come last, in this order. */
export const LAST = [
  'PUT /api/print/jobs/{job}/pause',
  'DELETE /api/print/jobs/{job}/pause',
  'POST /api/print/copies/{copy}/settlement',
  'PUT /api/print/printers/{printer}/temperatures',
  'DELETE /api/print/printers/{printer}/temperatures',
  'POST /api/print/printers/{printer}/homing',
  'POST /api/print/printers/{printer}/jogs',
  'DELETE /api/print/printers/{printer}/files',
  'POST /api/print/printers/{printer}/heaters-off',
  'POST /api/print/printers/{printer}/emergency-stop',
  'PUT /api/print/printers/{printer}/bed-clearance',
];
