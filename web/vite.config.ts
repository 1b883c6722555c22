import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { budget } from './scripts/budget.js';
import { notices } from './scripts/notices.js';
import { themeScript } from './scripts/theme.js';

const server = process.env.FLUXPRINT_URL ?? 'http://127.0.0.1:8080';

// Few files a page: what every page needs, what everybody needs who is signed in, and what shows prints.
const BASE =
  /node_modules\/(svelte|openapi-fetch|esm-env|clsx)\/|\/src\/(routes\.ts|shell\/Mark)|\/src\/lib\/(?!print|live|upload)|\/src\/ui\/(Button|Icon|ErrorState|Field|TextField|PasswordField|Banner|FormError|Toasts|toasts|confirm|proof|LoneCard)\b/;
const WORK =
  /\/src\/(lib\/(live|upload)\/|shell\/(Shell|Rail|TopBar|Account)|ui\/(Menu|Avatar|Skeleton|Loaded|away|EmptyState|Layers|Progress|StateChip|Ago|Dialog|modal|Select)\b)/;
const PRINTS = /\/src\/(lib\/print|ui\/print(?!\/Settle))\//;

export default defineConfig({
  plugins: [svelte(), themeScript(), notices(), budget()],
  resolve: process.env.VITEST ? { conditions: ['browser'] } : {},
  build: {
    target: ['chrome123', 'firefox121', 'safari17.5'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'base', test: BASE, priority: 3 },
            { name: 'work', test: WORK, priority: 2 },
            { name: 'prints', test: PRINTS, priority: 1 },
          ],
        },
      },
    },
  },
  server: {
    host: '127.0.0.1',
    // The cookie is bound to the origin the browser sees, so the server must see the same one.
    proxy: { '/api': { target: server, ws: true, changeOrigin: false } },
  },
  test: {
    environment: 'jsdom',
    include: ['tests/**/*.test.ts'],
    restoreMocks: true,
    // As in a browser, not as in Node.
    alias: {
      'tus-js-client': new URL('node_modules/tus-js-client/lib.esm/browser/index.js', import.meta.url).pathname,
    },
  },
});
