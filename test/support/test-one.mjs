// Runs spec files against the database and the test host of `npm run test:server`, without a build or a start.
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';

const state = await readFile('.data/test-server.json', 'utf8').catch(() => undefined);
if (state === undefined) {
  console.error('No test server is running. Start one in another terminal: npm run test:server');
  process.exit(1);
}
const jest = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js', '--runInBand', '--runTestsByPath'];
const child = spawn(process.execPath, [...jest, ...process.argv.slice(2)], { stdio: 'inherit', env: { ...process.env, ...JSON.parse(state) } });
child.on('exit', (code) => (process.exitCode = code ?? 1));
