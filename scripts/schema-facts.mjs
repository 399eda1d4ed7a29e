// Reads everything that defines a schema from the system catalogs, one fact for each object: what it is, its definition, and the statements that
// create and drop it. Two databases have the same schema when they have the same facts.
import { UtcClient } from '../dist/database/utc-client.js';

const schemas = `('app', 'audit', 'partitions', 'pgboss', 'public', 'usage')`;
/** Partitions of the request log come and go with the months: only what they have in common is compared. */
const relations = `relations as (
  select c.oid, c.relname, n.nspname, c.relkind, c.relpersistence, c.relowner, c.relacl, c.relrowsecurity, c.relforcerowsecurity, c.reloptions, format('%I.%I', n.nspname, c.relname) as name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
   where n.nspname in ${schemas} and n.nspname <> 'partitions' and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S'))`;

/** The name of a role as in the files: the owner of the object is "owner". */
const roleName = (oid, owner) => `case ${oid} when 0 then 'public' when ${owner} then 'owner' else pg_get_userbyid(${oid})::text end`;
const roleSql = (oid, owner) => `case ${oid} when 0 then 'public' when ${owner} then 'current_user' else quote_ident(pg_get_userbyid(${oid})) end`;

/** The rights on objects that have no columns to name, of everybody but the owner. */
const grants = (kind, acl, type, owner, name, target) => `
  select '${kind}' as kind, lower(a.privilege_type) || ' on ${target} ' || ${name} || ' to ' || ${roleName('a.grantee', owner)} as name,
         case when a.is_grantable then 'with grant option' else 'granted' end as definition,
         format('grant %s on ${target} %s to %s;', lower(a.privilege_type), ${name}, ${roleSql('a.grantee', owner)}) as create,
         format('revoke %s on ${target} %s from %s;', lower(a.privilege_type), ${name}, ${roleSql('a.grantee', owner)}) as drop
    from SOURCE cross join lateral aclexplode(coalesce(${acl}, acldefault('${type}', ${owner}))) a
   where a.grantee <> ${owner} and WHERE`;
const grantsOf = (from, where, ...args) =>
  grants(...args)
    .replace('SOURCE', from)
    .replace('WHERE', where);

const functionName = `format('%I.%I(%s)', n.nspname, p.proname, oidvectortypes(p.proargtypes))`;
const ofExtension = (oid, catalog) => `exists (select from pg_depend d where d.classid = '${catalog}'::regclass and d.objid = ${oid} and d.deptype = 'e')`;
const functions = `pg_proc p join pg_namespace n on n.oid = p.pronamespace`;
const isOurs = `n.nspname in ${schemas} and p.prokind in ('f', 'p') and not ${ofExtension('p.oid', 'pg_proc')}`;

