// Prints the table of pages with their scenes as JSON: what a walk over every page and state reads.
import { runnerImport } from 'vite';

const load = async (name) => (await runnerImport(new URL(`../src/${name}.ts`, import.meta.url).pathname)).module;
const [{ routes }, { NOWHERE, scenes }] = await Promise.all([load('routes'), load('scenes')]);
const pages = [...routes, { path: NOWHERE, access: 'anyone' }];
console.log(JSON.stringify(pages.map((page) => ({ ...page, states: scenes[page.path] })), null, 2));
