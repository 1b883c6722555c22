import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { DOCUMENTS, generate } from '../scripts/openapi.js';

test.each(DOCUMENTS.filter(({ from }) => existsSync(from)))(
  'the types of the $name are those of its document (else run `npm run api`)',
  async ({ from, to }) => {
    expect(readFileSync(to, 'utf8')).toBe(await generate(from));
  },
);
