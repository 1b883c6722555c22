import type { Role } from '../../lib/api';
import { say } from '../../lib/i18n';

const ROLES: readonly Role[] = ['owner', 'manager', 'editor', 'viewer'];

/** Roles that somebody may give: only an owner makes owners. */
export function givable(by: Role): { value: Role; label: string; hint: string }[] {
  return ROLES.filter((role) => role !== 'owner' || by === 'owner').map((role) => ({
    value: role,
    label: say(`role.${role}`),
    hint: say(`role.${role}_can`),
  }));
}
