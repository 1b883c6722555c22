export { answer, api, csrfToken, newKey, onProof } from './client';
export { ApiError, asApiError, NO_ANSWER, OFFLINE, problemOf, speak } from './problem';
export { enter, known, leave, me, refreshMe, safeReturn, signOut, wasIn, who } from './session';
export type { Who } from './session';
export type * from './shapes';
