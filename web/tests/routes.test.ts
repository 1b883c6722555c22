import { describe, expect, test } from 'vitest';
import { fillPath, find, match } from '../src/lib/router/match';
import { routes } from '../src/routes';
import { NOWHERE, scenes } from '../src/scenes';

describe('a path', () => {
  test('is matched part by part', () => {
    expect(match('/projects/:id/files/:file/print', '/projects/prj_1/files/file_2/print')).toEqual({
      id: 'prj_1',
      file: 'file_2',
    });
    expect(match('/projects/:id', '/projects/')).toBeNull();
    expect(match('/projects/:id', '/projects/a/b')).toBeNull();
    expect(match('/', '/')).toEqual({});
    expect(match('/queue', '/queue/')).toEqual({});
  });

  test('with broken signs matches nothing', () => {
    expect(match('/jobs/:id', '/jobs/%E0%A4%A')).toBeNull();
  });

  test('carries names with any sign in them there and back', () => {
    const path = fillPath('/projects/:id', { id: 'a/b c' });
    expect(path).toBe('/projects/a%2Fb%20c');
    expect(match('/projects/:id', path)).toEqual({ id: 'a/b c' });
  });
});

describe('the table of pages', () => {
  test('names each address once', () => {
    const paths = routes.map(({ path }) => path);
    expect(new Set(paths).size).toBe(paths.length);
  });

  test('says for each page how to see it in each of its states', () => {
    expect(Object.keys(scenes).sort()).toEqual([NOWHERE, ...routes.map(({ path }) => path)].sort());
    for (const [path, states] of Object.entries(scenes)) {
      const { error, opens: _, also, ...others } = states;
      expect(Object.keys(others).sort(), path).toEqual('only' in states ? ['only'] : ['empty', 'full']);
      for (const { at } of [error, ...Object.values(others), ...Object.values(also ?? {})]) {
        const address = at.replace(/[?#].*/, '').replace(/<(\w+)>/g, 'some_$1');
        expect(find(routes, address)?.route.path ?? NOWHERE).toBe(path);
      }
    }
  });

  test('shows no page empty as it is full', () => {
    for (const states of Object.values(scenes)) {
      if (!('only' in states)) expect(states.empty).not.toEqual(states.full);
    }
  });

  test('has what is shown of printing also while the print service is away, and to a viewer', () => {
    for (const path of ['/', '/projects/:id', '/projects/:id/files/:file/print', '/queue', '/printers']) {
      expect(scenes[path]?.also, path).toMatchObject({ away: { away: true }, viewer: { as: 'viewer' } });
    }
  });

  test('sends nobody to a page above that is not there', () => {
    for (const { under } of routes) {
      if (under) expect(routes.map(({ path }) => path)).toContain(under);
    }
  });

  test('loads every page it names', async () => {
    for (const { page } of routes) expect((await page()).default).toBeTypeOf('function');
  }, 120_000);
});
