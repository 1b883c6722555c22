// Something else answers where the print service should: the pages say so in words, and the studio's own
// work goes on.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { Account } from './lib/account.mjs';
import { journey, outside } from './lib/journey.mjs';
import { block } from './lib/parts.mjs';
import { ask } from './lib/page_calls.mjs';

const place = new URL(process.env.FLUXPRINT_SERVICE);

await journey(async (arrive) => {
  const owner = await Account.make('owner', { name: 'Gil Garbage' });
  const project = (await owner.call('POST /api/projects', { name: 'Gearbox' })).id;
  const gil = await arrive('gil');
  await gil.comeBy(owner);
  // Any call of the page may meet nobody, or somebody else, until the service is back.
  await gil.during([/status of 50[234]/, /WebSocket/], () => somebodyElse(gil, owner, project));
  await gil.visit('Queue');
});

async function somebodyElse(gil, owner, project) {
  await outside({ act: 'kill', program: 'service' });
  const stranger = createServer((_, answer) => answer.writeHead(200, { 'content-type': 'text/html' }).end('<h1>It works!</h1>'));
  stranger.unref();
  await new Promise((done) => stranger.listen(Number(place.port), place.hostname, done));

  const refused = await ask(gil, 'GET /api/print/queue');
  assert.equal(refused.status, 502);
  assert.equal(refused.body.code, 'PRINTING_PROXY_ERROR');
  await gil.goTo(`/jobs/job_00000000000000000000000000000001`);
  // What makes no sense over and over counts as gone.
  await gil.sees('heading', /makes no sense|cannot be reached/, { level: 1 });
  await gil.reads(/^Try again in a m/);
  console.log(`${refused.body.detail} ${refused.body.remedy}`);
  await owner.upload(project, 'meanwhile.stl', block(2_000));
  await gil.goTo(`/projects/${project}`);
  await gil.sees('heading', 'meanwhile.stl');

  await new Promise((done) => stranger.close(done) && stranger.closeAllConnections());
  await outside({ act: 'start', program: 'service' });
  await gil.visit('Printers');
  await gil.sees('article', 'printer');
}
