import { cell } from '../cell';

/** What the page in view is called: browser title and breadcrumb. A page with a name of its own sets it. */
export interface PageName {
  title: string;
  /** Where it belongs, from the outside in, without the page itself. */
  crumbs: { title: string; href: string }[];
}

export const pageName = cell<PageName>({ title: '', crumbs: [] });

export function namePage(title: string, crumbs: PageName['crumbs'] = []): void {
  pageName.set({ title, crumbs });
}
