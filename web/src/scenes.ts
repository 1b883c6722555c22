/** How a walk over every page brings it into each of its states. Read by tests, never shipped. */

export interface Scene {
  /** Address; `<drafts>`, `<project>`, `<file>`, `<paper>`, `<job>`, `<invitation>` stand for things of the seed. */
  at: string;
  /** A studio nobody has used yet, or one with projects, files, printers, jobs and members. */
  seed: 'new' | 'busy';
  /** This call is answered by a problem document. */
  breaks?: string;
  /** Part of this state is that the studio itself refuses this call, with this status. */
  refuses?: { call: string; status: number };
  /** Type this into the field of this name, and press Enter; then this heading or sentence is there. */
  types?: { field: string; text: string; shows: string };
  /** Fill the fields with any text and send the form. */
  send?: true;
  /** With the live flag off. */
  flag?: 'off';
  /** While the print service is away; what was last known of it stays. */
  away?: true;
  /** For the eyes of a viewer; the owner's otherwise. */
  as?: 'viewer';
}

/** A control that is pressed: its role, and its whole name or how it begins (with `…` at the end). */
export type Press = readonly [role: 'button' | 'menuitem' | 'switch', name: string];

/** A page with content of its own: three states. */
interface ThreeStates {
  empty: Scene;
  full: Scene;
  error: Scene;
}

/** A page that says the same to everybody: nothing there to be empty; it fails with the whole app. */
interface OneState {
  only: Scene;
  error: Scene;
}

export type Scenes = (ThreeStates | OneState) & {
  /** Further looks, by name. */
  also?: Readonly<Record<string, Scene>>;
  /** Its dialogs and menus, by name: what is pressed in the full state, one after the other. */
  opens?: Readonly<Record<string, readonly Press[]>>;
};

/** The row of every address that is not in the table of routes. */
export const NOWHERE = '*';

