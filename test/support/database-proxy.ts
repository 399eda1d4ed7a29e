import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { PassThrough, Transform } from 'node:stream';

export interface DatabaseProxy {
  readonly url: string;
  /** Passes nothing on any longer over the connections that are open, as a network does that loses a server. Both ends stay open. */
  readonly silence: () => void;
  readonly close: () => Promise<void>;
}

/** Returns a FATAL message of PostgreSQL's protocol that says that a startup parameter is not supported. */
export function unsupportedParameter(name: string): Buffer {
  const fields = Buffer.from(`SFATAL\0C08P01\0Munsupported startup parameter: ${name}\0\0`);
  const length = Buffer.alloc(4);
  length.writeInt32BE(fields.length + 4);
  return Buffer.concat([Buffer.from('E'), length, fields]);
}

/** Returns a startup message without one of its parameters. */
export function without(start: Buffer, parameter: string): Buffer {
  const [name, end] = [start.indexOf(`\0${parameter}\0`), (from: number) => start.indexOf(0, from)];
  if (name === -1) return start;
  const shorter = Buffer.concat([start.subarray(0, name), start.subarray(end(end(name + 1) + 1))]);
  shorter.writeInt32BE(shorter.length);
  return shorter;
}

/** Passes the messages of a server on until one of the type, with it, and nothing afterwards: as a network that is lost there. Types are letters, such as `E` for an error. */
export function passUntil(type: string): Transform {
  let [waiting, lost] = [Buffer.alloc(0), false];
  return new Transform({
    transform(chunk: Buffer, _, done) {
      waiting = Buffer.concat([waiting, chunk]);
      let end = 0;
      while (!lost && waiting.length >= end + 5 && waiting.length >= end + 1 + waiting.readInt32BE(end + 1)) {
        lost = waiting.toString('latin1', end, end + 1) === type;
        end += 1 + waiting.readInt32BE(end + 1);
      }
      const passed = waiting.subarray(0, end);
      waiting = waiting.subarray(end);
      done(null, lost && end === 0 ? undefined : passed);
    },
  });
}

/**
 * Starts a proxy of a database server, such as PgBouncer is.
 *
 * @param address the server's address with a role's name
 * @param start receives the startup message of each connection. Returns what the server receives instead, or the proxy's answer
 * @param answers makes what the messages of the server pass through; called for each connection
 */
export async function databaseProxy(
  address: string,
  start: (message: Buffer) => { readonly send: Buffer } | { readonly answer: Buffer },
  answers: () => Transform = () => new PassThrough(),
): Promise<DatabaseProxy> {
  const target = new URL(address);
  const open = new Set<() => void>();
  const clients = new Set<Socket>();
  const proxy = createServer((client) => {
    clients.add(client);
    client.on('error', () => undefined);
    client.on('close', () => clients.delete(client));
    client.once('data', (message: Buffer) => {
      const result = start(message);
      if ('answer' in result) return void client.end(result.answer);
      const server = connect(Number(target.port), target.hostname, () => server.write(result.send));
      server.on('error', () => client.destroy());
      client.on('close', () => server.destroy());
      const passed = answers();
      server.pipe(passed).pipe(client).pipe(server);
      open.add(() => {
        passed.unpipe(client).resume();
        client.unpipe(server).resume();
      });
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const { port } = proxy.address() as AddressInfo;
  const url = Object.assign(new URL(address), { host: `127.0.0.1:${port}` }).href;
  const silence = (): void => {
    for (const cut of open) cut();
    open.clear();
  };
  const close = (): Promise<void> => {
    for (const client of clients) client.destroy();
    return new Promise((resolve) => proxy.close(() => resolve()));
  };
  return { url, silence, close };
}

/** Returns an address of the same server as one that is reached through a proxy. */
export const through = ({ url }: DatabaseProxy, address: string): string => Object.assign(new URL(address), { host: new URL(url).host }).href;