const queries = [
  `select 'role' as kind, r.rolname as name,
          array_to_string(array_remove(array[case when r.rolcanlogin then 'login' end, case when r.rolsuper then 'superuser' end, case when r.rolbypassrls then 'bypassrls' end,
            case when r.rolcreaterole then 'createrole' end, case when r.rolcreatedb then 'createdb' end, case when r.rolreplication then 'replication' end,
            (select 'member of ' || string_agg(g.rolname, ', ' order by g.rolname) from pg_auth_members m join pg_roles g on g.oid = m.roleid where m.member = r.oid)], null), ', ') as definition
     from pg_roles r where r.rolname in ('tenantry_app', 'tenantry_platform')`,
  `select 'schema' as kind, n.nspname as name, '' as definition from pg_namespace n where n.nspname in ${schemas}`,
  grantsOf('pg_namespace n', `n.nspname in ${schemas}`, 'grant', 'n.nspacl', 'n', 'n.nspowner', 'quote_ident(n.nspname)', 'schema'),
  `select 'default privileges' as kind, coalesce(n.nspname::text, 'every schema') || ', ' || case d.defaclobjtype when 'f' then 'functions' when 'r' then 'tables' when 'S' then 'sequences' else d.defaclobjtype::text end as name,
          coalesce((select string_agg(lower(a.privilege_type) || ' to ' || ${roleName('a.grantee', 'd.defaclrole')}, ', ' order by 1) from aclexplode(d.defaclacl) a), 'none') as definition
     from pg_default_acl d left join pg_namespace n on n.oid = d.defaclnamespace
    where d.defaclrole = (select c.relowner from pg_class c where c.oid = to_regclass('public.organizations'))`,
  `select 'type' as kind, format('%I.%I', n.nspname, t.typname) as name,
          coalesce((select string_agg(e.enumlabel, ', ' order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid), t.typtype::text) as definition
     from pg_type t join pg_namespace n on n.oid = t.typnamespace where n.nspname in ${schemas} and t.typtype in ('e', 'd', 'r')`,

  `with ${relations}
   select 'table' as kind, r.name,
          case r.relkind when 'r' then case r.relpersistence when 'u' then 'unlogged table' else 'table' end when 'p' then 'partitioned by ' || pg_get_partkeydef(r.oid) when 'v' then 'view as ' || pg_get_viewdef(r.oid) when 'm' then 'materialized view as ' || pg_get_viewdef(r.oid) else r.relkind::text end
            || coalesce(' partition of ' || (select i.inhparent::regclass::text from pg_inherits i where i.inhrelid = r.oid), '')
            || coalesce(' with (' || array_to_string(r.reloptions, ', ') || ')', '')
            || case when r.relowner = (select c.relowner from pg_class c where c.oid = to_regclass('public.organizations')) then '' else ' owned by ' || pg_get_userbyid(r.relowner) end as definition
     from relations r where r.relkind <> 'S'`,
  `with ${relations}
   select 'column' as kind, r.name || '.' || quote_ident(a.attname) as name,
          format_type(a.atttypid, a.atttypmod) || case when a.attnotnull then ' not null' else '' end
            || coalesce(case a.attgenerated when 's' then ' generated as ' else ' default ' end || pg_get_expr(d.adbin, d.adrelid), '')
            || case a.attidentity when 'a' then ' generated always as identity' when 'd' then ' generated by default as identity' else '' end as definition, a.attnum as position
     from relations r join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
     left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum where r.relkind <> 'S'`,
  `with ${relations}
   select 'row security' as kind, r.name, case when not r.relrowsecurity then 'disabled' when r.relforcerowsecurity then 'enabled and forced' else 'enabled, not forced' end as definition,
          format(case when r.relrowsecurity then 'alter table %1$s enable row level security;' else 'alter table %1$s disable row level security;' end ||
                 case when r.relforcerowsecurity then ' alter table %1$s force row level security;' else ' alter table %1$s no force row level security;' end, r.name) as create, '' as drop
     from relations r where r.relkind in ('r', 'p')`,
  `select 'row security' as kind, 'the partitions of ' || i.inhparent::regclass || ' in partitions' as name,
          'not forced on ' || string_agg(c.relname, ', ' order by c.relname) filter (where not (c.relrowsecurity and c.relforcerowsecurity)) as definition
     from pg_inherits i join pg_class c on c.oid = i.inhrelid where c.relkind = 'r' and c.relnamespace = to_regnamespace('partitions') group by 2 having not bool_and(c.relrowsecurity and c.relforcerowsecurity)`,
  `with ${relations}
   select 'index' as kind, format('%I.%I', r.nspname, c.relname) as name, pg_get_indexdef(i.indexrelid) || case when i.indisvalid then '' else ' (invalid)' end as definition,
          pg_get_indexdef(i.indexrelid) || ';' as create, format('drop index %I.%I;', r.nspname, c.relname) as drop
     from relations r join pg_index i on i.indrelid = r.oid join pg_class c on c.oid = i.indexrelid
    where not exists (select from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'))`,
  `with ${relations}
   select case k.contype when 'c' then 'check' when 'f' then 'foreign key' when 'p' then 'primary key' when 'u' then 'unique key' else 'constraint' end as kind, k.conname || ' on ' || r.name as name,
          pg_get_constraintdef(k.oid) || case when exists (select from pg_trigger g where g.tgconstraint = k.oid and g.tgisinternal and g.tgenabled <> 'O') then ' (its triggers are disabled)' else '' end as definition,
          format('alter table %s add constraint %I %s;', r.name, k.conname, pg_get_constraintdef(k.oid)) as create, format('alter table %s drop constraint %I;', r.name, k.conname) as drop
     from relations r join pg_constraint k on k.conrelid = r.oid where k.contype in ('c', 'f', 'p', 'u', 'x')`,
  `with ${relations}
   select 'trigger' as kind, g.tgname || ' on ' || r.name as name, pg_get_triggerdef(g.oid) || case g.tgenabled when 'O' then '' when 'D' then ' (disabled)' else ' (fires ' || g.tgenabled::text || ')' end as definition,
          case g.tgname when 'audit' then 'select audit.watch(' || quote_literal(r.name)
            || coalesce(', always => ' || quote_literal(nullif(nullif((string_to_array(encode(g.tgargs, 'escape'), '\\000'))[5], ''), '{}')), '') || ');' else pg_get_triggerdef(g.oid) || ';' end as create, format('drop trigger %I on %s;', g.tgname, r.name) as drop
     from relations r join pg_trigger g on g.tgrelid = r.oid where not g.tgisinternal`,
  `with ${relations}
   select 'policy' as kind, p.polname || ' on ' || r.name as name, s.definition, format('create policy %I on %s %s;', p.polname, r.name, s.definition_sql) as create, format('drop policy %I on %s;', p.polname, r.name) as drop
     from relations r join pg_policy p on p.polrelid = r.oid
    cross join lateral (select array_to_string(array(select ${roleName('x', 'r.relowner')} from unnest(p.polroles) x order by 1), ', ') as roles,
                               array_to_string(array(select ${roleSql('x', 'r.relowner')} from unnest(p.polroles) x order by 1), ', ') as roles_sql,
                               case when p.polpermissive then '' else 'as restrictive ' end || 'for ' || case p.polcmd when '*' then 'all' when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' else 'delete' end as head,
                               coalesce(' using (' || pg_get_expr(p.polqual, p.polrelid) || ')', '') || coalesce(' with check (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')', '') as tail) t
    cross join lateral (select t.head || ' to ' || t.roles || t.tail as definition, t.head || ' to ' || t.roles_sql || t.tail as definition_sql) s`,

  `with ${relations}
   select 'rule' as kind, w.rulename || ' on ' || r.name as name, pg_get_ruledef(w.oid) as definition
     from relations r join pg_rewrite w on w.ev_class = r.oid where w.rulename <> '_RETURN'`,

  `select 'function' as kind, ${functionName} as name,
          pg_get_functiondef(p.oid) || case when p.proowner = (select c.relowner from pg_class c where c.oid = to_regclass('public.organizations')) then '' else '(owned by ' || pg_get_userbyid(p.proowner) || ')' end as definition, pg_get_functiondef(p.oid) || ';' as create, format('drop function %s;', ${functionName}) as drop,
          pg_get_function_arguments(p.oid) || ' returns ' || coalesce(pg_get_function_result(p.oid), '') as shape
     from ${functions} where ${isOurs}`,
  `select 'comment' as kind, 'function ' || ${functionName} as name, d.description as definition, format('comment on function %s is %L;', ${functionName}, d.description) as create,
          format('comment on function %s is null;', ${functionName}) as drop
     from ${functions} join pg_description d on d.objoid = p.oid and d.classoid = 'pg_proc'::regclass and d.objsubid = 0 where ${isOurs}`,
  `with ${relations}
   select 'comment' as kind, format('index %I.%I on ', r.nspname, c.relname) || r.name as name, d.description as definition, format('comment on index %I.%I is %L;', r.nspname, c.relname, d.description) as create,
          format('comment on index %I.%I is null;', r.nspname, c.relname) as drop
     from relations r join pg_index i on i.indrelid = r.oid join pg_class c on c.oid = i.indexrelid join pg_description d on d.objoid = c.oid and d.classoid = 'pg_class'::regclass and d.objsubid = 0`,
  grantsOf(functions, isOurs, 'grant', 'p.proacl', 'f', 'p.proowner', functionName, 'function'),
  `with ${relations} ` + grantsOf('relations r', `r.relkind <> 'S'`, 'grant', 'r.relacl', 'r', 'r.relowner', 'r.name', 'table'),
  `with ${relations} ` + grantsOf('relations r', `r.relkind = 'S'`, 'grant', 'r.relacl', 's', 'r.relowner', 'r.name', 'sequence'),
  `with ${relations}
   select 'grant' as kind, lower(a.privilege_type) || ' (' || quote_ident(c.attname) || ') on table ' || r.name || ' to ' || ${roleName('a.grantee', 'r.relowner')} as name, 'granted' as definition,
          format('grant %s (%I) on table %s to %s;', lower(a.privilege_type), c.attname, r.name, ${roleSql('a.grantee', 'r.relowner')}) as create,
          format('revoke %s (%I) on table %s from %s;', lower(a.privilege_type), c.attname, r.name, ${roleSql('a.grantee', 'r.relowner')}) as drop
     from relations r join pg_attribute c on c.attrelid = r.oid and not c.attisdropped cross join lateral aclexplode(c.attacl) a where a.grantee <> r.relowner`,
  `select 'grant' as kind, lower(a.privilege_type) || ' on a partition of ' || i.inhparent::regclass || ' to ' || ${roleName('a.grantee', 'c.relowner')} as name, c.relname::text as definition, '' as create,
          format('revoke all on table partitions.%I from %s;', c.relname, ${roleSql('a.grantee', 'c.relowner')}) as drop
     from pg_inherits i join pg_class c on c.oid = i.inhrelid cross join lateral aclexplode(c.relacl) a
    where c.relkind = 'r' and c.relnamespace = to_regnamespace('partitions') and a.grantee <> c.relowner`,
];

