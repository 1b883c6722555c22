/** How a walk over every page brings it into each of its states. Read by tests, never shipped. */

export interface Scene {
  /** Address; `<drafts>`, `<project>`, `<file>`, `<job>`, `<invitation>` stand for things of the seed. */
  at: string;
  /** A studio nobody has used yet, or one with projects, files, printers, jobs and members. */
  seed: 'new' | 'busy';
  /** This call is answered by a problem document. */
  breaks?: string;
  /** Fill the fields with any text and send the form. */
  send?: true;
  /** With the live flag off. */
  flag?: 'off';
}

export interface Scenes {
  empty: Scene;
  full: Scene;
  error: Scene;
}

/** By the path of the route; a route without its three states fails a test. */
export const scenes: Readonly<Record<string, Scenes>> = {
  '/': {
    empty: { at: '/', seed: 'new' },
    full: { at: '/', seed: 'busy' },
    error: { at: '/', seed: 'busy', breaks: 'GET /api/projects' },
  },
  '/projects': {
    empty: { at: '/projects', seed: 'new' },
    full: { at: '/projects', seed: 'busy' },
    error: { at: '/projects', seed: 'busy', breaks: 'GET /api/projects' },
  },
  '/projects/:id': {
    empty: { at: '/projects/<drafts>', seed: 'new' },
    full: { at: '/projects/<project>', seed: 'busy' },
    error: { at: '/projects/<project>', seed: 'busy', breaks: 'GET /api/projects/{project}/files' },
  },
  '/projects/:id/files/:file/print': {
    empty: { at: '/projects/<project>/files/<file>/print', seed: 'busy', flag: 'off' },
    full: { at: '/projects/<project>/files/<file>/print', seed: 'busy' },
    error: {
      at: '/projects/<project>/files/<file>/print',
      seed: 'busy',
      breaks: 'GET /api/projects/{project}/files/{file}',
    },
  },
  '/queue': {
    empty: { at: '/queue', seed: 'new' },
    full: { at: '/queue', seed: 'busy' },
    error: { at: '/queue', seed: 'busy', breaks: 'GET /api/print/queue' },
  },
  '/jobs/:id': {
    empty: { at: '/jobs/job_00000000000000000000000000000000', seed: 'new' },
    full: { at: '/jobs/<job>', seed: 'busy' },
    error: { at: '/jobs/<job>', seed: 'busy', breaks: 'GET /api/print/jobs/{job}' },
  },
  '/printers': {
    empty: { at: '/printers', seed: 'new' },
    full: { at: '/printers', seed: 'busy' },
    error: { at: '/printers', seed: 'busy', breaks: 'GET /api/print/printers' },
  },
  '/admin/people': {
    empty: { at: '/admin/people', seed: 'new' },
    full: { at: '/admin/people', seed: 'busy' },
    error: { at: '/admin/people', seed: 'busy', breaks: 'GET /api/organisations/{organisation}/members' },
  },
  '/admin/printing': {
    empty: { at: '/admin/printing', seed: 'new', flag: 'off' },
    full: { at: '/admin/printing', seed: 'busy' },
    error: { at: '/admin/printing', seed: 'busy', breaks: 'GET /api/flag' },
  },
  '/settings': {
    empty: { at: '/settings', seed: 'new' },
    full: { at: '/settings', seed: 'busy' },
    error: { at: '/settings', seed: 'busy', breaks: 'GET /api/sessions' },
  },
  '/accessibility': {
    empty: { at: '/accessibility', seed: 'new' },
    full: { at: '/accessibility', seed: 'busy' },
    error: { at: '/accessibility', seed: 'busy', breaks: 'GET /api/session' },
  },
  '/_ui': {
    empty: { at: '/_ui', seed: 'new' },
    full: { at: '/_ui', seed: 'busy' },
    error: { at: '/_ui', seed: 'busy', breaks: 'GET /api/session' },
  },
  '/sign-in': {
    empty: { at: '/sign-in', seed: 'new' },
    full: { at: '/sign-in?to=%2Fqueue', seed: 'busy' },
    error: { at: '/sign-in', seed: 'busy', breaks: 'POST /api/session', send: true },
  },
  '/link': {
    empty: { at: '/link', seed: 'new' },
    full: { at: '/link#<invitation>', seed: 'busy' },
    error: { at: '/link#fxl_spent', seed: 'busy' },
  },
};
