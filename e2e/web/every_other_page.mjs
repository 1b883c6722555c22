// Every page that is not on the way from a project to a print, and the address that leads nowhere.
import { walk } from './lib/every_page.mjs';
import { isOfFiles } from './lib/shares.mjs';

await walk((path) => !isOfFiles(path));
