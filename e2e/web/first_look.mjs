// Somebody who is not signed in opens the pages: they are asked to sign in, and nothing complains.
import assert from 'node:assert/strict';
import { journey, url } from './lib/journey.mjs';

await journey(async (person) => {
  // Who am I? Nobody: that is the answer of the server, and browsers write it down.
  person.expect(/status of 401 .*\/api\/me/);
  const answer = await person.page.goto(`${url}/sign-in`);
  assert.equal(answer.status(), 200);
  const policy = answer.headers()['content-security-policy'] ?? '';
  assert.match(policy, /default-src 'none'|default-src 'self'/, 'the page has a policy');
  await person.page.getByRole('heading', { level: 1 }).waitFor();
  await person.page.getByRole('textbox', { name: /mail/i }).waitFor();
  await person.picture('sign-in');

  const home = await person.page.goto(`${url}/`);
  assert.equal(home.status(), 200);
  await person.page.getByRole('textbox', { name: /mail/i }).waitFor();
  assert.match(person.page.url(), /\/sign-in/);
});
