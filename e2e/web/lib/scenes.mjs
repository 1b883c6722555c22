// The pages' own table of routes and states, and how a browser is brought into one of them.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { url } from './journey.mjs';

const WEB = fileURLToPath(new URL('../../../web', import.meta.url));
const STATES = ['empty', 'full', 'error'];
const PROBLEM = {
  type: 'urn:fluxprint:problem:STORE_AWAY',
  title: 'Service Unavailable',
  status: 503,
  detail: 'The database does not answer.',
  code: 'STORE_AWAY',
  remedy: 'Try again in a moment.',
  request_id: 'req_00000000000000000000000000000000',
};

/** What the studio says while the print service is away. */
const AWAY = {
  ...PROBLEM,
  type: 'urn:fluxprint:problem:PRINTING_SERVICE_UNAVAILABLE',
  detail: 'The print service cannot be reached at the moment. Everything else works.',
  code: 'PRINTING_SERVICE_UNAVAILABLE',
  remedy: 'Try again in a minute; prints that are running go on meanwhile.',
};

/** Every page in each of its states and looks, then with each of its dialogs and menus; a state that is missing is an error. */
export async function scenes() {
  const { stdout } = await promisify(execFile)(process.execPath, ['scripts/routes.js'], { cwd: WEB });
  return JSON.parse(stdout).flatMap(({ path, access, states }) => {
    const stands = (states?.only ? ['only', 'error'] : STATES).map((state) => {
      const scene = states?.[state];
      if (!scene) throw new Error(`${path} does not say how it comes into the state "${state}"`);
      return { path, access, state, ...scene };
    });
    const also = Object.entries(states.also ?? {}).map(([state, scene]) => ({ path, access, state, ...scene }));
    const full = stands.at(-2);
    const open = Object.entries(states.opens ?? {}).map(([name, presses]) => ({ ...full, state: `open-${name}`, presses }));
    return [...stands, ...also, ...open];
  });
}

/** The complaints of the browser that are part of this scene: those about the call that says no in it. */
export function complaintsOf({ breaks, refuses, away }) {
  const refused = [];
  if (away) refused.push({ call: 'GET /api/[^)]*', status: AWAY.status });
  if (breaks) refused.push({ call: breaks, status: PROBLEM.status });
  if (refuses) refused.push(refuses);
  return refused.map(({ call, status }) => {
    const path = call.split(' ')[1].replaceAll(/\{\w+\}/g, '[^/]+');
    return new RegExp(`status of ${status} [^]*\\(${url}${path}(\\?[^)]*)?\\) on `);
  });
}

/** Opens what the scene opens; leaving it by Escape is part of the answer. */
export async function open(page, presses) {
  for (const [role, name] of presses) {
    const whole = !name.endsWith('…') || name === 'Search or go to…';
    const control = page.getByRole(role, whole ? { name, exact: true } : { name: new RegExp(`^${name.slice(0, -1)}`) });
    await control.first().click();
  }
  await page.locator('dialog[open], [popover]:popover-open').first().waitFor();
  await page.waitForFunction(() => !document.querySelector('dialog[open] [aria-busy=true], dialog[open] .skeleton'));
}

/** Leaves it by Escape: nothing is open then, and the focus is where it was. */
export async function leave(page) {
  await page.keyboard.press('Escape');
  await page.waitForFunction(() => !document.querySelector('dialog[open], .list:popover-open'));
  const at = await page.evaluate(() => document.activeElement === document.body);
  return at ? ['the focus is lost with what was open'] : [];
}

/** Brings the page of `person` into `scene`; `names` fill the address. The answer undoes it. */
export async function enterScene(person, scene, names) {
  const { page } = person;
  const broken = scene.breaks && breaks(scene.breaks);
  if (broken) await page.route(broken.at, broken.answer);
  const back = scene.away && (await takeAway(page));
  await page.goto('about:blank');
  await page.goto(url + filled(scene.at, names));
  await page.locator('h1').first().waitFor();
  if (scene.send) await send(page);
  if (scene.types) await type(page, scene.types, names);
  await settled(page, scene);
  return async () => {
    if (broken) await page.unroute(broken.at, broken.answer);
    await back?.();
  };
}

/** Pages whose socket leads through here, and since when the print service is away for them; null: it is not. */
const lines = new Map();

/** The page hears that the print service is away, as the studio tells it. The answer brings it back. */
async function takeAway(page) {
  if (!lines.has(page)) await page.routeWebSocket('**/api/live', (line) => pass(line, () => lines.get(page)));
  lines.set(page, new Date(Date.now() - 60_000).toISOString());
  const at = (address) => /^\/api\/(print\/|projects\/[^/]+\/(print\/|files\/[^/]+\/check))/.test(address.pathname);
  const answer = (route) =>
    route.fulfill({ status: AWAY.status, contentType: 'application/problem+json', body: JSON.stringify(AWAY) });
  await page.route(at, answer);
  return async () => {
    lines.set(page, null);
    await page.unroute(at, answer);
  };
}

function pass(line, awaySince) {
  const studio = line.connectToServer();
  studio.onMessage((text) => {
    const said = JSON.parse(text);
    const since = awaySince();
    if (since && said.type === 'snapshot') {
      Object.assign(said, { service: { ...said.service, up: false, since }, seen_at: since });
    }
    // What the service says by itself is not heard of while it is away.
    if (since && said.type === 'event') Object.assign(said, { name: 'nothing:happened', payload: {} });
    line.send(JSON.stringify(said));
  });
}

/** Whether anything that stands for loading is gone, and the words with their letters are there. */
async function settled(page, { path }) {
  await page.waitForLoadState('networkidle');
  // The gallery shows what stands for loading for ever.
  if (path !== '/_ui') await page.waitForFunction(() => !document.querySelector('[aria-busy=true], .skeleton'));
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
}

function breaks(call) {
  const [method, path] = call.split(' ');
  const shape = new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
  return {
    at: (address) => shape.test(address.pathname),
    answer: (route) =>
      route.request().method() === method
        ? route.fulfill({ status: 503, contentType: 'application/problem+json', body: JSON.stringify(PROBLEM) })
        : route.fallback(),
  };
}

async function type(page, { field, text, shows }, names) {
  const box = page.getByRole('textbox', { name: field, exact: true });
  await box.fill(filled(text, names));
  await box.press('Enter');
  await page.getByText(shows).first().waitFor();
}

const filled = (text, names) => text.replaceAll(/<(\w+)>/g, (_, name) => names[name]);

async function send(page) {
  await page.getByRole('textbox', { name: 'E-mail address' }).fill('somebody@example.com');
  await page.getByLabel('Password', { exact: true }).fill('any words at all');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText(PROBLEM.detail).first().waitFor();
}
