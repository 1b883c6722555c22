import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { budget } from './scripts/budget.js';
import { notices } from './scripts/notices.js';
import { themeScript } from './scripts/theme.js';

const server = process.env.FLUXPRINT_URL ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [svelte(), themeScript(), notices(), budget()],
  resolve: process.env.VITEST ? { conditions: ['browser'] } : {},
  build: {
    target: ['chrome123', 'firefox121', 'safari17.5'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
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
  },
});
