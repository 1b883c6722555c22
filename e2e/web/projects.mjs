// A project's life in the pages: made, renamed, filled, and deleted with what is in it.
import { Account } from './lib/account.mjs';
import { journey, part } from './lib/journey.mjs';
import { focusIsKept } from './lib/keys.mjs';

await journey(async (arrive) => {
  const paula = await arrive('paula');
  await paula.comeBy(await Account.make('manager', { name: 'Paula Project' }));
  await paula.visit('Projects');
  await paula.get('button', 'New project').first().click();
  await paula.get('textbox', 'Name').fill('Gear box');
  await paula.click('button', 'Make project');
  await paula.sees('heading', 'Gear box', { level: 1 });
  await focusIsKept(paula);

  await paula.click('button', 'More for Gear box');
  await paula.click('menuitem', 'Rename project');
  await paula.get('textbox', 'Name').fill('Gearbox 2');
  await paula.click('button', 'Save');
  await paula.sees('heading', 'Gearbox 2', { level: 1 });
  await focusIsKept(paula);

  await paula.pick(() => paula.get('button', 'Add files').first().click(), part);
  await paula.sees('heading', part.split('/').at(-1));
  await paula.visit('Projects');
  await paula.reads('1 file');
  await paula.click('link', 'Gearbox 2');

  await paula.click('button', 'More for Gearbox 2');
  await paula.click('menuitem', 'Delete project');
  await paula.reads(/^Its file is gone for everybody/);
  await paula.click('button', 'Keep it');
  await focusIsKept(paula);
  await paula.click('button', 'More for Gearbox 2');
  await paula.click('menuitem', 'Delete project');
  await paula.click('button', 'Delete project');
  await paula.sees('heading', 'Projects', { level: 1 });
  await paula.reads('Gearbox 2 is deleted.');
  await paula.get('link', 'Gearbox 2').waitFor({ state: 'detached' });
  await focusIsKept(paula);
});
