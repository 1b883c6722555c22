// How people come, stay and get back in: the first owner sets the studio up by link, invites somebody,
// gives another role, and helps with a forgotten password. Everything is pressed in the pages.
import assert from 'node:assert/strict';
import { organisation } from './lib/account.mjs';
import { journey } from './lib/journey.mjs';

const PASSWORD = 'green horses print slowly';
const NEXT = 'slow horses print greenly';

await journey(async (arrive) => {
  const secret = await organisation('Lamp Works');
  const sue = await arrive('sue');
  await theFirstOwner(sue, secret);
  const link = await anInvitation(sue);
  const ian = await arrive('ian');
  await anAcceptance(ian, link);
  await anotherRole(sue, ian);
  await theForgottenPassword(sue, ian, await arrive('ian-again'));
});

async function theFirstOwner(sue, secret) {
  await sue.goTo(`/link#${secret}`);
  await sue.sees('heading', 'Set up FluxStudio');
  await sue.click('button', 'Create the studio');
  assert.equal(await sue.page.locator('[aria-invalid=true]').count(), 3, 'nothing is sent without words');
  await sue.get('textbox', 'Your name').fill('Sue Setup');
  await sue.get('textbox', 'E-mail address').fill('sue@lamps.example');
  await sue.get('textbox', 'Password').fill(PASSWORD);
  await sue.click('button', 'Create the studio');
  await sue.sees('heading', 'Hello, Sue');
}

async function anInvitation(sue) {
  await sue.visit('People');
  await sue.click('button', 'Invite');
  await sue.get('textbox', /^E-mail address/).fill('ian@lamps.example');
  await sue.get('radio', /^Viewer/).click();
  await sue.click('button', 'Make link');
  await sue.sees('heading', 'The invitation is ready');
  const link = await sue.get('textbox', 'Link').inputValue();
  await sue.click('button', 'Done');
  await sue.reads('ian@lamps.example');
  return link;
}

async function anAcceptance(ian, link) {
  await ian.page.goto(link);
  await ian.sees('heading', 'Join Lamp Works');
  await ian.reads('You are invited as Viewer');
  await ian.get('textbox', 'Your name').fill('Ian Invited');
  await ian.get('textbox', 'Password').fill(PASSWORD);
  await ian.click('button', 'Join Lamp Works');
  await ian.sees('heading', 'Hello, Ian');
  assert.equal(await rail(ian, 'People').count(), 0, 'a viewer has nothing to manage');
}

async function anotherRole(sue, ian) {
  await sue.visit('Projects');
  await sue.visit('People');
  const role = sue.get('combobox', 'Role of Ian Invited');
  assert.equal(await role.inputValue(), 'viewer');
  await role.selectOption('manager');
  // Seen on the other page without loading it again.
  await rail(ian, 'People').waitFor();
  assert.equal(await role.inputValue(), 'manager');
}

async function theForgottenPassword(sue, ian, again) {
  await sue.click('button', 'More for Ian Invited');
  await sue.click('menuitem', 'New password by link');
  const link = await sue.get('textbox', 'Link').inputValue();
  await sue.click('button', 'Done');
  // Where he was signed in he is signed out: what those pages still ask is refused.
  ian.expect(/status of 401/, /WebSocket/);
  const told = ian.reads('You were signed out');
  await again.page.goto(link);
  await again.sees('heading', 'Choose a new password');
  await again.get('textbox', 'New password').fill(NEXT);
  await again.click('button', 'Save and sign in');
  await again.sees('heading', 'Hello, Ian');
  await told;
  await ian.get('textbox', 'E-mail address').fill('ian@lamps.example');
  await ian.get('textbox', 'Password').fill(NEXT);
  await ian.click('button', 'Sign in');
  await rail(ian, 'People').waitFor();
}

function rail(person, place) {
  return person.get('navigation', 'Places').getByRole('link', { name: place, exact: true });
}
