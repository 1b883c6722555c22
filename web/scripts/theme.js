// The theme must be known before the first paint, and the content policy allows no inline script:
// a tiny classic script with a hashed name, loaded beside the style sheet that blocks anyway.
import { readFileSync } from 'node:fs';

const source = new URL('../src/theme.js', import.meta.url);
const tag = (src) => [{ tag: 'script', attrs: { src }, injectTo: 'head-prepend' }];

/** @returns {import('vite').Plugin} */
export function themeScript() {
  let reference;
  let building = false;
  return {
    name: 'theme-script',
    configResolved(config) {
      building = config.command === 'build';
    },
    buildStart() {
      if (!building) return;
      const text = readFileSync(source, 'utf8').replace(/^\/\/.*\n/gm, '');
      reference = this.emitFile({ type: 'asset', name: 'theme.js', source: text });
    },
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle }) {
        if (!bundle) return tag('/src/theme.js');
        const file = Object.keys(bundle).find((name) => /assets\/theme-[^/]+\.js$/.test(name));
        if (!file || !reference) throw new Error('the theme script is missing from the build');
        return tag(`/${file}`);
      },
    },
  };
}
