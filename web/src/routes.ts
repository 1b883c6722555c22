/** The one table of pages; `scenes.ts` says how a walk brings each into its states. */
import type { Component } from 'svelte';
import type { Key, Pack } from './lib/i18n';
import type { IconName } from './ui/icons';

/** Most pages take what the address says; some stand alone. */
export type Page = Component<{ params: Record<string, string> }> | Component<Record<string, never>>;

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
  /** Which words it needs beside the shell's. */
  words: Pack;
  /** Place in the rail. */
  rail?: { icon: IconName; group: 'main' | 'admin' };
  /** Page it belongs to, for the breadcrumb. */
  under?: string;
}

export const routes: readonly Route[] = [
  {
    path: '/',
    title: 'page.home',
    words: 'views',
    page: () => import('./pages/home/Home.svelte'),
    access: 'signed_in',
    frame: 'shell',
    rail: { icon: 'home', group: 'main' },
  },
  {
    path: '/projects',
    title: 'page.projects',
    words: 'views',
    page: () => import('./pages/projects/Projects.svelte'),
    access: 'signed_in',
    frame: 'shell',
    rail: { icon: 'projects', group: 'main' },
  },
  {
    path: '/projects/:id',
    title: 'page.files',
    words: 'views',
    page: () => import('./pages/files/Files.svelte'),
    access: 'signed_in',
    frame: 'shell',
    under: '/projects',
  },
  {
    path: '/projects/:id/files/:file/print',
    title: 'page.print',
    words: 'views',
    page: () => import('./pages/print/Print.svelte'),
    access: 'signed_in',
    frame: 'shell',
    printing: true,
    under: '/projects',
  },
  {
    path: '/queue',
    title: 'page.queue',
    words: 'views',
    page: () => import('./pages/queue/Queue.svelte'),
    access: 'signed_in',
    frame: 'shell',
    rail: { icon: 'queue', group: 'main' },
  },
  {
    path: '/jobs/:id',
    title: 'page.job',
    words: 'views',
    page: () => import('./pages/job/Job.svelte'),
    access: 'signed_in',
    frame: 'shell',
    under: '/queue',
  },
  {
    path: '/printers',
    title: 'page.printers',
    words: 'views',
    page: () => import('./pages/printers/Printers.svelte'),
    access: 'signed_in',
    frame: 'shell',
    rail: { icon: 'printers', group: 'main' },
  },
  {
    path: '/pair',
    title: 'page.pair',
    words: 'views',
    page: () => import('./pages/pair/Pair.svelte'),
    access: 'signed_in',
    frame: 'shell',
    needs: 'manage_printers',
    under: '/printers',
  },
  {
    path: '/admin/people',
    title: 'page.people',
    words: 'rooms',
    page: () => import('./pages/people/People.svelte'),
    access: 'signed_in',
    frame: 'shell',
    needs: 'manage_members',
    rail: { icon: 'people', group: 'admin' },
  },
  {
    path: '/admin/printing',
    title: 'page.flag',
    words: 'rooms',
    page: () => import('./pages/flag/Flag.svelte'),
    access: 'signed_in',
    frame: 'shell',
    rail: { icon: 'power', group: 'admin' },
  },
  {
    path: '/settings',
    title: 'page.settings',
    words: 'rooms',
    page: () => import('./pages/settings/Settings.svelte'),
    access: 'signed_in',
    frame: 'shell',
  },
  {
    path: '/accessibility',
    title: 'page.accessibility',
    words: 'rooms',
    page: () => import('./pages/accessibility/Accessibility.svelte'),
    access: 'anyone',
    frame: 'shell',
  },
  {
    path: '/_ui',
    title: 'page.gallery',
    words: 'rooms',
    page: () => import('./pages/_ui/Gallery.svelte'),
    access: 'anyone',
    frame: 'shell',
  },
  {
    path: '/sign-in',
    title: 'page.sign_in',
    words: 'rooms',
    page: () => import('./pages/sign-in/SignIn.svelte'),
    access: 'anyone',
    frame: 'bare',
  },
  {
    path: '/link',
    title: 'page.link',
    words: 'rooms',
    page: () => import('./pages/link/Link.svelte'),
    access: 'anyone',
    frame: 'bare',
  },
];

/** What stands around a page. */
export const frames = {
  shell: () => import('./shell/Shell.svelte'),
  bare: () => import('./shell/Bare.svelte'),
};

/** Shown for every address that is not in the table. */
export const notFound = (): ReturnType<Route['page']> => import('./pages/not-found/NotFound.svelte');
/** Shown in place of a page about printing while printing is switched off. */
export const comingSoon = (): ReturnType<Route['page']> => import('./pages/coming-soon/ComingSoon.svelte');
