import type { ApiError, Me } from '../lib/api';
import type { World } from '../lib/live';

/** Whether the shell says already, above every page, why this question failed. */
export function isSaidAbove(error: ApiError, world: World, me: Me | null): boolean {
  const service = world.service ?? me?.service;
  return service?.up === false && error.code.startsWith('PRINTING_SERVICE_');
}
