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

/** Every page in each of its states; a page without all three is an error. */
export async function scenes() {
  const { stdout } = await promisify(execFile)(process.execPath, ['scripts/routes.js'], { cwd: WEB });
  return JSON.parse(stdout).flatMap(({ path, access, states }) =>
    STATES.map((state) => {
      const scene = states?.[state];
      if (!scene) throw new Error(`${path} does not say how it comes into the state "${state}"`);
      return { path, access, state, ...scene };
    }),
  );
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
