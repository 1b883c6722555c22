// Byte budgets of the pages (gzip, what a browser loads first). Too many bytes fail the build.
import { gzipSync } from 'node:zlib';

const FIRST_ROUTE_JS = 60_000;
const OTHER_ROUTE_JS = 90_000;
const ALL_CSS = 14_000;
const FONTS = 60_000;
const FIRST_ROUTES = ['home', 'sign-in'];

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

function pageOf(chunk) {
  return /\/src\/pages\/(.+)\/[^/]+\.svelte$/.exec(chunk.facadeModuleId ?? '')?.[1];
}

/** @returns {import('vite').Plugin} */
export function budget() {
  return {
    name: 'budget',
    apply: 'build',
    generateBundle(_options, bundle) {
      const chunks = Object.values(bundle);
      const size = new Map(chunks.map((c) => [c.fileName, gz(c.code ?? c.source)]));
      const sum = (files) => [...files].reduce((total, file) => total + (size.get(file) ?? 0), 0);
      const entry = chunks.filter((c) => c.isEntry).map((c) => c.fileName);
      const english = chunks.filter((c) => /\/locales\/en\/index\.ts$/.test(c.facadeModuleId ?? '')).map((c) => c.fileName);
      const problems = [];
      const routes = chunks.filter((c) => pageOf(c)).map((c) => {
        const js = sum(closure(bundle, [...entry, ...english, c.fileName]));
        const limit = FIRST_ROUTES.includes(pageOf(c)) ? FIRST_ROUTE_JS : OTHER_ROUTE_JS;
        if (js > limit) problems.push(`${pageOf(c)} loads ${kb(js)} of script, more than ${kb(limit)}`);
        return [pageOf(c), js];
      });
      const css = sum(chunks.filter((c) => c.fileName.endsWith('.css')).map((c) => c.fileName));
      if (css > ALL_CSS) problems.push(`style sheets are ${kb(css)}, more than ${kb(ALL_CSS)}`);
      const fonts = sum(chunks.filter((c) => c.fileName.endsWith('.woff2')).map((c) => c.fileName));
      if (fonts > FONTS) problems.push(`fonts are ${kb(fonts)}, more than ${kb(FONTS)}`);
      for (const [page, js] of routes.sort((a, b) => b[1] - a[1])) {
        this.info(`route ${page}: ${kb(js)} of script (gz)`);
      }
      this.info(`all style sheets: ${kb(css)} (gz); fonts: ${kb(fonts)}`);
      if (problems.length > 0) this.error(`Over the byte budget: ${problems.join('; ')}.`);
    },
  };
}
