import { leftOutTables, leftOutUserColumns, userTables } from '../../src/modules/tenants/archive/archive-contents.js';
import { Catalog, Planter } from './isolation/planter.js';
import type { Installation } from './installation.js';

/** The tables of which an archive has an organization's rows, from the catalogs. */
export const archivedTables = (catalog: Catalog): string[] => catalog.tenantTables.filter((table) => leftOutTables[table] === undefined);

/** Everything that an organization has in a database, as PostgreSQL prints it: table → rows. */
export async function rowsOf(at: Installation, organizationId: string): Promise<Record<string, string[]>> {
  const catalog = await Catalog.read(at.look);
  const sources = [
    { table: 'organizations', row: 't::text', where: 'id = $1' },
    ...archivedTables(catalog).map((table) => ({ table, row: 't::text', where: 'organization_id = $1' })),
    {
      table: 'users',
      row: `(to_jsonb(t) ${Object.keys(leftOutUserColumns)
        .map((column) => `- '${column}'`)
        .join(' ')})::text`,
      where: 'id in (select user_id from memberships where organization_id = $1)',
    },
    ...userTables.map((table) => ({ table, row: 't::text', where: 'user_id in (select user_id from memberships where organization_id = $1)' })),
  ];
  const found: Record<string, string[]> = {};
  for (const { table, row, where } of sources) {
    const rows = await at.rows<{ row: string }>(`select ${row} as row from ${table} t where ${where} order by 1`, [organizationId]);
    found[table] = rows.map(({ row }) => row);
  }
  return found;
}

const text = 'a "quoted" \\ line\r\nand another\ttab  äöü 🦊 null {"a":1}';
/** Values that are easily lost on the way, by type. */
const awkward: Readonly<Record<string, string>> = {
  text: `$$${text}$$`,
  _text: `array['', 'null', 'a,b', '"', null, $$${text}$$]`,
  jsonb: `'{"big": 123456789012345678901234567890.5, "nothing": null, "list": [1, "2", {"deep": "\\n\\u00e4"}]}'::jsonb`,
  int8: '9007199254740993',
  int4: '-2147483648',
  bytea: `'\\x00ff5c22270a'::bytea`,
  timestamptz: `'2026-02-28 23:59:59.987+00'::timestamptz`,
  bool: 'true',
  uuid: 'gen_random_uuid()',
};

/** An organization with a row in every table, from the catalogs, whose columns all hold something awkward. Needs a database without checks. */
export async function plantAwkward(at: Installation): Promise<string> {
  const catalog = await Catalog.read(at.look);
  const id = await new Planter(at.look, catalog).plant();
  for (const table of [...archivedTables(catalog), 'organizations']) {
    const referring = new Set(catalog.foreignKeys.filter((key) => key.table === table).flatMap(({ columns }) => columns));
    const columns = (catalog.columns.get(table) ?? []).filter(({ name, type }) => awkward[type] !== undefined && name !== 'id' && !referring.has(name));
    const sets = columns.map(({ name, type }) => `${name} = ${awkward[type]}`);
    // Triggers, which would refuse or change the rows, are disabled here.
    await at.database.alter(`alter table ${table} disable trigger user`);
    if (sets.length > 0) await at.rows(`update ${table} set ${sets.join(', ')} where ${table === 'organizations' ? 'id' : 'organization_id'} = $1`, [id]);
  }
  // Columns that the catalog must define, and the two kinds of null of a document.
  await at.rows(`update organizations set plan = 'free', slug = 'planted', timezone = 'Europe/Berlin', locale = 'de-DE', address = 'null', billing_address = null where id = $1`, [
    id,
  ]);
  // An account has an address unless an organization manages it. Only then has its membership a name, which a trigger sets.
  await at.rows(`update users set email = id::text || '@example.com' where email is null`);
  await at.rows(`update memberships set role = 'owner', user_name = null where organization_id = $1`, [id]);
  await at.rows(`update subscriptions set add_ons = '[]', next_add_ons = '[]' where organization_id = $1`, [id]);
  await at.rows(`update pending_purchases set plan = 'pro', interval = 'month', currency = 'USD', add_ons = '[]' where organization_id = $1`, [id]);
  await at.rows(`update subscription_periods set usage_prices = null where organization_id = $1`, [id]);
  await at.rows(`update invitations set role = 'member' where organization_id = $1`, [id]);
  await at.rows(`update domains set join_role = 'member' where organization_id = $1`, [id]);
  return id;
}

/** A sum of every row of every table, to see that nothing was written. */
export async function everything(at: Installation): Promise<unknown> {
  const catalog = await Catalog.read(at.look);
  // Mail is on its way meanwhile, and jobs run.
  const sums = [...catalog.columns.keys()]
    .filter((table) => table !== 'mail_messages' && table !== 'job_runs')
    .map((table) => `select '${table}' as name, count(*), md5(coalesce(string_agg(t::text, ',' order by t::text), '')) from ${table} t`);
  return at.rows(`${sums.join(' union all ')} order by 1`);
}
