// Byte budgets (gzip) of what a browser loads for each page: program, words, frame. Too much fails the build.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const FIRST_ROUTE_JS = 60_000;
const OTHER_ROUTE_JS = 90_000;
const ROUTE_CSS = 14_000;
const FONTS = 60_000;
const FIRST_ROUTES = ['sign-in'];

const gz = (content) => gzipSync(content, { level: 9 }).length;
const kb = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;

function closure(bundle, names, seen = new Set()) {
  for (const name of names) {
    const chunk = bundle[name];
    if (!chunk || seen.has(name)) continue;
    seen.add(name);
    closure(bundle, chunk.imports ?? [], seen);
  }
  return seen;
}

/** What the table of pages says of each: its pack of words and its frame. */
function table() {
  const text = readFileSync(new URL('../src/routes.ts', import.meta.url), 'utf8');
  const rows = text.matchAll(/words: '(\w+)',\s+page: \(\) => import\('\.\/pages\/([^/]+)\/[\s\S]*?frame: '(\w+)'/g);
  return new Map([...rows].map(([, words, page, frame]) => [page, { words, frame }]));
}

/** The pages of the build: their own chunk, and everything that is loaded for them. */
function pages(bundle) {
  const chunks = Object.values(bundle);
  const made = (end) => chunks.filter((c) => c.moduleIds?.some((id) => id.endsWith(end))).map((c) => c.fileName);
  const entry = chunks.filter((c) => c.isEntry).map((c) => c.fileName);
  const FRAMES = { shell: made('/shell/Shell.svelte'), bare: made('/shell/Bare.svelte') };
  const routes = table();
  return chunks.flatMap((chunk) => {
    const name = /\/src\/pages\/([^/]+)\/[^/]+\.svelte$/.exec(chunk.facadeModuleId ?? '')?.[1];
    if (!name || !chunk.isDynamicEntry) return [];
    const { words, frame } = routes.get(name) ?? { words: 'rooms', frame: 'shell' };
    const texts = [...made('/locales/en/shell.ts'), ...made(`/locales/en/${words}.ts`)];
    return [{ name, loads: closure(bundle, [...entry, ...texts, ...FRAMES[frame], chunk.fileName]) }];
  });
}

/** @returns {import('vite').Plugin} */
export function budget() {
  return {
    name: 'budget',
    apply: 'build',
    generateBundle(_options, bundle) {
      const size = (name) => gz(bundle[name]?.code ?? bundle[name]?.source ?? '');
      const sum = (names) => [...names].reduce((total, name) => total + size(name), 0);
      const problems = [];
      const hold = (what, bytes, limit) => {
        if (bytes > limit) problems.push(`${what} ${kb(bytes)}, more than ${kb(limit)}`);
      };
      for (const { name, loads } of pages(bundle)) {
        const styles = new Set([...loads].flatMap((file) => [...(bundle[file].viteMetadata?.importedCss ?? [])]));
        const [js, css] = [sum(loads), sum(styles)];
        this.info(`page ${name}: ${kb(js)} of script, ${kb(css)} of style (gz)`);
        hold(`${name} loads script of`, js, FIRST_ROUTES.includes(name) ? FIRST_ROUTE_JS : OTHER_ROUTE_JS);
        hold(`${name} loads style of`, css, ROUTE_CSS);
      }
      hold('fonts are', sum(Object.keys(bundle).filter((name) => name.endsWith('.woff2'))), FONTS);
      if (problems.length > 0) this.error(`Over the byte budget: ${problems.join('; ')}.`);
    },
  };
}
