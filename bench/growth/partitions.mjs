// Compares the ledger of usage and the audit log with copies that have partitions by month: removing a month, adding rows and reading, in a table as it is and in a copy with a
// partition for each month. In processor time of the database, and bytes of WAL.
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { median } from '../usage/turns.mjs';
import { months, organizations, rounds, rowsOfMonth } from './options.mjs';

const batch = 500;

const say = (name, value, unit) => console.log(`  ${value.padStart(12)} ${unit.padEnd(18)} ${name}`);
const organization = (number) => `('00000000-0000-7000-8000-' || lpad(to_hex((${number})::bigint), 12, '0'))::uuid`;
/** The first day of month m; month `months` is the current one, which rows are added to. */
const monthStart = (m) => `(date_trunc('month', timestamptz '2026-11-01 00:00:00+00') - interval '${months - m} months')`;
const today = `${monthStart(months)} + interval '1 day'`;
const reporter = `'00000000-0000-7000-8000-00000000000a'::uuid`;
const timeOf = (m) => `${monthStart(m)} + n * interval '1 month' / ${rowsOfMonth + 1}`;

/** The columns of an event of the audit log from request_id. */
const event = `gen_random_uuid()::text, 'user', (n % 50)::text, 'createProject', 'done', 1, 'projects', gen_random_uuid()::text, 1, sha256('a'), sha256('b'), sha256('c'), sha256(n::text::bytea), '\\x0123456789abcdef'::bytea,
  'Ada <ada@example.com>', '192.0.2.1', '\\x0123456789abcdef'::bytea, jsonb_build_array(jsonb_build_object('id', n, 'table', 'projects', 'operation', 'insert', 'before', null, 'after', jsonb_build_object('name', 'Project ' || n, 'id', gen_random_uuid())))`;

/** For each table: its copy, rows of month m, the look-up before a row is added that finds it in all partitions, and reads. */
const tables = {
  usage: {
    source: 'public.usage_events',
    time: 'received_at',
    key: 'organization_id, id',
    foreignKey: true,
    columns: 'organization_id, id, meter, quantity, occurred_at, received_at, period_start, api_key_id',
    seed: (m) => `select ${organization(`n % ${organizations}`)}, gen_random_uuid()::text, 'tokens', 1, ${timeOf(m)}, ${timeOf(m)}, ${monthStart(m)}, ${reporter}`,
    added: `select ${organization('$1::integer')}, i.id, 'tokens', 1, ${today}, ${today}, ${monthStart(months)}, ${reporter} from unnest($2::text[]) i (id)`,
    lookedUp: (table) => `where not exists (select from ${table} e where e.organization_id = ${organization('$1::integer')} and e.id = i.id)`,
    reads: {
      'one event by its id': (table) => `select * from ${table} where organization_id = ${organization('$1::integer')} and id = 'none'`,
      'a page of 1,000 events of a month': (table) =>
        `select * from ${table} where organization_id = ${organization('$1::integer')} and occurred_at >= ${monthStart(months - 1)} and occurred_at < ${monthStart(months)} order by meter, occurred_at, id limit 1000`,
    },
  },
  audit: {
    source: 'audit.events',
    time: 'occurred_at',
    key: 'organization_id, sequence',
    foreignKey: false,
    columns:
      'organization_id, id, sequence, occurred_at, request_id, actor_kind, actor_id, action, outcome, times, target_table, target_id, changes, actor_hash, details_hash, previous_hash, hash, actor_salt, actor_name, ip, details_salt, details',
    seed: (m) =>
      `select ${organization(`n % ${organizations}`)}, gen_random_uuid(), ${m} * ${Math.ceil(rowsOfMonth / organizations)} + n / ${organizations} + 1, ${timeOf(m)}, ${event}`,
    added: `select ${organization('$1::integer')}, gen_random_uuid(), (extract(epoch from clock_timestamp()) * 1000000)::bigint + n, ${today}, ${event} from unnest($2::text[]) with ordinality i (id, n)`,
    reads: {
      'the newest 20 events': (table) => `select * from ${table} where organization_id = ${organization('$1::integer')} order by sequence desc limit 20`,
      'the newest 20 events of an actor': (table) =>
        `select * from ${table} where organization_id = ${organization('$1::integer')} and actor_id = '7' order by sequence desc limit 20`,
    },
  },
};

