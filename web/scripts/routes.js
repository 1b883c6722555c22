// Prints the table of pages with their scenes as JSON: what a walk over every page and state reads.
import { runnerImport } from 'vite';

const load = async (name) => (await runnerImport(new URL(`../src/${name}.ts`, import.meta.url).pathname)).module;
const [{ routes }, { scenes }] = await Promise.all([load('routes'), load('scenes')]);
console.log(JSON.stringify(routes.map((route) => ({ ...route, states: scenes[route.path] })), null, 2));
