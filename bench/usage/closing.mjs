// Closing a month of many organizations with five meters each: in one statement, against one SELECT and one UPDATE for each
// organization through Prisma. The loop is measured on a sample and scaled.
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { PrismaClient } from '../../dist/generated/prisma/client.js';

const meters = 5;
const sample = 2000;
const ended = new Date('2026-02-01T00:00:00Z');

const plant = (superuser, count) =>
  superuser.query(
    `with made as (insert into organizations (id, name, slug, plan) select gen_random_uuid(), 'Org', gen_random_uuid()::text, 'only' from generate_series(1, $1::int) returning id)
     insert into meter_totals (organization_id, id, meter, period_start, period_end, used)
     select m.id, gen_random_uuid(), 'meter' || n, timestamptz '2026-01-01Z', $2, n * 100 from made m, generate_series(1, ${meters}) n`,
    [count, ended],
  );

async function loop(url) {
  const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: url }) });
  const organizations = await prisma.organization.findMany({ where: { name: 'Org' }, take: sample, select: { id: true } });
  await prisma.meterTotal.findFirst();
  const start = performance.now();
  for (const { id } of organizations) {
    const due = await prisma.meterTotal.findMany({ where: { organizationId: id, closedAt: null, periodEnd: { lte: ended } } });
    if (due.length !== meters) throw new Error('the sample is not as it should be');
    await prisma.meterTotal.updateMany({ where: { organizationId: id, id: { in: due.map((total) => total.id) } }, data: { closedAt: ended, allowance: 1000n } });
  }
  const seconds = (performance.now() - start) / 1000;
  await prisma.$disconnect();
  return seconds;
}

async function oneStatement(url, organizations) {
  const platform = new pg.Client({ connectionString: url });
  await platform.connect();
  const plans = JSON.stringify({ only: Object.fromEntries(Array.from({ length: meters }, (_, index) => [`meter${index + 1}`, 1000])), '': {} });
  const start = performance.now();
  const { rows } = await platform.query('with closed as (select * from usage.close_periods($1, $2)) select * from closed', [ended, plans]);
  const seconds = (performance.now() - start) / 1000;
  await platform.end();
  if (Number(rows[0].totals) !== organizations * meters) throw new Error(`closed were ${rows[0].totals}`);
  return seconds;
}

export async function measureClosing({ urls, superuserUrl, organizations }) {
  const superuser = new pg.Client({ connectionString: superuserUrl });
  await superuser.connect();
  // Without triggers: the audit log of a hundred thousand organizations is not what is measured.
  await superuser.query(`set session_replication_role = 'replica'`);
  await plant(superuser, sample);
  await superuser.query('analyze');
  const sampled = await loop(urls.platform);
  await plant(superuser, organizations);
  await superuser.query('vacuum analyze');
  await superuser.end();
  const once = await oneStatement(urls.platform, organizations);
  const scaled = (sampled / sample) * organizations;
  console.log(`\nclosing a month of ${organizations} organizations with ${meters} meters each, fsync on\n`);
  console.log(`  ${once.toFixed(1).padStart(7)} s          one statement (usage.close_periods), with an event for each organization`);
  console.log(`  ${scaled.toFixed(1).padStart(7)} s          a loop of SELECT and UPDATE through Prisma: ${sampled.toFixed(1)} s for ${sample} organizations, scaled`);
  return [{ name: 'closing: loop / one statement', value: scaled / once, reach: 20 }];
}