/** Returns what measures work on a connection: milliseconds of processor time and of the clock, and bytes of WAL. */
async function measureOn(client) {
  const { rows } = await client.query('select pg_backend_pid() as pid');
  // Linux counts the nanoseconds of processor time of a process: other work on the machine falsifies them little.
  const processorTime = async () => Number((await readFile(`/proc/${rows[0].pid}/schedstat`, 'utf8')).split(' ')[0]) / 1e6;
  const wal = async () => Number((await client.query(`select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0') as bytes`)).rows[0].bytes);
  return async (work) => {
    const [cpu, bytes, start] = [await processorTime(), await wal(), performance.now()];
    await work();
    return { elapsed: performance.now() - start, cpu: (await processorTime()) - cpu, wal: (await wal()) - bytes };
  };
}

async function addOrganizations(client) {
  await client.query(`set session_replication_role = replica`);
  await client.query(
    `insert into organizations (id, name, slug, plan) select ${organization('o')}, 'O' || o, 'bench-' || o, 'free' from generate_series(0, ${organizations} - 1) o on conflict do nothing`,
  );
  await client.query(`reset session_replication_role`);
}

async function build(client, name) {
  const { source, time, key, foreignKey, columns, seed } = tables[name];
  const indexes = (
    await client.query(
      `select pg_get_indexdef(indexrelid) as definition from pg_index where indrelid = '${source}'::regclass and not indisunique and pg_get_indexdef(indexrelid, 1, true) <> '${time}'`,
    )
  ).rows;
  const timed = `${name}_months`;
  await client.query(
    `create schema if not exists bench; create table bench.${name}_one (like ${source} including defaults); create table bench.${timed} (like ${source} including defaults) partition by range (${time})`,
  );
  for (let m = 0; m <= months; m += 1)
    await client.query(
      `create table bench.${timed}_${m} partition of bench.${timed} for values from ('${await valueOf(client, monthStart(m))}') to ('${await valueOf(client, monthStart(m + 1))}')`,
    );
  for (const table of [`${name}_one`, timed]) {
    await client.query(`create unique index on bench.${table} (${key}${table === timed ? `, ${time}` : ''})`);
    for (const { definition } of indexes) await client.query(definition.replace(/^CREATE INDEX \S+ ON \S+/, `create index on bench.${table}`));
    if (foreignKey) await client.query(`alter table bench.${table} add foreign key (organization_id) references organizations`);
  }
  await client.query('set session_replication_role = replica');
  for (let m = 0; m < months; m += 1) await client.query(`insert into bench.${name}_one (${columns}) ${seed(m)} from generate_series(1, ${rowsOfMonth}) n`);
  await client.query(`insert into bench.${timed} select * from bench.${name}_one`);
  await client.query('reset session_replication_role');
  for (const table of [`${name}_one`, timed]) await client.query(`vacuum (analyze, freeze) bench.${table}`);
  await client.query('checkpoint');
}

const valueOf = async (client, expression) => (await client.query(`select (${expression})::text as value`)).rows[0].value;

/** Adds batches to each way in turns; prints microseconds of processor time and bytes of WAL for a row. */
async function measureAdding({ client, measure }, name, ways) {
  const { columns, added } = tables[name];
  const figures = Object.fromEntries(Object.keys(ways).map((way) => [way, []]));
  for (let round = -1; round < rounds; round += 1)
    for (const [way, { table, lookedUp = '', compression = 'off' }] of Object.entries(ways)) {
      const text = `insert into bench.${table} (${columns}) ${added} ${lookedUp} on conflict do nothing`;
      await client.query(`set wal_compression = ${compression}`);
      const { cpu, wal } = await measure(async () => {
        for (let call = 0; call < 40; call += 1)
          await client.query({
            name: `${table} ${lookedUp === '' ? 'added' : 'looked up'}`,
            text,
            values: [Math.floor(Math.random() * organizations), Array.from({ length: batch }, () => randomUUID())],
          });
      });
      if (round >= 0) figures[way].push({ cpu: (cpu * 1000) / (40 * batch), wal: wal / (40 * batch) });
    }
  for (const [way, measured] of Object.entries(figures))
    say(`add a row: ${way}`, `${median(measured.map(({ cpu }) => cpu)).toFixed(1)} µs, ${median(measured.map(({ wal }) => wal)).toFixed(0)} B`, 'CPU, WAL');
}

