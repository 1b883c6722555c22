// Every page of the pages' own table, and an address that leads nowhere, × {empty, full, error} × {light, dark},
// while the print service is away and for a viewer where that looks different, full ones in high contrast too, and
// its dialogs and menus: nothing for axe-core to find, no complaint of the browser but about the call that
// the state is about, every control reached by Tab, no scrolling sideways at 320 px, targets of 24 px.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { journey } from './journey.mjs';
import { walkByTab } from './keys.mjs';
import { atRest, sidewards, smallTargets, violations } from './looks.mjs';
import { complaintsOf, enterScene, leave, open, scenes } from './scenes.mjs';
import { busyStudio, newStudio } from './seed.mjs';

const SCREENS = fileURLToPath(new URL('../../../target/screens', import.meta.url));
const WIDTHS_PX = [1280, 390];
const NARROW_PX = 320;
const HEIGHT_PX = 800;
const SCHEMES = [
  { name: 'light', theme: 'system', colorScheme: 'light' },
  { name: 'dark', theme: 'system', colorScheme: 'dark' },
];
/** What people with weak eyes choose: ours, and their system's. */
const CONTRASTS = [
  { name: 'contrast', theme: 'contrast' },
  { name: 'forced', theme: 'system', forcedColors: 'active' },
];
/** Pages of people who are not signed in. */
const STRANGERS = new Set(['/sign-in', '/link']);

/** Walks the pages that `isWanted` by their address: there are so many that two browsers share them. */
export const walk = (isWanted) => journey(async (arrive) => {
  await mkdir(SCREENS, { recursive: true });
  const all = (await scenes()).filter(({ path }) => isWanted(path));
  assert.ok(all.length > 10, 'there is something to look at');
  const studios = { new: await newStudio(), busy: await busyStudio() };
  const found = [];
  const people = {};
  for (const seed of ['new', 'busy']) {
    people[seed] = await arrive(seed, { viewport: { width: WIDTHS_PX[0], height: HEIGHT_PX } });
    await people[seed].comeBy(studios[seed].owner);
  }
  people.viewer = await arrive('viewer', { viewport: { width: WIDTHS_PX[0], height: HEIGHT_PX } });
  await people.viewer.comeBy(studios.busy.viewer);
  people.stranger = await arrive('stranger');
  for (const scene of all) {
    const { owner, names } = studios[scene.seed];
    const person = STRANGERS.has(scene.path) ? people.stranger : people[scene.as ?? scene.seed];
    person.expected = complaintsOf(scene);
    if (scene.flag === 'off') await owner.call('PUT /api/flag', { on: false });
    const undo = await enterScene(person, scene, names);
    const lines = scene.presses ? await openLooks(person.page, scene) : await looksOf(person.page, scene);
    for (const line of lines) found.push(`${scene.path} ${scene.state}: ${line}`);
    await undo();
    if (scene.flag === 'off') await owner.call('PUT /api/flag', { on: true });
  }
  const opened = all.filter(({ presses }) => presses).length;
  const looks = [...SCHEMES, ...CONTRASTS].map(({ name }) => name).join(', ');
  const pages = new Set(all.map(({ path }) => path)).size;
  console.log(`${pages} pages in ${all.length - opened} states, ${opened} dialogs and menus; ${looks}`);
  assert.deepEqual(found, []);
});

/** One state of a page in every look, at every width, and by the keyboard. */
async function looksOf(page, { path, state }) {
  const found = await walkByTab(page);
  // The pictures show the page as somebody finds it.
  await page.evaluate(() => (document.activeElement?.blur(), scrollTo(0, 0)));
  for (const look of ['full', 'only'].includes(state) ? [...SCHEMES, ...CONTRASTS] : SCHEMES) {
    await wear(page, look);
    for (const line of await violations(page)) found.push(`${look.name}: ${line}`);
    for (const width of CONTRASTS.includes(look) ? [] : WIDTHS_PX) {
      await page.setViewportSize({ width, height: HEIGHT_PX });
      await page.screenshot({ path: pictureOf(path, state, look, width), fullPage: true });
    }
    await page.setViewportSize({ width: WIDTHS_PX[0], height: HEIGHT_PX });
  }
  await page.setViewportSize({ width: NARROW_PX, height: HEIGHT_PX });
  found.push(...(await smallTargets(page)).map((line) => `too small: ${line}`));
  const beyond = await sidewards(page);
  if (beyond > 0) found.push(`at ${NARROW_PX} px it is ${beyond} px too wide`);
  await page.setViewportSize({ width: WIDTHS_PX[0], height: HEIGHT_PX });
  await wear(page, SCHEMES[0]);
  return found;
}

/** A dialog or menu of a page, open; then left by Escape. */
async function openLooks(page, { path, state, presses }) {
  const found = [];
  await open(page, presses);
  for (const look of SCHEMES) {
    await wear(page, look);
    for (const line of await violations(page)) found.push(`${look.name}: ${line}`);
    await page.screenshot({ path: pictureOf(path, state, look, WIDTHS_PX[0]) });
  }
  await page.setViewportSize({ width: NARROW_PX, height: HEIGHT_PX });
  const beyond = await sidewards(page);
  if (beyond > 0) found.push(`at ${NARROW_PX} px it is ${beyond} px too wide`);
  await page.setViewportSize({ width: WIDTHS_PX[0], height: HEIGHT_PX });
  await wear(page, SCHEMES[0]);
  found.push(...(await leave(page)));
  return found;
}

async function wear(page, { theme, ...media }) {
  await page.emulateMedia({ colorScheme: 'light', forcedColors: 'none', ...media });
  await page.evaluate((theme) => (document.documentElement.dataset.theme = theme), theme);
  await atRest(page);
}

function pictureOf(path, state, { name }, width) {
  const page = path === '*' ? 'nowhere' : path.replaceAll(/[^a-z_]+/gi, '-').replaceAll(/^-|-$/g, '') || 'home';
  return `${SCREENS}/${page}-${state}-${name}-${width}.png`;
}