/**
 * Reads the facts of a database.
 *
 * @param url the address of any role: the catalogs are readable for every role
 * @returns by kind and name: `function usage.take(uuid, …)`, `policy tenant on public.tasks`
 */
export async function readFacts(url) {
  const client = new UtcClient({ connectionString: url, application_name: 'tenantry schema' });
  await client.connect();
  try {
    // Every name is printed with its schema.
    await client.query(`set search_path = ''`);
    const facts = new Map();
    for (const query of queries) {
      const { rows } = await client.query(query);
      for (const row of rows) facts.set(`${row.kind} ${row.name}`, row);
    }
    return new Map([...facts].sort(([a], [b]) => (a < b ? -1 : 1)));
  } finally {
    await client.end();
  }
}

const tablePart = /^(?:column|row security|index|check|comment|foreign key|primary key|unique key|trigger|policy|grant) .*?\b(?<table>(?:app|audit|pgboss|public|usage)\.\w+)/;
const functionPart = /^(?:comment|grant execute on) (?<function>function .+?\))/;

/** The key of the table or function that a fact is a part of. */
function partOf(key) {
  const found = functionPart.exec(key)?.groups.function;
  if (found !== undefined) return found;
  const table = tablePart.exec(key)?.groups.table;
  return table === undefined ? undefined : `table ${table}`;
}