/** Runs each read as a prepared statement whose plan is kept, and once with a plan of its own. */
async function measureReads({ client, measure }, name) {
  for (const [what, textOf] of Object.entries(tables[name].reads))
    for (const table of [`${name}_one`, `${name}_months`]) {
      const text = textOf(`bench.${table}`);
      const id = randomUUID().slice(0, 8);
      await client.query('set plan_cache_mode = force_generic_plan');
      const read = () => client.query({ name: id, text, values: [Math.floor(Math.random() * organizations)] });
      for (let call = 0; call < 200; call += 1) await read();
      const { cpu } = await measure(async () => {
        for (let call = 0; call < 1000; call += 1) await read();
      });
      await client.query('reset plan_cache_mode');
      const plan = async () => (await client.query(`explain (summary, format json) ${text.replaceAll('$1::integer', '7')}`)).rows[0]['QUERY PLAN'][0]['Planning Time'];
      const planning = [];
      for (let call = 0; call < 50; call += 1) planning.push(await plan());
      say(
        `${what}: ${table.endsWith('one') ? 'one table' : `${months + 1} partitions`}`,
        `${cpu.toFixed(0)} µs, ${(median(planning) * 1000).toFixed(0)} µs`,
        'kept plan, planning',
      );
    }
}

const figuresOf = ({ cpu, elapsed, wal }) => `${(elapsed / 1000).toFixed(2)} s, ${(cpu / 1000).toFixed(2)} s, ${(wal / 1e6).toFixed(0)} MB`;

async function measureRemoving({ client, measure }, name) {
  const { time } = tables[name];
  const [one, timed] = [`bench.${name}_one`, `bench.${name}_months`];
  const unit = 'time, CPU, WAL';
  const deletion = (m) => `delete from ${one} where ${time} < ${monthStart(m + 1)}`;
  say(`remove a month of ${rowsOfMonth} rows: DELETE that reads the whole table`, figuresOf(await measure(() => client.query(deletion(0)))), unit);
  say('… VACUUM of it', figuresOf(await measure(() => client.query(`vacuum ${one}`))), unit);
  say(`build an index on ${time}`, figuresOf(await measure(() => client.query(`create index ${name}_time on ${one} (${time})`))), unit);
  say('… its size', ((await client.query(`select pg_relation_size('bench.${name}_time') as size`)).rows[0].size / 1e6).toFixed(0), 'MB');
  await client.query(`analyze ${one}`);
  const batches = async () => {
    const text = `delete from ${one} where ctid = any(array(select ctid from ${one} where ${time} < ${monthStart(2)} order by ${time} limit 10000))`;
    while ((await client.query(text)).rowCount > 0);
  };
  say(`remove a month of ${rowsOfMonth} rows: DELETE of 10,000 at a time, by that index`, figuresOf(await measure(batches)), unit);
  say('… VACUUM of it', figuresOf(await measure(() => client.query(`vacuum ${one}`))), unit);
  say(`remove a month of ${rowsOfMonth} rows: DROP of its partition`, figuresOf(await measure(() => client.query(`drop table ${timed}_0`))), unit);
  const scan = await measure(() => client.query(`delete from ${one} where ${time} < ${monthStart(0)} and id::text = ''`));
  say('find nothing to remove, by that index', figuresOf(scan), unit);
}

/** @param client a connection as the superuser */
export async function measurePartitions(client, name) {
  console.log(`\n${tables[name].source}: ${months} months of ${rowsOfMonth} rows, ${organizations} organizations\n`);
  const connection = { client, measure: await measureOn(client) };
  await addOrganizations(client);
  if ((await client.query(`select to_regclass('bench.${name}_months') as found`)).rows[0].found === null) await build(client, name);
  for (const table of [`${name}_one`, `${name}_months`]) {
    const { rows } = await client.query(
      `select sum(pg_relation_size(c.oid)) as heap, sum(pg_indexes_size(c.oid)) as indexes from pg_class c where c.oid = 'bench.${table}'::regclass or c.oid in (select relid from pg_partition_tree('bench.${table}'))`,
    );
    say(
      `a row of ${table.endsWith('one') ? 'one table' : 'partitions'}`,
      `${(rows[0].heap / (months * rowsOfMonth)).toFixed(0)} B, ${(rows[0].indexes / (months * rowsOfMonth)).toFixed(0)} B`,
      'heap, indexes',
    );
  }
  await measureReads(connection, name);
  const { lookedUp } = tables[name];
  const ways = {
    'one table': { table: `${name}_one` },
    'one table, wal_compression': { table: `${name}_one`, compression: 'on' },
    [`${months + 1} partitions`]: { table: `${name}_months` },
    ...(lookedUp ? { [`${months + 1} partitions, after a look-up of the id in all of them`]: { table: `${name}_months`, lookedUp: lookedUp(`bench.${name}_months`) } } : {}),
  };
  await measureAdding(connection, name, ways);
  await measureRemoving(connection, name);
  await measureAdding(connection, name, { 'one table with the index on the time': ways['one table'], [`${months + 1} partitions, again`]: ways[`${months + 1} partitions`] });
}
