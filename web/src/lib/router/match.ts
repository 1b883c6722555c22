/** Paths like `/projects/:id/files/:file/print`. Pure. */

export type Params = Record<string, string>;

export function match(pattern: string, path: string): Params | null {
  const want = pattern.split('/');
  const have = path.length > 1 ? path.replace(/\/+$/, '').split('/') : path.split('/');
  if (want.length !== have.length) return null;
  const params: Params = {};
  for (const [at, part] of want.entries()) {
    const said = have[at] ?? '';
    if (!part.startsWith(':')) {
      if (part !== said) return null;
      continue;
    }
    const value = decoded(said);
    if (!value) return null;
    params[part.slice(1)] = value;
  }
  return params;
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** The path of a route with its parameters filled in. */
export function fillPath(pattern: string, params: Params = {}): string {
  return pattern.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
}

export function find<R extends { path: string }>(
  table: readonly R[],
  path: string,
): { route: R; params: Params } | null {
  for (const route of table) {
    const params = match(route.path, path);
    if (params) return { route, params };
  }
  return null;
}