/** By the path of the route; a route without its states fails a test. */
export const scenes: Readonly<Record<string, Scenes>> = {
  '/': {
    empty: { at: '/', seed: 'new' },
    full: { at: '/', seed: 'busy' },
    error: { at: '/', seed: 'busy', breaks: 'GET /api/projects' },
    also: {
      away: { at: '/', seed: 'busy', away: true },
      viewer: { at: '/', seed: 'busy', as: 'viewer' },
    },
    opens: {
      account: [['button', 'Account of Olivia Owner']],
      palette: [['button', 'Search or go to…']],
    },
  },
  '/projects': {
    empty: { at: '/projects', seed: 'new' },
    full: { at: '/projects', seed: 'busy' },
    error: { at: '/projects', seed: 'busy', breaks: 'GET /api/projects' },
    opens: {
      new: [['button', 'New project']],
    },
  },
  '/projects/:id': {
    empty: { at: '/projects/<drafts>', seed: 'new' },
    full: { at: '/projects/<project>', seed: 'busy' },
    error: { at: '/projects/<project>', seed: 'busy', breaks: 'GET /api/projects/{project}/files' },
    also: {
      away: { at: '/projects/<project>', seed: 'busy', away: true },
      viewer: { at: '/projects/<project>', seed: 'busy', as: 'viewer' },
    },
    opens: {
      menu: [['button', 'More for planet carrier.stl']],
      delete: [
        ['button', 'More for planet carrier.stl'],
        ['menuitem', 'Delete'],
      ],
      project: [['button', 'More for Gearbox housing']],
      rename: [
        ['button', 'More for Gearbox housing'],
        ['menuitem', 'Rename project'],
      ],
      people: [['button', 'People']],
    },
  },
  '/projects/:id/files/:file/print': {
    // Nothing to print: the file is kept for reading.
    empty: { at: '/projects/<project>/files/<paper>/print', seed: 'busy' },
    full: { at: '/projects/<project>/files/<file>/print', seed: 'busy' },
    error: {
      at: '/projects/<project>/files/<file>/print',
      seed: 'busy',
      breaks: 'GET /api/projects/{project}/files/{file}',
    },
    also: {
      soon: { at: '/projects/<project>/files/<file>/print', seed: 'busy', flag: 'off' },
      away: { at: '/projects/<project>/files/<file>/print', seed: 'busy', away: true },
      viewer: { at: '/projects/<project>/files/<file>/print', seed: 'busy', as: 'viewer' },
    },
  },
  '/queue': {
    empty: { at: '/queue', seed: 'new' },
    full: { at: '/queue', seed: 'busy' },
    error: { at: '/queue', seed: 'busy', breaks: 'GET /api/print/queue' },
    also: {
      away: { at: '/queue', seed: 'busy', away: true },
      viewer: { at: '/queue', seed: 'busy', as: 'viewer' },
    },
    opens: {
      menu: [['button', 'More for housing, left half.stl']],
      cancel: [
        ['button', 'More for housing, left half.stl'],
        ['menuitem', 'Cancel print'],
      ],
    },
  },
  '/jobs/:id': {
    empty: {
      at: '/jobs/job_00000000000000000000000000000000',
      seed: 'new',
      refuses: { call: 'GET /api/print/jobs/{job}', status: 404 },
    },
    full: { at: '/jobs/<job>', seed: 'busy' },
    error: { at: '/jobs/<job>', seed: 'busy', breaks: 'GET /api/print/jobs/{job}' },
    opens: {
      cancel: [['button', 'Cancel print']],
    },
  },
  '/printers': {
    empty: { at: '/printers', seed: 'new' },
    full: { at: '/printers', seed: 'busy' },
    error: { at: '/printers', seed: 'busy', breaks: 'GET /api/print/printers' },
    also: {
      away: { at: '/printers', seed: 'busy', away: true },
      viewer: { at: '/printers', seed: 'busy', as: 'viewer' },
    },
    opens: {
      menu: [['button', 'More for printer']],
      controls: [
        ['button', 'More for printer'],
        ['menuitem', 'Controls'],
      ],
      bed: [['button', 'Bed is clear…']],
      material: [['button', 'Change: printer']],
      stop: [['button', 'Emergency stop: printer']],
      connect: [['button', 'Connect printers']],
      disconnect: [['button', 'Disconnect…']],
    },
  },
  '/pair': {
    empty: { at: '/pair', seed: 'new' },
    full: {
      at: '/pair',
      seed: 'busy',
      types: { field: 'Code', text: '<pairing>', shows: 'Do you see this code and this key on your own device?' },
    },
    error: {
      at: '/pair',
      seed: 'busy',
      breaks: 'GET /api/print/pairing/codes/{code}',
      types: { field: 'Code', text: 'BCDF-GHJK', shows: 'The database does not answer.' },
    },
  },
  '/admin/people': {
    empty: { at: '/admin/people', seed: 'new' },
    full: { at: '/admin/people', seed: 'busy' },
    error: { at: '/admin/people', seed: 'busy', breaks: 'GET /api/organisations/{organisation}/members' },
    opens: {
      invite: [['button', 'Invite']],
      menu: [['button', 'More for Vera Viewer']],
      remove: [
        ['button', 'More for Vera Viewer'],
        ['menuitem', 'Remove from organisation'],
      ],
    },
  },
  '/admin/printing': {
    empty: { at: '/admin/printing', seed: 'new', flag: 'off' },
    full: { at: '/admin/printing', seed: 'busy' },
    error: { at: '/admin/printing', seed: 'busy', breaks: 'GET /api/flag' },
    opens: {
      off: [['switch', 'Printing is on']],
    },
  },
  '/settings': {
    empty: { at: '/settings', seed: 'new' },
    full: { at: '/settings', seed: 'busy' },
    error: { at: '/settings', seed: 'busy', breaks: 'GET /api/sessions' },
  },
  '/accessibility': {
    only: { at: '/accessibility', seed: 'busy' },
    error: { at: '/accessibility', seed: 'busy', breaks: 'GET /api/session' },
  },
  '/_ui': {
    only: { at: '/_ui', seed: 'busy' },
    error: { at: '/_ui', seed: 'busy', breaks: 'GET /api/session' },
  },
  [NOWHERE]: {
    only: { at: '/no/such/page', seed: 'busy' },
    error: { at: '/no/such/page', seed: 'busy', breaks: 'GET /api/session' },
  },
  '/sign-in': {
    empty: { at: '/sign-in', seed: 'new' },
    full: { at: '/sign-in?to=%2Fqueue', seed: 'busy' },
    error: { at: '/sign-in', seed: 'busy', breaks: 'POST /api/session', send: true },
  },
  '/link': {
    empty: { at: '/link', seed: 'new' },
    full: { at: '/link#<invitation>', seed: 'busy' },
    error: { at: '/link#fxl_spent', seed: 'busy', refuses: { call: 'POST /api/links', status: 410 } },
  },
};
