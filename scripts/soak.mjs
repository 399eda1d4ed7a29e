// Runs test/cluster/soak.spec.ts for as many minutes as the argument says, 30 by default, with a fault in each minute.
// npm run soak -- 60
import { spawn } from 'node:child_process';

const minutes = Number(process.argv[2] ?? 30);
if (!Number.isInteger(minutes) || minutes < 1) {
  console.error('Give the number of minutes: npm run soak -- 30');
  process.exit(1);
}
const options = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
const args = [...options, 'test/support/jest.mjs', '--config', 'jest.long.config.mjs', '--runTestsByPath', 'test/cluster/soak.spec.ts'];
const child = spawn(process.execPath, args, { stdio: 'inherit', env: { ...process.env, SOAK_MINUTES: String(minutes) } });
child.on('exit', (code) => process.exit(code ?? 1));
