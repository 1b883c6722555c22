// Somebody at a browser of their own.
import { join } from 'node:path';
import { url } from './journey.mjs';

// Nothing takes so long but on a machine that is busy with something else.
const PATIENCE_MS = 45_000;

export class Person {
  static async arrive(browser, name, options) {
    const context = await browser.newContext({ acceptDownloads: true, ...options });
    context.setDefaultTimeout(PATIENCE_MS);
    await context.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) => {
        console.error(`content security policy: ${event.violatedDirective} ${event.blockedURI}`);
      });
    });
    return new Person(name, context, await context.newPage());
  }

  constructor(name, context, page) {
    this.name = name;
    this.context = context;
    this.page = page;
    this.complaints = [];
    this.expected = [];
    /** How often a page was loaded from the network. */
    this.loads = 0;
    this.listen(page);
  }

  /** The same person in a second tab of the same browser, whose complaints count too. */
  async anotherTab() {
    const tab = new Person(this.name, this.context, await this.context.newPage());
    tab.complaints = this.complaints;
    tab.expected = this.expected;
    return tab;
  }

  /** What this page complains about counts; `page` may be another tab. */
  listen(page) {
    // Somebody listens from the beginning: told of it only then, the browser may open a real dialog first.
    page.on('filechooser', () => {});
    page.on('load', () => (this.loads += 1));
    page.on('pageerror', (error) => this.#complain(`page: ${error} on ${page.url()}`));
    page.on('console', (message) => {
      const at = message.location().url;
      if (message.type() === 'error') this.#complain(`console: ${message.text()} (${at}) on ${page.url()}`);
    });
  }

  /** From now on a complaint like this is part of the story. */
  expect(...patterns) {
    this.expected.push(...patterns);
  }

  /** While `act` goes on, complaints like these are part of the story; then they are complaints again. */
  async during(patterns, act) {
    this.expected.push(...patterns);
    try {
      return await act();
    } finally {
      // What the page has said so far is heard before the answer to this.
      await this.page.evaluate(() => undefined).catch(() => undefined);
      for (const pattern of patterns) this.expected.splice(this.expected.indexOf(pattern), 1);
    }
  }

  /** By role and name: the whole name, or a part of it by a pattern. */
  get(role, name, options = {}) {
    return this.page.getByRole(role, { name, exact: typeof name === 'string', ...options });
  }

  async sees(role, name, options) {
    await this.get(role, name, options).first().waitFor();
  }

  async reads(text, options = {}) {
    await this.page.getByText(text).first().waitFor(options);
  }

  async click(role, name, options) {
    await this.get(role, name, options).click();
  }

  /** Takes a link of the rail. */
  async visit(place) {
    await this.get('navigation', 'Places').getByRole('link', { name: place, exact: true }).click();
    await this.sees('heading', place === 'Home' ? /^Hello/ : place, { level: 1 });
  }

  async goTo(path) {
    await this.page.goto(`${url}${path}`);
  }

  /** Comes in by a one-time link, as somebody who was sent it. */
  async comeBy(account) {
    await this.page.goto(await account.link());
    await this.click('button', /^Sign in as/);
    await this.sees('heading', /^Hello/);
  }

  /** Waits until the card of a file says this. */
  async cardSays(file, text, options = {}) {
    await this.get('article', file).getByText(text).first().waitFor(options);
  }

  /** Picks files in the dialog that `open` makes the browser show. */
  async pick(open, files) {
    const dialog = this.page.waitForEvent('filechooser');
    await open();
    await (await dialog).setFiles(files);
  }

  async picture(name) {
    const path = join(process.env.FLUXPRINT_PICTURES, `${name}.png`);
    await this.page.screenshot({ path, fullPage: true }).catch(() => {});
  }

  /** For the message of a failed journey. */
  async explain() {
    await this.picture(`failed-${this.name}`);
    const tree = await this.page.locator('body').ariaSnapshot().catch(() => '');
    console.error(`${this.name} at ${this.page.url()}\n${tree}\n${this.complaints.join('\n')}`);
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
