// One person's way through the pages, in a real browser. Whatever a page complains about in silence
// (the console, a failed request, the content security policy) makes the journey fail.
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(new URL('../../../web/package.json', import.meta.url));
const { chromium } = require('playwright-core');

/** Where the pages are, without a slash at the end. */
export const url = process.env.FLUXPRINT_URL;
/** A part to print. */
export const part = process.env.FLUXPRINT_PART;

const PATIENCE_MS = 15_000;

/**
 * Walks with a fresh browser; ends the process with what went wrong, if anything did.
 * @param {(person: Person) => Promise<void>} walk
 */
export async function journey(walk, options = {}) {
  const browser = await chromium.launch({
    executablePath: process.env.FLUXPRINT_CHROMIUM,
    args: ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'],
  });
  const people = [];
  const arrive = async (name, more = {}) => {
    const person = await Person.arrive(browser, name, { ...options, ...more });
    people.push(person);
    return person;
  };
  try {
    await walk(await arrive('first'), arrive);
    for (const person of people) person.mustBeContent();
  } catch (error) {
    console.error(error);
    for (const person of people) await person.picture(`failed-${person.name}`);
    for (const person of people) console.error(`${person.name}: ${person.complaints.join('\n')}`);
    process.exitCode = 1;
  } finally {
    await browser.close();
  }
}

/** Somebody at a browser of their own. */
export class Person {
  static async arrive(browser, name, options) {
    const context = await browser.newContext(options);
    context.setDefaultTimeout(PATIENCE_MS);
    await context.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) => {
        console.error(`content security policy: ${event.violatedDirective} ${event.blockedURI}`);
      });
    });
    const page = await context.newPage();
    return new Person(name, page);
  }

  constructor(name, page) {
    this.name = name;
    this.page = page;
    this.complaints = [];
    this.expected = [];
    page.on('pageerror', (error) => this.#complain(`page: ${error}`));
    page.on('console', (message) => {
      const at = message.location().url;
      if (message.type() === 'error') this.#complain(`console: ${message.text()} (${at})`);
    });
  }

  /** From now on a complaint like this is part of the story. */
  expect(pattern) {
    this.expected.push(pattern);
  }

  async picture(name) {
    const path = join(process.env.FLUXPRINT_PICTURES, `${name}.png`);
    await this.page.screenshot({ path, fullPage: true }).catch(() => {});
  }

  mustBeContent() {
    if (this.complaints.length > 0) {
      throw new Error(`The pages complained to ${this.name}:\n${this.complaints.join('\n')}`);
    }
  }

  #complain(text) {
    if (!this.expected.some((pattern) => pattern.test(text))) this.complaints.push(text);
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

/** What `fluxprint` prints when it is called with these words and the address of the studio. */
export const fluxprint = async (...words) =>
  (await outside({ act: 'fluxprint', words })).said;
