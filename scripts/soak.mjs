// Runs test/cluster/soak.spec.ts for as many minutes as the argument says, 30 by default, with a fault in each minute.
import { spawn } from 'node:child_process';
import { count, npmScript } from './arguments.mjs';

const [minutes] = npmScript('soak', 'Runs an installation under load, with a fault in each minute.').argument('[minutes]', 'how long it runs', count, 30).parse().processedArgs;
const options = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
const args = [...options, 'test/support/jest.mjs', '--config', 'jest.long.config.mjs', '--runTestsByPath', 'test/cluster/soak.spec.ts'];
const child = spawn(process.execPath, args, { stdio: 'inherit', env: { ...process.env, SOAK_MINUTES: String(minutes) } });
child.on('exit', (code) => process.exit(code ?? 1));
