// Measures one request: processor time of the server and of PostgreSQL, and bytes of WAL, with all that is done for it later: the request log, the audit chain.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { addedTime, cpuOf, cpuOfAll } from '../measure/cpu.mjs';
import { freePort } from '../servers/processes.mjs';
import { answerOf, median, say, startServer } from '../usage/turns.mjs';

const callers = 8;
/** Milliseconds after which the server has written and chained what it keeps for a moment. */
const later = 2500;

const operations = ({ base, headers, organizationId }) => {
  const send = async (method, route, body) => answerOf(await fetch(`${base}${route}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }));
  return {
    'read a list of projects': { times: 1000, call: () => send('GET', `/organizations/${organizationId}/projects`) },
    'create a project': { times: 500, call: (n) => send('POST', `/organizations/${organizationId}/projects`, { name: `Project ${n}` }) },
    'consume a unit': { times: 500, call: () => send('POST', '/usage/consume', { meter: 'tokens', quantity: 1 }) },
    'report 100 events': {
      times: 100,
      call: (n) => send('POST', '/usage/events', { events: Array.from({ length: 100 }, (_, i) => ({ id: `event-${n}-${i}`, meter: 'tokens', quantity: 1 })) }),
    },
    'report of the usage of a month, by day': { times: 200, call: () => send('GET', `/organizations/${organizationId}/usage?groupBy=day`) },
  };
};

let number = 0;

/** Calls from several callers at a time. */
async function callAll(times, call) {
  let left = times;
  await Promise.all(
    Array.from({ length: callers }, async () => {
      for (; left > 0; number += 1) {
        left -= 1;
        await call(number);
      }
    }),
  );
}

/** @param context `client`: a connection as the superuser; `home`: the folder of the embedded server */
export async function measureRequests({ client, urls, home, folder, rounds }) {
  const [postmaster] = readFileSync(path.join(home, 'data/postmaster.pid'), 'utf8').split('\n');
  const backends = () =>
    cpuOfAll(
      spawnSync('ps', ['-o', 'pid=', '--ppid', postmaster], { encoding: 'utf8' })
        .stdout.split('\n')
        .map(Number)
        .filter((pid) => pid > 0),
    );
  const wal = async () => Number((await client.query(`select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0') as bytes`)).rows[0].bytes);
  const server = await startServer({ urls, folder }, 'growth', true);
  console.log(`\nOne request, ${callers} callers, until everything is written and chained; Node.js ${process.version}\n`);
  for (const [name, { times, call }] of Object.entries(operations(server))) {
    const figures = [];
    for (let round = -1; round < rounds; round += 1) {
      await client.query('checkpoint');
      await sleep(later);
      const [cpu, database, bytes] = [cpuOf(server.pid), backends(), await wal()];
      await callAll(times, call);
      await sleep(later);
      const figure = { cpu: cpuOf(server.pid) - cpu, database: addedTime(database, backends()), wal: (await wal()) - bytes };
      if (round >= 0) figures.push(Object.fromEntries(Object.entries(figure).map(([key, value]) => [key, value / times])));
    }
    const of = (key) => Math.round(median(figures.map((figure) => figure[key])));
    say(of('cpu'), 'µs', `of the server: ${name}`);
    say(of('database'), 'µs', '… of PostgreSQL');
    say(of('wal'), 'B', '… WAL');
  }
  await server.stop();
  const { rows } = await client.query(
    `select sum(pg_relation_size(relid)) / (select count(*) from request_log) as heap, sum(pg_indexes_size(relid)) / (select count(*) from request_log) as indexes from pg_partition_tree('request_log') where isleaf`,
  );
  say(rows[0].heap, 'B', 'a row of the request log');
  say(rows[0].indexes, 'B', '… its index entries');
}

/** Measures Redis for a request whose rate limits it counts. */
export async function measureRedis({ urls, folder, rounds }) {
  const port = await freePort();
  const redis = spawn('redis-server', ['--port', String(port), '--save', '', '--dir', folder], { stdio: 'ignore' });
  const server = await startServer({ urls, folder }, 'redis', true, { REDIS_URL: `redis://127.0.0.1:${port}`, RATE_LIMITS_ENABLED: 'true' });
  const { times, call } = operations(server)['read a list of projects'];
  const figures = [];
  for (let round = -1; round < rounds; round += 1) {
    const before = cpuOf(redis.pid);
    await callAll(times, call);
    if (round >= 0) figures.push((cpuOf(redis.pid) - before) / times);
  }
  console.log('\nRedis, one request\n');
  say(median(figures), 'µs', 'of Redis: read a list of projects');
  await server.stop();
  redis.kill();
  await once(redis, 'exit');
}
