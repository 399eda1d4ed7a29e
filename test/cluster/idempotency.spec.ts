import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { Replicas } from '../support/replicas.js';

let replicas: Replicas;
beforeAll(async () => {
  replicas = await Replicas.start(2);
}, 120_000);
afterAll(() => replicas.end());

const countOf = async (sql: string): Promise<number> => (await replicas.look.query(sql)).rowCount ?? 0;

describe('a replica that is killed (kill -9) during a request with an Idempotency-Key', () => {
  it('before its COMMIT is answered, it leaves the effect and the answer, or neither, and the repetition to another replica answers', async () => {
    const send = (number: number): Promise<unknown> =>
      replicas.owner(number).with({ 'idempotency-key': 'killed' }).post(`${replicas.home}/api-keys`, { name: 'Killed', permissions: [] });
    // The insert of the answer waits for the lock of the table: the effect is written, and not committed.
    const holder = await replicas.look.connect();
    await holder.query('begin; lock table idempotency_keys in share mode');
    const interrupted = send(0).catch(() => 'no answer');
    await eventually(
      () => countOf(`select from pg_locks where relation = 'idempotency_keys'::regclass and not granted`),
      (waiting) => waiting > 0,
    );
    await replicas.processes[0]?.end('SIGKILL');
    expect(await interrupted).toBe('no answer');
    await holder.query('rollback');
    holder.release();
    const open = `select from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and (state like 'idle in transaction%' or wait_event_type = 'Lock')`;
    await eventually(
      () => countOf(open),
      (count) => count === 0,
    );
    // The message was complete, so the database may have committed it unheard: both, or neither.
    const [effects, answers] = [await countOf(`select from api_keys where name = 'Killed'`), await countOf('select from idempotency_keys')];
    expect(effects).toBe(answers);
    const repeated = await replicas.owner(1).with({ 'idempotency-key': 'killed' }).post(`${replicas.home}/api-keys`, { name: 'Killed', permissions: [] });
    expect([repeated.status, repeated.body.name, await countOf(`select from api_keys where name = 'Killed'`)]).toEqual([201, 'Killed', 1]);
  });

  it('at any moment, each effect happens once', async () => {
    const count = 40;
    const send = (number: number, replica: number): Promise<{ status: number }> =>
      replicas
        .owner(replica)
        .with({ 'idempotency-key': `many ${number}` })
        .post(`${replicas.home}/teams`, { name: `Many ${number}` });
    await replicas.replace(0);
    const first = Array.from({ length: count }, (_, number) => send(number, 0).catch(() => ({ status: 0 })));
    await Promise.race(first);
    await replicas.processes[0]?.end('SIGKILL');
    const answers = await Promise.all(first);
    expect(answers.filter(({ status }) => status === 0).length).toBeGreaterThan(0);
    for (let number = 0; number < count; number += 1)
      await eventually(
        () => send(number, 1),
        ({ status }) => status === 201,
      );
    expect(await countOf(`select from teams where name like 'Many %'`)).toBe(count);
    expect(await countOf(`select name from teams where name like 'Many %' group by name`)).toBe(count);
  });
});
