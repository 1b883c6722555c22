// One person's way through the pages, in a real browser. Whatever a page complains about in silence
// (the console, a failed request, the content security policy) makes the journey fail.
import { createRequire } from 'node:module';
import { Person } from './person.mjs';

const require = createRequire(new URL('../../../web/package.json', import.meta.url));
const { chromium } = require('playwright-core');

/** Where the pages are, without a slash at the end. */
export const url = process.env.FLUXPRINT_URL;
/** A small part to print. */
export const part = process.env.FLUXPRINT_PART;

/**
 * Walks with a fresh browser; ends the process with what went wrong, if anything did.
 * @param {(arrive: (name: string, options?: object) => Promise<Person>) => Promise<void>} walk
 * @param {{ wire?: import('./wire.mjs').Wire }} options The wire that the browser is on, if not the usual one.
 */
export async function journey(walk, { wire } = {}) {
  const args = ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'];
  const browser = await chromium.launch({
    executablePath: process.env.FLUXPRINT_CHROMIUM,
    args: wire ? [...args, wire.resolves] : args,
  });
  const people = [];
  const arrive = async (name, options = {}) => {
    const person = await Person.arrive(browser, name, options);
    people.push(person);
    return person;
  };
  try {
    await walk(arrive);
    for (const person of people) person.mustBeContent();
  } catch (error) {
    console.error(error);
    for (const person of people) await person.explain();
    process.exitCode = 1;
  } finally {
    await browser.close();
    wire?.close();
  }
}

/** Something that happens outside the browser; see e2e/src/browser/outside.rs. */
export async function outside(act) {
  const answer = await fetch(process.env.FLUXPRINT_OUTSIDE, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(act),
  });
  const said = await answer.json();
  if (!answer.ok) throw new Error(said.error);
  return said;
}

/** The virtual printer prints so slowly that its progress can be seen; a real OctoPrint has a pace of its own. */
export const slowly = () => outside({ act: 'knobs', knobs: { speed: 20 } }).catch(() => null);

/** What `fluxprint` prints when it is called with these words and the address of the studio. */
export const fluxprint = async (...words) =>
  (await outside({ act: 'fluxprint', words })).said;

/** Looks until `look` gives something; for what is outside the pages. */
export async function until(what, look, within_ms = 60_000) {
  const ends_at = performance.now() + within_ms;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (performance.now() > ends_at) throw new Error(`waited ${within_ms} ms in vain for ${what}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}
