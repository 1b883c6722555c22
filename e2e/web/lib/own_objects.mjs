// For every address of the API that names something: how its owner calls it with success.
import { until } from './journey.mjs';
import { block } from './parts.mjs';

const NEEDS_A_PERSON = 409;
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
    invitation: async () => {
      const made = await owner.call(`POST /api/organisations/${organisation}/invitations`, { role: 'viewer' });
      return { invitation: made.invitation.id };
    },
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
  };
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
 * alone, since it ends them; calls that go before it; the answer to its owner, when that is a refusal
 * about the state of the thing, which a stranger must not hear either.
 */
export const calls = {
  'POST /api/organisations/{organisation}/invitations': { body: { role: 'viewer' } },
  'DELETE /api/organisations/{organisation}/invitations/{invitation}': { fresh: 'invitation' },
  'PUT /api/organisations/{organisation}/members/{person}': { body: { role: 'viewer' } },
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
  // These want a print that is running, staged or lost: tried by the service's own tests.
  'PUT /api/print/jobs/{job}/pause': { own: NEEDS_A_PERSON },
  'DELETE /api/print/jobs/{job}/pause': { own: NEEDS_A_PERSON },
  'POST /api/print/jobs/{job}/start': { own: NEEDS_A_PERSON },
  'POST /api/print/copies/{copy}/settlement': { body: { outcome: 'completed' }, own: NEEDS_A_PERSON },
  'PUT /api/print/printers/{printer}/bed-clearance': { body: {} },
  'PUT /api/print/printers/{printer}/loaded': { body: { material: 'PLA' } },
};

/** These end what the others need: they come last, in this order. */
export const LAST = [
  'POST /api/print/printers/{printer}/heaters-off',
  'POST /api/print/printers/{printer}/emergency-stop',
  'PUT /api/print/printers/{printer}/bed-clearance',
  'DELETE /api/print/bridges/{bridge}',
  'DELETE /api/projects/{project}/members/{person}',
  'POST /api/organisations/{organisation}/members/{person}/password-reset',
  'DELETE /api/organisations/{organisation}/members/{person}',
  'DELETE /api/sessions/{session}',
];
