// A person with a keyboard and nothing else.

/** More presses of Tab than any page has stops. */
const STOPS_MAX = 80;

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

/** Whoever uses a keyboard or a reader is somewhere, never on nothing: a moment after a change too. */
export async function focusIsKept(person) {
  const is = () => document.activeElement !== null && document.activeElement !== document.body;
  const kept = await person.page.waitForFunction(is, null, { timeout: 2_000 }).catch(() => null);
  if (!kept) throw new Error(`the focus is on nothing at ${person.page.url()}`);
}
