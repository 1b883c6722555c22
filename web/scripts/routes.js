// Prints the table of pages as JSON: what a walk over every page and state reads.
import { runnerImport } from 'vite';

const { module } = await runnerImport(new URL('../src/routes.ts', import.meta.url).pathname);
console.log(JSON.stringify(module.routes, null, 2));
