// Licences of everything that is shipped to the browser, in one file beside the pages.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const root = new URL('..', import.meta.url).pathname;

function packageOf(id) {
  const parts = id.split('\0').join('').split('node_modules/');
  if (parts.length < 2) return null;
  const [first, second] = parts.at(-1).split('/');
  return first.startsWith('@') ? `${first}/${second}` : first;
}

function notice(name) {
  const folder = join(root, 'node_modules', name);
  const about = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file && existsSync(join(folder, file)) ? readFileSync(join(folder, file), 'utf8') : '';
  return `${about.name} ${about.version} (${about.license})\n\n${text.trim()}\n`;
}

/** @returns {import('vite').Plugin} */
export function notices() {
  return {
    name: 'third-party-notices',
    apply: 'build',
    generateBundle(_options, bundle) {
      const names = new Set(['@fontsource-variable/geist']);
      for (const chunk of Object.values(bundle)) {
        for (const id of Object.keys(chunk.modules ?? {})) {
          const name = packageOf(id);
          if (name) names.add(name);
        }
      }
      const source = [...names].sort().map(notice).join(`\n${'-'.repeat(72)}\n\n`);
      this.emitFile({ type: 'asset', fileName: 'third-party.txt', source });
    },
  };
}
