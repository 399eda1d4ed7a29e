// Collects the garbage of a process on SIGUSR2 and prints how many bytes of its heap are in use then. With LEAK, keeps that
// many bytes for each request. Loaded before everything else: node --import ./test/support/watched-memory.mjs
import { subscribe } from 'node:diagnostics_channel';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
process.on('SIGUSR2', () => {
  collect();
  process.stdout.write(`heap in use: ${process.memoryUsage().heapUsed}\n`);
});

const leak = Number(process.env.LEAK ?? 0);
const kept = [];
if (leak > 0) subscribe('http.server.request.start', () => kept.push(Array.from({ length: leak / 8 }, () => 0.5)));
