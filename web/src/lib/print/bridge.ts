/** What to type beside the printers. Pure. */

/** Where OctoPrint is unless its host was renamed. */
const OCTOPRINT = 'http://octopi.local';

export function pairCommand(service_url: string, code: string): string {
  return `FLUXPRINT_API_URL=${service_url} fluxprint-bridge pair --code ${code}`;
}

/** The address and the key of OctoPrint are the person's own: one to check, one to fill in. */
export function runCommand(service_url: string): string {
  return `FLUXPRINT_API_URL=${service_url} OCTOPRINT_URL=${OCTOPRINT} OCTOPRINT_API_KEY=… fluxprint-bridge run`;
}
