/** Names of people and projects, for answers that carry only their ids. */
import { answer, api } from '../api/client';
import { who } from '../api/session';
import type { Project } from '../api/shapes';
import { cell } from '../cell';
import { t } from '../i18n/index';

export interface Names {
  people: Readonly<Record<string, string>>;
  projects: Readonly<Record<string, string>>;
}

export const names = cell<Names>({ people: {}, projects: {} });

const byId = (named: { id: string; name: string }[]): Record<string, string> =>
  Object.fromEntries(named.map(({ id, name }) => [id, name]));

/** The own drafts are called so in every language. */
function called({ id, name, is_drafts }: Project): { id: string; name: string } {
  return { id, name: is_drafts ? t('projects.drafts') : name };
}

/** Asks for them; what cannot be had stays nameless. */
export async function learnNames(): Promise<void> {
  const now = who.get();
  if (now.state !== 'somebody') return;
  const { person, organisation } = now.me;
  const [members, listed] = await Promise.allSettled([
    answer(api.GET('/api/organisations/{organisation}/members', { params: { path: { organisation: organisation.id } } })),
    answer(api.GET('/api/projects')),
  ]);
  const people = members.status === 'fulfilled' ? byId(members.value.members.map((one) => one.person)) : {};
  const projects = listed.status === 'fulfilled' ? byId(listed.value.projects.map(called)) : {};
  names.set({ people: { [person.id]: person.name, ...people }, projects });
}

/** "You", a name, or nothing when it is not known. */
export function personName(known: Names, id: string | null | undefined): string | null {
  const now = who.get();
  if (!id) return null;
  if (now.state === 'somebody' && now.me.person.id === id) return t('who.you');
  return known.people[id] ?? null;
}
