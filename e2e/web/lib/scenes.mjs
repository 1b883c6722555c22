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

/** Every page in each of its states, then with each of its dialogs and menus; a page without all three is an error. */
export async function scenes() {
  const { stdout } = await promisify(execFile)(process.execPath, ['scripts/routes.js'], { cwd: WEB });
  return JSON.parse(stdout).flatMap(({ path, access, states }) => {
    const stands = STATES.map((state) => {
      const scene = states?.[state];
      if (!scene) throw new Error(`${path} does not say how it comes into the state "${state}"`);
      return { path, access, state, ...scene };
    });
    const open = Object.entries(states.opens ?? {});
    return [...stands, ...open.map(([name, presses]) => ({ ...stands[1], state: `open-${name}`, presses }))];
  });
}

/** The complaints of the browser that are part of this scene: those about the call that says no in it. */
export function complaintsOf({ breaks, refuses }) {
  const refused = [];
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
  await page.goto('about:blank');
  await page.goto(url + scene.at.replaceAll(/<(\w+)>/g, (_, name) => names[name]));
  await page.locator('h1').first().waitFor();
  if (scene.send) await send(page);
  await settled(page, scene);
  return async () => {
    if (broken) await page.unroute(broken.at, broken.answer);
  };
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

async function send(page) {
  await page.getByRole('textbox', { name: 'E-mail address' }).fill('somebody@example.com');
  await page.getByLabel('Password', { exact: true }).fill('any words at all');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText(PROBLEM.detail).first().waitFor();
}
