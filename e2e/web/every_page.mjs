// Every page of the pages' own table × {empty, full, error} × {light, dark}: nothing for axe-core to find,
// no complaint of the browser, the focus on something, no scrolling sideways at 320 px, targets of 24 px.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { journey } from './lib/journey.mjs';
import { atRest, sidewards, smallTargets, violations } from './lib/looks.mjs';
import { enterScene, scenes } from './lib/scenes.mjs';
import { busyStudio, newStudio } from './lib/seed.mjs';

const SCREENS = fileURLToPath(new URL('../../target/screens', import.meta.url));
const WIDTHS_PX = [1280, 390];
const NARROW_PX = 320;
const HEIGHT_PX = 800;
const SCHEMES = ['light', 'dark'];
/** Pages of people who are not signed in. */
const STRANGERS = new Set(['/sign-in', '/link']);

await journey(async (arrive) => {
  await mkdir(SCREENS, { recursive: true });
  const all = await scenes();
  const studios = { new: await newStudio(), busy: await busyStudio() };
  const found = [];
  const people = {};
  for (const seed of ['new', 'busy']) {
    people[seed] = await arrive(seed, { viewport: { width: WIDTHS_PX[0], height: HEIGHT_PX } });
    await people[seed].comeBy(studios[seed].owner);
  }
  people.stranger = await arrive('stranger');
  for (const scene of all) {
    const { owner, names } = studios[scene.seed];
    const person = STRANGERS.has(scene.path) ? people.stranger : people[scene.seed];
    // An answer that says no is part of the state; everything else is not.
    person.expected = [/status of (401|404|410|503)/];
    if (scene.flag === 'off') await owner.call('PUT /api/flag', { on: false });
    const leave = await enterScene(person, scene, names);
    for (const line of await looksOf(person.page, scene)) found.push(`${scene.path} ${scene.state}: ${line}`);
    await leave();
    if (scene.flag === 'off') await owner.call('PUT /api/flag', { on: true });
  }
  console.log(`${all.length / 3} pages × 3 states × ${SCHEMES.length} themes`);
  assert.deepEqual(found, []);
});

async function looksOf(page, { path, state }) {
  const name = path.replaceAll(/[^a-z_]+/gi, '-').replaceAll(/^-|-$/g, '') || 'home';
  const found = [];
  for (const colorScheme of SCHEMES) {
    await page.emulateMedia({ colorScheme });
    await atRest(page);
    for (const line of await violations(page)) found.push(`${colorScheme}: ${line}`);
    for (const width of WIDTHS_PX) {
      await page.setViewportSize({ width, height: HEIGHT_PX });
      await page.screenshot({ path: `${SCREENS}/${name}-${state}-${colorScheme}-${width}.png`, fullPage: true });
    }
    await page.setViewportSize({ width: WIDTHS_PX[0], height: HEIGHT_PX });
  }
  await page.setViewportSize({ width: NARROW_PX, height: HEIGHT_PX });
  found.push(...(await smallTargets(page)).map((line) => `too small: ${line}`));
  const beyond = await sidewards(page);
  if (beyond > 0) found.push(`at ${NARROW_PX} px it is ${beyond} px too wide`);
  await page.setViewportSize({ width: WIDTHS_PX[0], height: HEIGHT_PX });
  return found;
}
