// Types of both API documents. Run it when openapi/*.json changed; a test fails while they are stale.
import { existsSync, writeFileSync } from 'node:fs';
import { DOCUMENTS, generate } from './openapi.js';

for (const { from, to } of DOCUMENTS) {
  if (existsSync(from)) writeFileSync(to, await generate(from));
}
