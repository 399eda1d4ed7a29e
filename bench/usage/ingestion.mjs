// Batches of 500 events: by HTTP, by the statement that the service calls, and as a bare multi-row INSERT of the same rows
// into an equal table (the same columns, key and indexes; no row security, no foreign key, nothing counted).
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { TenantPool } from '../../dist/database/wire/tenant-pool.js';
import { UsageStatementsService } from '../../dist/modules/usage/metering/usage-statements.service.js';
import { wireBinding } from '../../dist/tenancy/wire-binding.js';
import { answerOf, median, ratio, say, startServer, takeTurns } from './turns.mjs';

const size = 500;
const connections = 8;
const columns = ['organization_id', 'id', 'meter', 'quantity', 'occurred_at', 'received_at', 'period_start', 'subject', 'user_id', 'metadata'];
const rules = { tokens: { aggregation: 'sum', allowance: null } };

/** The same events for every way, except for their ids. */
function batch() {
  const now = new Date();
  const start = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth()));
  const end = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1));
  const events = Array.from({ length: size }, (_, index) => ({
    id: randomUUID(),
    meter: 'tokens',
    quantity: 1 + (index % 900),
    subject: `user-${index % 50}`,
    metadata: { model: 'm-1' },
  }));
  return { now, start, end, events };
}

function bareInsert(table) {
  const row = (index) => `(${columns.map((_, column) => `$${index * columns.length + column + 1}`).join(', ')})`;
  return `insert into ${table} (${columns.join(', ')}) values ${Array.from({ length: size }, (_, index) => row(index)).join(', ')}`;
}

/** Bare INSERTs: as text each time, as most write it, and prepared; and one from arrays, the fastest that we know. */
function bareWays(pool, organization, user) {
  const text = bareInsert('bench.usage_events');
  const rowsOf = ({ now, start, events }) =>
    events.flatMap(({ id, meter, quantity, subject, metadata }) => [organization, id, meter, quantity, now, now, start, subject, user, JSON.stringify(metadata)]);
  const unnest = `insert into bench.usage_events (${columns.join(', ')}) select $1, i.id, i.meter, i.quantity, $2, $2, $3, i.subject, $4, i.metadata
    from unnest($5::text[], $6::text[], $7::bigint[], $8::text[], $9::jsonb[]) as i (id, meter, quantity, subject, metadata)`;
  const fromArrays = ({ now, start, events }) => {
    const of = (key) => events.map((event) => event[key]);
    return pool.query({
      name: 'unnest',
      text: unnest,
      values: [organization, now, start, user, of('id'), of('meter'), of('quantity'), of('subject'), events.map(({ metadata }) => JSON.stringify(metadata))],
    });
  };
  return {
    'bare INSERT … VALUES': () => pool.query(text, rowsOf(batch())),
    'bare INSERT … VALUES, prepared': () => pool.query({ name: 'bare', text, values: rowsOf(batch()) }),
    'bare INSERT … SELECT FROM unnest, prepared': () => fromArrays(batch()),
  };
}

function statementWay(statements, organizationOf, context, user) {
  return (caller) => {
    const { now, start, end, events } = batch();
    const of = (key) => events.map((event) => event[key]);
    const all = (value) => events.map(() => value);
    const given = { ids: of('id'), meters: of('meter'), quantities: of('quantity'), occurred: all(now), starts: all(start), ends: all(end), subjects: of('subject') };
    context.organizationId = organizationOf(caller);
    const columns = { ...given, metadata: events.map(({ metadata }) => JSON.stringify(metadata)) };
    return statements.record({ columns, reporter: { userId: user }, rules }, now);
  };
}

async function httpWay({ base, headers }) {
  const { events } = batch();
  const { accepted } = await answerOf(await fetch(`${base}/usage/events`, { method: 'POST', headers, body: JSON.stringify({ events }) }));
  if (accepted !== size) throw new Error(`${accepted} were accepted`);
}

export async function measureIngestion(bench) {
  const server = await startServer(bench, 'ingestion', false);
  const superuser = new pg.Pool({ connectionString: bench.superuserUrl, max: connections });
  await superuser.query('create schema bench; create table bench.usage_events (like public.usage_events including all)');
  const organizations = Array.from({ length: 4 }, () => randomUUID());
  for (const id of organizations) await superuser.query(`insert into organizations (id, name, slug, plan) values ($1, 'Org', $2, 'only')`, [id, `org-${id}`]);
  const tenantPool = new TenantPool({ connectionString: bench.urls.app, max: connections, statementTimeoutMillis: 15_000 }, () => wireBinding.current());
  const context = { organizationId: organizations[0] };
  const statements = new UsageStatementsService(tenantPool, context, { preparedStatements: true });
  const user = randomUUID();
  const ways = {
    'POST /usage/events': () => httpWay(server),
    'usage.record': statementWay(statements, () => organizations[0], context, user),
    'usage.record, an organization each': statementWay(statements, (caller) => organizations[caller], context, user),
    ...bareWays(superuser, server.organizationId, user),
  };
  const goals = [];
  for (const callers of [1, 4]) {
    const results = await takeTurns(ways, { rounds: bench.rounds, milliseconds: 400, callers });
    console.log(`\nbatches of ${size} events, ${callers} at a time, fsync on, ${bench.rounds} rounds, medians\n`);
    for (const [name, values] of Object.entries(results)) say(median(values) * size, 'events/s', name);
    const [http, one, each, bare, prepared, arrays] = Object.values(results);
    goals.push({ name: `usage.record / bare INSERT … VALUES, ${callers} at a time`, value: ratio(one, bare), reach: 0.5 });
    if (callers > 1) goals.push({ name: `usage.record, an organization each / bare INSERT … VALUES, ${callers} at a time`, value: ratio(each, bare), reach: 0.5 });
    goals.push({ name: `usage.record / bare INSERT … VALUES, prepared, ${callers} at a time`, value: ratio(one, prepared) });
    goals.push({ name: `usage.record / bare INSERT from arrays, ${callers} at a time`, value: ratio(one, arrays) });
    goals.push({ name: `POST /usage/events / bare INSERT … VALUES, ${callers} at a time`, value: ratio(http, bare), reach: 0.5 });
  }
  await Promise.all([server.stop(), superuser.end(), tenantPool.end()]);
  return goals;
}
