// A person with a keyboard and nothing else.

/** More presses of Tab than any page has stops. */
const STOPS_MAX = 80;
const STOPS_MORE = 6;

/** Presses Tab until the focus is on this. */
export async function tabTo(person, role, name) {
  const wanted = person.get(role, name).and(person.page.locator(':focus'));
  for (let stop = 0; stop < STOPS_MAX; stop += 1) {
    if ((await wanted.count()) > 0) return;
    await person.page.keyboard.press('Tab');
  }
  throw new Error(`Tab never comes to the ${role} ${name}`);
}

/** The same, then Enter. */
export async function enter(person, role, name) {
  await person.sees(role, name);
  await tabTo(person, role, name);
  await person.page.keyboard.press('Enter');
}

/** Goes to a place by the list of what can be done (Ctrl+K). */
export async function jump(person, place) {
  await person.page.keyboard.press('Control+k');
  await person.sees('combobox', 'Search or go to…');
  await person.page.keyboard.type(place);
  await person.get('option', `Go to ${place}`).waitFor();
  await person.page.keyboard.press('Enter');
  await person.sees('heading', place, { level: 1 });
  await focusIsKept(person);
}

/**
 * Presses Tab from the beginning of a page until every stop was visited once; the controls that were
 * passed by, and what went wrong on the way, a line each.
 */
export async function walkByTab(page) {
  // The walk begins before the first stop, as for somebody who has just come.
  const stops = await page.evaluate(() => {
    const stops = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]';
    globalThis.walk = { left: new Set(), seen: [] };
    for (const stop of document.querySelectorAll(stops)) {
      const shown = stop.checkVisibility({ visibilityProperty: true }) && !stop.closest('[inert], dialog:not([open])');
      // Of a group of radio buttons the chosen one is the stop.
      const other = stop.matches('input[type=radio]:not(:checked)') && document.querySelector(`input[name="${CSS.escape(stop.name)}"]:checked`);
      if (shown && !other && !stop.disabled && stop.tabIndex >= 0) globalThis.walk.left.add(stop);
    }
    document.activeElement?.blur();
    getSelection()?.removeAllRanges();
    addEventListener('focusin', ({ target }) => {
      globalThis.walk.seen.push(target);
      globalThis.walk.left.delete(target);
    });
    return globalThis.walk.left.size;
  });
  // Boxes that scroll are stops too, and a form that was sent begins in its midst.
  for (let stop = 0; stop < Math.min(stops, STOPS_MAX) + STOPS_MORE; stop += 1) await page.keyboard.press('Tab');
  return page.evaluate(() => {
    const { left, seen } = globalThis.walk;
    if (seen.length === 0) return ['Tab leads nowhere: the focus is on nothing'];
    return [...left].filter((stop) => stop.isConnected).map((stop) => `Tab never comes to ${stop.outerHTML.slice(0, 120)}`);
  });
}

/** Whoever uses a keyboard or a reader is somewhere, never on nothing: a moment after a change too. */
export async function focusIsKept(person) {
  const is = () => document.activeElement !== null && document.activeElement !== document.body;
  const kept = await person.page.waitForFunction(is, null, { timeout: 5_000 }).catch(() => null);
  if (!kept) throw new Error(`the focus is on nothing at ${person.page.url()}`);
}
