import { once } from 'node:events';
import { createServer } from 'node:net';
import { EnvError } from './config/env.js';

const unknownHost = (_port: number, host: string): string => `The host ${host} is unknown. Set HOST to an address of this machine, 127.0.0.1 or 0.0.0.0.`;

const advice: Readonly<Record<string, (port: number, host: string) => string>> = {
  EADDRINUSE: (port, host) => `Port ${port} of ${host} is in use. Stop the process that uses it, or set PORT to another one, for example PORT=${port < 65_000 ? port + 1 : 3000}.`,
  EACCES: (port) => `This user may not open port ${port}. Set PORT to one above 1023, or give the process the right to open it.`,
  EADDRNOTAVAIL: (_port, host) => `This machine has no address ${host}. Set HOST to one of its addresses, 127.0.0.1 or 0.0.0.0.`,
  ENOTFOUND: unknownHost,
  EAI_AGAIN: unknownHost,
};

/** Returns an error that says what to do when a port cannot be opened; any other error as it is. */
export function portError(error: unknown, port: number, host: string): unknown {
  const say = advice[(error as NodeJS.ErrnoException).code ?? ''];
  return say === undefined ? error : new EnvError(say(port, host));
}

/**
 * Opens a port and closes it again, before the start does what takes seconds.
 *
 * @throws {EnvError} with a message that says what to do
 */
export async function assertPortIsFree(port: number, host: string): Promise<void> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (error) {
    throw portError(error, port, host);
  }
  server.close();
  await once(server, 'close');
}
