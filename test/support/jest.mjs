// Runs Jest with the arguments of this process, and ends when Jest has. A connection that a failed test left open would
// otherwise keep the process, when Jest runs the tests in it, as it does for one file.
import { run } from 'jest';
import { nodeOptions } from './native/node-options.mjs';

// The workers get the options of this process.
process.execArgv.push(...nodeOptions);
await run();
process.exit();
