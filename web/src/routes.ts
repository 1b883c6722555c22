/** The one table of pages. The shell, the palette and the walk over every page and state read it. */
import type { Component } from 'svelte';
import type { Key } from './lib/i18n';
import type { IconName } from './ui/icons';

/** Most pages take what the address says; some stand alone. */
export type Page = Component<{ params: Record<string, string> }> | Component<Record<string, never>>;

/** How a walk brings a page into one of its states. */
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

export interface Route {
  path: string;
  title: Key;
  page: () => Promise<{ default: Page }>;
  /** Who may open it; `signed_in` leads to sign-in and back. */
  access: 'anyone' | 'signed_in';
  /** Inside the shell, or a card of its own. */
  frame: 'shell' | 'bare';
  /** Word in `Me.allowed` without which it is not offered. The server refuses by itself. */
  needs?: string;
  /** Shows Coming Soon while printing is switched off. */
  printing?: true;
  /** Place in the rail. */
  rail?: { icon: IconName; group: 'main' | 'admin' };
  /** Page it belongs to, for the breadcrumb. */
  under?: string;
  states: { empty: Scene; full: Scene; error: Scene };
}

export const routes: readonly Route[] = [
  {
    path: '/',
    title: 'page.home',
    page: () => import('./pages/home/Home.svelte'),
    access: 'signed_in',
    frame: 'shell',
    rail: { icon: 'home', group: 'main' },
    states: {
      empty: { at: '/', seed: 'new' },
      full: { at: '/', seed: 'busy' },
      error: { at: '/', seed: 'busy', breaks: 'GET /api/projects' },
    },
  },
  {
    path: '/projects',
    title: 'page.projects',
    page: () => import('./pages/projects/Projects.svelte'),
    access: 'signed_in',
    frame: 'shell',
    rail: { icon: 'projects', group: 'main' },
    states: {
      empty: { at: '/projects', seed: 'new' },
      full: { at: '/projects', seed: 'busy' },
      error: { at: '/projects', seed: 'busy', breaks: 'GET /api/projects' },
    },
  },
  {
    path: '/projects/:id',
    title: 'page.files',
    page: () => import('./pages/files/Files.svelte'),
    access: 'signed_in',
    frame: 'shell',
    under: '/projects',
    states: {
      empty: { at: '/projects/<drafts>', seed: 'new' },
      full: { at: '/projects/<project>', seed: 'busy' },
      error: { at: '/projects/<project>', seed: 'busy', breaks: 'GET /api/projects/{project}/files' },
    },
  },
  {
    path: '/projects/:id/files/:file/print',
    title: 'page.print',
    page: () => import('./pages/print/Print.svelte'),
    access: 'signed_in',
    frame: 'shell',
    printing: true,
    under: '/projects',
    states: {
      empty: { at: '/projects/<project>/files/<file>/print', seed: 'busy', flag: 'off' },
      full: { at: '/projects/<project>/files/<file>/print', seed: 'busy' },
      error: {
        at: '/projects/<project>/files/<file>/print',
        seed: 'busy',
        breaks: 'GET /api/projects/{project}/files/{file}',
      },
    },
  },
  {
    path: '/queue',
    title: 'page.queue',
    page: () => import('./pages/queue/Queue.svelte'),
    access: 'signed_in',
    frame: 'shell',
    rail: { icon: 'queue', group: 'main' },
    states: {
      empty: { at: '/queue', seed: 'new' },
      full: { at: '/queue', seed: 'busy' },
      error: { at: '/queue', seed: 'busy', breaks: 'GET /api/print/queue' },
    },
  },
  {
    path: '/jobs/:id',
    title: 'page.job',
    page: () => import('./pages/job/Job.svelte'),
    access: 'signed_in',
    frame: 'shell',
    under: '/queue',
    states: {
      empty: { at: '/jobs/job_00000000000000000000000000000000', seed: 'new' },
      full: { at: '/jobs/<job>', seed: 'busy' },
      error: { at: '/jobs/<job>', seed: 'busy', breaks: 'GET /api/print/jobs/{job}' },
    },
  },
  {
    path: '/printers',
    title: 'page.printers',
    page: () => import('./pages/printers/Printers.svelte'),
    access: 'signed_in',
    frame: 'shell',
    rail: { icon: 'printers', group: 'main' },
    states: {
      empty: { at: '/printers', seed: 'new' },
      full: { at: '/printers', seed: 'busy' },
      error: { at: '/printers', seed: 'busy', breaks: 'GET /api/print/printers' },
    },
  },
  {
    path: '/admin/people',
    title: 'page.people',
    page: () => import('./pages/people/People.svelte'),
    access: 'signed_in',
    frame: 'shell',
    needs: 'manage_members',
    rail: { icon: 'people', group: 'admin' },
    states: {
      empty: { at: '/admin/people', seed: 'new' },
      full: { at: '/admin/people', seed: 'busy' },
      error: { at: '/admin/people', seed: 'busy', breaks: 'GET /api/organisations/{organisation}/members' },
    },
  },
  {
    path: '/admin/printing',
    title: 'page.flag',
    page: () => import('./pages/flag/Flag.svelte'),
    access: 'signed_in',
    frame: 'shell',
    rail: { icon: 'power', group: 'admin' },
    states: {
      empty: { at: '/admin/printing', seed: 'new', flag: 'off' },
      full: { at: '/admin/printing', seed: 'busy' },
      error: { at: '/admin/printing', seed: 'busy', breaks: 'GET /api/flag' },
    },
  },
  {
    path: '/settings',
    title: 'page.settings',
    page: () => import('./pages/settings/Settings.svelte'),
    access: 'signed_in',
    frame: 'shell',
    states: {
      empty: { at: '/settings', seed: 'new' },
      full: { at: '/settings', seed: 'busy' },
      error: { at: '/settings', seed: 'busy', breaks: 'GET /api/sessions' },
    },
  },
  {
    path: '/accessibility',
    title: 'page.accessibility',
    page: () => import('./pages/accessibility/Accessibility.svelte'),
    access: 'anyone',
    frame: 'shell',
    states: {
      empty: { at: '/accessibility', seed: 'new' },
      full: { at: '/accessibility', seed: 'busy' },
      error: { at: '/accessibility', seed: 'busy', breaks: 'GET /api/me' },
    },
  },
  {
    path: '/_ui',
    title: 'page.gallery',
    page: () => import('./pages/_ui/Gallery.svelte'),
    access: 'anyone',
    frame: 'shell',
    states: {
      empty: { at: '/_ui', seed: 'new' },
      full: { at: '/_ui', seed: 'busy' },
      error: { at: '/_ui', seed: 'busy', breaks: 'GET /api/me' },
    },
  },
  {
    path: '/sign-in',
    title: 'page.sign_in',
    page: () => import('./pages/sign-in/SignIn.svelte'),
    access: 'anyone',
    frame: 'bare',
    states: {
      empty: { at: '/sign-in', seed: 'new' },
      full: { at: '/sign-in?to=%2Fqueue', seed: 'busy' },
      error: { at: '/sign-in', seed: 'busy', breaks: 'POST /api/session', send: true },
    },
  },
  {
    path: '/link',
    title: 'page.link',
    page: () => import('./pages/link/Link.svelte'),
    access: 'anyone',
    frame: 'bare',
    states: {
      empty: { at: '/link', seed: 'new' },
      full: { at: '/link#<invitation>', seed: 'busy' },
      error: { at: '/link#fxl_spent', seed: 'busy' },
    },
  },
];

/** Shown for every address that is not in the table. */
export const notFound = (): ReturnType<Route['page']> => import('./pages/not-found/NotFound.svelte');
/** Shown in place of a page about printing while printing is switched off. */
export const comingSoon = (): ReturnType<Route['page']> => import('./pages/coming-soon/ComingSoon.svelte');
