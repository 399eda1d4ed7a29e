import { randomUUID } from 'node:crypto';
import { expect, it } from '@jest/globals';
import type { Answer } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { Replicas } from '../support/replicas.js';

const megabyte = 1024 * 1024;
const callers = 16;
const warmUp = 2000;
const stretch = 3000;
/** A kilobyte for each request of a stretch: more than caches that still fill take. */
const mostGrowth = stretch * 1024;
/** More than is usual on a busy machine, less than without the options of V8. */
const mostMemory = 380 * megabyte;

/** Sends reads and writes with several callers at once. */
async function send(requests: number, replicas: Replicas): Promise<void> {
  const owner = replicas.owner(0);
  const teams = `${replicas.home}/teams`;
  const { id } = (await owner.post<{ id: string }>(teams, { name: randomUUID() })).body;
  const routes: (() => Promise<Answer>)[] = [
    () => owner.get('/organizations/current'),
    () => owner.get('/auth/me'),
    () => owner.get(`${teams}/${id}`),
    () => owner.get(`${teams}?limit=20`),
    () => owner.get(`${replicas.home}/members`),
    () => owner.post('/access/check', { permission: 'teams:read' }),
    () => owner.patch(`${teams}/${id}`, { name: randomUUID() }),
    () => owner.post(teams, { name: randomUUID() }),
  ];
  let sent = 0;
  const caller = async (): Promise<void> => {
    while (sent < requests) {
      sent += 1;
      const { status, text } = await (routes[sent % routes.length] as (typeof routes)[0])();
      if (status >= 300) throw new Error(`${status} ${text}`);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
}

/** Returns the bytes of the heap that are in use after a collection. */
async function heapInUse({ processes: [server] }: Replicas): Promise<number> {
  const values = (): number[] => [...(server?.output ?? '').matchAll(/^heap in use: (\d+)$/gm)].map(([, bytes]) => Number(bytes));
  const { length } = values();
  server?.signal('SIGUSR2');
  return (
    (
      await eventually(
        async () => values(),
        (all) => all.length > length,
      )
    ).at(-1) ?? NaN
  );
}

/** Returns the resident memory of the server at the end, and by how much the heap in use has grown in the last stretch. */
async function measure(env: Readonly<Record<string, string>> = {}): Promise<{ resident: number; growth: number }> {
  const replicas = await Replicas.start(1, { CATALOG: 'test/catalogs/unlimited.yaml', NODE_OPTIONS: '--import ./test/support/watched-memory.mjs', ...env });
  try {
    await send(warmUp, replicas);
    const before = await heapInUse(replicas);
    await send(stretch, replicas);
    const { text } = await replicas.owner(0).get('//metrics');
    const resident = Number(/^process_resident_memory_bytes (\S+)$/m.exec(text)?.[1]);
    return { resident, growth: (await heapInUse(replicas)) - before };
  } finally {
    await replicas.end();
  }
}

it('the memory of a server stays below 380 MB, and does not grow with the requests', async () => {
  const { resident, growth } = await measure();
  expect(resident).toBeLessThan(mostMemory);
  expect(growth).toBeLessThan(mostGrowth);
}, 180_000);

it('a server that keeps three kilobytes of each request would be noticed', async () => {
  expect((await measure({ LEAK: '3072' })).growth).toBeGreaterThan(2 * mostGrowth);
}, 180_000);
