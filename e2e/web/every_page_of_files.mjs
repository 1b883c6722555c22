// The pages on the way from a project to a print, each in every state and look.
import { walk } from './lib/every_page.mjs';
import { isOfFiles } from './lib/shares.mjs';

await walk(isOfFiles);
