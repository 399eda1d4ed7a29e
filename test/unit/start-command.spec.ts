import { expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { startArguments } from '../support/process.js';

it('the container starts Node.js with the same options as npm start', async () => {
  const command = /^CMD (\[.*\])$/m.exec(await readFile('Dockerfile', 'utf8'))?.[1] ?? '[]';
  expect(JSON.parse(command)).toEqual(['node', ...startArguments()]);
});
