import { offline } from './problem';

/** Waits before each further try. */
const WAITS_MS = [400, 1_200];
/** The way to the server is shaky; the same question may be asked again. */
const SHAKY = new Set([502, 503, 504]);

export interface Ways {
  fetch: (request: Request) => Promise<Response>;
  wait: (ms: number) => Promise<void>;
}

/** Reading repeats by itself; a change only when its key makes it count once. */
export function mayRepeat(request: Request): boolean {
  return request.method === 'GET' || request.headers.has('idempotency-key');
}

/** Sends a request, again if that is safe and could help. Throws `offline` when nothing answers. */
export async function send(request: Request, ways: Ways): Promise<Response> {
  const waits = mayRepeat(request) ? WAITS_MS : [];
  for (let tries = 0; ; tries += 1) {
    const wait_ms = waits[tries];
    try {
      const answer = await ways.fetch(request.clone());
      const told = answer.headers.has('retry-after');
      if (wait_ms === undefined || told || !SHAKY.has(answer.status)) return answer;
    } catch (thrown) {
      if (request.signal.aborted) throw thrown;
      if (wait_ms === undefined) throw offline();
    }
    await ways.wait(wait_ms);
  }
}
