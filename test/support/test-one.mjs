// Runs spec files against the database and the test host of `npm run test:server`, without a build or a start.
import { readFile } from 'node:fs/promises';

const state = await readFile('.data/test-server.json', 'utf8').catch(() => undefined);
if (state === undefined) {
  console.error('No test server is running. Start one in another terminal: npm run test:server');
  process.exit(1);
}
Object.assign(process.env, JSON.parse(state));
process.argv.splice(2, 0, '--runInBand', '--runTestsByPath');
await import('./jest.mjs');
