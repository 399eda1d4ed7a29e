import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Starts the client process. `ask` sends a command and returns its result. */
export function startClient() {
  const child = fork(fileURLToPath(new URL('client.mjs', import.meta.url)), { serialization: 'advanced' });
  const ended = once(child, 'exit').then(() => [{ error: 'The client has ended.' }]);
  const ask = async (command, message = {}) => {
    child.send({ command, ...message });
    const [{ result, error }] = await Promise.race([once(child, 'message'), ended]);
    if (error !== undefined) throw new Error(error);
    return result;
  };
  return { ask, stop: () => child.kill() };
}
