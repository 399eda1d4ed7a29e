// Loaded into the server before its own code when it is profiled: starts and stops V8's CPU profiler by messages.
import { Session } from 'node:inspector/promises';

const session = new Session();
session.connect();

async function obey({ command }) {
  if (command === 'stop') {
    const { profile } = await session.post('Profiler.stop');
    return process.send({ profile });
  }
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: 200 });
  await session.post('Profiler.start');
  process.send({});
}

process.on('message', (message) => void obey(message));
process.channel.unref();
