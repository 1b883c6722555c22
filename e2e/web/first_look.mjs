// Somebody who is not signed in opens the pages: they are asked to sign in, and nothing complains.
import assert from 'node:assert/strict';
import { journey, url } from './lib/journey.mjs';

await journey(async (arrive) => {
  const person = await arrive('stranger');
  const answer = await person.page.goto(`${url}/sign-in`);
  assert.equal(answer.status(), 200);
  const policy = answer.headers()['content-security-policy'] ?? '';
  assert.match(policy, /default-src 'none'|default-src 'self'/, 'the page has a policy');
  await person.sees('heading', 'Sign in', { level: 1 });
  await person.sees('textbox', 'E-mail address');

  const home = await person.page.goto(`${url}/`);
  assert.equal(home.status(), 200);
  await person.sees('textbox', 'E-mail address');
  assert.match(person.page.url(), /\/sign-in/);
});