/** Returns what a database has other than the reference: `missing`, `unexpected` or `different`, and the two facts. */
export function compareFacts(reference, actual) {
  const keys = [...new Set([...reference.keys(), ...actual.keys()])].sort();
  return keys.flatMap((key) => {
    const [wanted, found] = [reference.get(key), actual.get(key)];
    if (wanted !== undefined && found !== undefined && wanted.definition === found.definition) return [];
    // The parts of a missing or unexpected table, and the rights on a missing or unexpected function, are not listed as well.
    const whole = partOf(key);
    if (whole !== undefined && reference.has(whole) !== actual.has(whole)) return [];
    return [{ key, state: found === undefined ? 'missing' : wanted === undefined ? 'unexpected' : 'different', wanted, found }];
  });
}

/** The first line in which two definitions differ. */
function firstDifference(wanted, found) {
  const [a, b] = [wanted.split('\n'), found.split('\n')];
  const line = a.findIndex((text, index) => text !== b[index]);
  const at = line < 0 ? a.length : line;
  return `    files:    ${a[at] ?? '(ends)'}\n    database: ${b[at] ?? '(ends)'}`;
}

/** The differences as text, one paragraph each. */
export function describeDifferences(differences) {
  return differences
    .map(({ key, state, wanted, found }) => {
      if (state === 'missing') return `  ${key}: missing in the database\n    files:    ${wanted.definition.split('\n')[0]}`;
      if (state === 'unexpected') return `  ${key}: no file has it\n    database: ${found.definition.split('\n')[0]}`;
      return `  ${key}: the database differs from the files\n${firstDifference(wanted.definition, found.definition)}`;
    })
    .join('\n');
}

const dropFirst = ['trigger', 'policy', 'grant', 'check', 'foreign key', 'unique key', 'index', 'comment', 'function'];
const createFirst = ['function', 'index', 'unique key', 'check', 'foreign key', 'trigger', 'row security', 'policy', 'grant', 'comment'];

/** Functions in an order in which each comes after those that it mentions: PostgreSQL looks them up in the body of an SQL function. */
function inOrderOfMention(functions) {
  const nameOf = ({ key }) => key.replace(/^function |\(.*$/g, '');
  const ordered = new Set();
  const visited = new Set();
  const visit = (each) => {
    if (visited.has(each)) return;
    visited.add(each);
    for (const other of functions) if (other !== each && each.wanted.create.includes(`${nameOf(other)}(`)) visit(other);
    ordered.add(each);
  };
  for (const each of functions) visit(each);
  return [...ordered];
}

/** Returns the statements that remove the differences, in an order in which they apply; some of them may need a second round. */
export function statementsFor(differences) {
  const of = (kind) => differences.filter(({ key }) => key.startsWith(`${kind} `));
  // `create or replace`, and audit.watch(), replace the existing object.
  const replaced = ({ wanted, found }) => found !== undefined && (wanted?.kind === 'function' ? wanted.shape === found.shape : wanted?.create?.startsWith('select audit.watch('));
  const drops = dropFirst.flatMap((kind) =>
    of(kind)
      .filter((each) => each.found?.drop && !replaced(each))
      .map(({ found }) => found.drop),
  );
  const creates = createFirst.flatMap((kind) => {
    const wanted = of(kind).filter((each) => each.wanted?.create);
    return (kind === 'function' ? inOrderOfMention(wanted) : wanted).map((each) => each.wanted.create);
  });
  return [...drops, ...creates];
}
