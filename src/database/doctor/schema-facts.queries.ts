import { appGroup, platformGroup } from '../roles.js';

/** The roles that have the application's rights. Superusers have all rights; the check of roles reports them once. */
const appRoles = `app_roles as (select oid from pg_roles where not rolsuper and pg_has_role(oid, '${appGroup}', 'usage'))`;

/** All schemas except the system's; `reachable` if an application role may use objects in it. */
const schemas = `schemas as (
  select n.oid, n.nspname, exists (select from app_roles r where has_schema_privilege(r.oid, n.oid, 'usage')) as reachable
    from pg_namespace n where n.nspname !~ '^pg_' and n.nspname <> 'information_schema')`;

/** Objects of an extension are not inspected. */
const ofExtension = (object: string, systemCatalog: string): string =>
  `exists (select from pg_depend d where d.classid = '${systemCatalog}'::regclass and d.objid = ${object} and d.deptype = 'e')`;

const organizationColumn = (relation: string): string =>
  `(select a.attnum from pg_attribute a where a.attrelid = ${relation} and a.attname = 'organization_id' and not a.attisdropped)`;

const nameOf = (relation: string, schema: string): string => `format('%I.%I', ${schema}.nspname, ${relation}.relname)`;

export const relationsQuery = `
  with ${appRoles}, ${schemas},
  verbs as (
    select verb, verb in ('select', 'insert', 'update', 'references') as by_column
      from unnest(array['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger']
        || case when current_setting('server_version_num')::int >= 170000 then array['maintain'] else '{}' end) verb)
  select ${nameOf('c', 's')} as name,
         case c.relkind when 'r' then 'table' when 'p' then 'partitioned table' when 'f' then 'foreign table' when 'v' then 'view' else 'materialized view' end as kind,
         ${organizationColumn('c.oid')} is not null as "tenantOwned",
         c.relispartition as partition, c.relrowsecurity as "rowSecurity", c.relforcerowsecurity as forced,
         exists (select from pg_index i where i.indrelid = c.oid and i.indisvalid and i.indpred is null and i.indkey[0] = ${organizationColumn('c.oid')}) as indexed,
         coalesce(c.reloptions && array['security_invoker=true', 'security_invoker=on', 'security_invoker=1', 'security_invoker=yes'], false) as "securityInvoker",
         exists (select from pg_trigger g where g.tgrelid = c.oid and g.tgname = 'audit' and g.tgenabled in ('O', 'A'))
           or exists (select from audit.left_out() l where l.name = c.relname) as watched,
         array(select verb from verbs where exists (select from app_roles r where has_table_privilege(r.oid, c.oid, verb)
                 or case when by_column then has_any_column_privilege(r.oid, c.oid, verb) else false end)) as privileges,
         array(select verb || ' ' || a.attname from verbs, pg_attribute a
                where by_column and a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and ${organizationColumn('c.oid')} is null
                  and exists (select from app_roles r where has_column_privilege(r.oid, c.oid, a.attnum, verb))) as "columnPrivileges"
    from pg_class c join schemas s on s.oid = c.relnamespace
   where s.reachable and c.relkind in ('r', 'p', 'f', 'v', 'm') and not ${ofExtension('c.oid', 'pg_class')}
   order by 1`;

export const policiesQuery = `
  with ${appRoles}, ${schemas}
  select p.polname as name, ${nameOf('c', 's')} as relation, p.polpermissive as permissive,
         case p.polcmd when '*' then 'all' when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' else 'delete' end as command,
         array(select case when role = 0 then 'public' else pg_get_userbyid(role)::text end from unnest(p.polroles) role) as roles,
         exists (select from unnest(p.polroles) role, app_roles r where role = 0 or pg_has_role(r.oid, role, 'usage')) as "appliesToApp",
         regexp_replace(pg_get_expr(p.polqual, p.polrelid), '\\s+', ' ', 'g') as using,
         regexp_replace(pg_get_expr(p.polwithcheck, p.polrelid), '\\s+', ' ', 'g') as check
    from pg_policy p join pg_class c on c.oid = p.polrelid join schemas s on s.oid = c.relnamespace
   where s.reachable
   order by 2, 1`;

export const foreignKeysQuery = `
  with ${appRoles}, ${schemas}
  select k.conname as name, ${nameOf('f', 's')} as "from", ${nameOf('t', 'ts')} as "to",
         ${organizationColumn('f.oid')} is not null as "fromTenantOwned", ${organizationColumn('t.oid')} is not null as "toTenantOwned",
         exists (
           select from unnest(k.conkey, k.confkey) as pair(near, far)
             join pg_attribute a on a.attrelid = k.confrelid and a.attnum = far
            where near = ${organizationColumn('f.oid')} and a.attname = case when ${organizationColumn('t.oid')} is null then 'id' else 'organization_id' end
         ) as "carriesTenant",
         k.convalidated and not exists (select from pg_trigger g where g.tgconstraint = k.oid and g.tgenabled = 'D') as enforced
    from pg_constraint k
    join pg_class f on f.oid = k.conrelid join schemas s on s.oid = f.relnamespace
    join pg_class t on t.oid = k.confrelid join pg_namespace ts on ts.oid = t.relnamespace
   where k.contype = 'f' and s.reachable
   order by 2, 1`;

export const functionsQuery = `
  with ${appRoles}, ${schemas}
  select p.oid::regprocedure::text as name,
         coalesce(exists (select from unnest(p.proconfig) setting where setting like 'search\\_path=%pg\\_temp'), false) as "fixedSearchPath",
         s.reachable and p.prorettype <> 'trigger'::regtype and exists (select from app_roles r where has_function_privilege(r.oid, p.oid, 'execute')) as executable
    from pg_proc p join schemas s on s.oid = p.pronamespace
   where p.prosecdef and not ${ofExtension('p.oid', 'pg_proc')}
   order by 1`;

/**
 * The functions that a role may execute although no file of `prisma/functions` grants it. $1 and $2: the functions that the files grant to the
 * application and to the platform role.
 */
export const undeclaredFunctionsQuery = `
  with members as (
    select g.rolname::text as group_name, r.oid from pg_roles g join pg_roles r on not r.rolsuper and pg_has_role(r.oid, g.oid, 'usage')
     where g.rolname in ('${appGroup}', '${platformGroup}')),
  granted as (
    select g.group_name, case when has_schema_privilege(to_regnamespace(split_part(g.signature, '.', 1)), 'usage') then to_regprocedure(g.signature) end as oid
      from (select '${appGroup}' as group_name, unnest($1::text[]) as signature union all select '${platformGroup}', unnest($2::text[])) g)
  select p.oid::regprocedure::text as name, array_agg(distinct m.group_name order by m.group_name) as "executableBy"
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    join members m on has_schema_privilege(m.oid, n.oid, 'usage') and has_function_privilege(m.oid, p.oid, 'execute')
   where p.prorettype <> 'trigger'::regtype and not ${ofExtension('p.oid', 'pg_proc')}
     -- A role cannot name the functions of a schema that it may not use.
     and has_schema_privilege(n.oid, 'usage')
     and not exists (select from granted g where g.group_name = m.group_name and g.oid = p.oid)
   group by p.oid
   order by 1`;

/** Always includes the current role, so that a connection that claims to be the application is judged as such. */
export const rolesQuery = `
  select r.rolname as name, r.rolname = current_user as current, pg_has_role(r.oid, '${appGroup}', 'usage') as "inGroup", r.rolsuper as superuser,
         array_remove(array[case when r.rolbypassrls then 'bypassrls' end, case when r.rolcreaterole then 'createrole' end,
                            case when r.rolcreatedb then 'createdb' end, case when r.rolreplication then 'replication' end], null) as powers,
         (select count(*)::int from pg_shdepend d where d.refclassid = 'pg_authid'::regclass and d.refobjid = r.oid and d.deptype = 'o'
             and d.classid not in ('pg_default_acl'::regclass, 'pg_largeobject'::regclass)
             -- Temporary objects end with their session.
             and not exists (select from pg_class c where d.classid = 'pg_class'::regclass and c.oid = d.objid and c.relpersistence = 't')
             and not exists (select from pg_namespace n where n.nspname ~ '^pg_temp' and n.oid in (
               (select p.pronamespace from pg_proc p where d.classid = 'pg_proc'::regclass and p.oid = d.objid),
               (select t.typnamespace from pg_type t where d.classid = 'pg_type'::regclass and t.oid = d.objid)))
             and d.dbid in (0, (select oid from pg_database where datname = current_database()))) as owns,
         array(select m.rolname::text from pg_roles m where m.oid <> r.oid and m.rolname <> '${appGroup}' and pg_has_role(r.oid, m.oid, 'member') order by 1) as "memberOf",
         array(select 'schema ' || quote_ident(n.nspname) from pg_namespace n where n.nspname !~ '^pg_(temp|toast)' and has_schema_privilege(r.oid, n.oid, 'create')
               union all select 'database ' || quote_ident(current_database()) where has_database_privilege(r.oid, current_database(), 'create')) as "createIn"
    from pg_roles r
   where r.rolname = current_user or (not r.rolsuper and pg_has_role(r.oid, '${appGroup}', 'usage'))
   order by 1`;

/** The functions of PostgreSQL that docs/database.md revokes from public and that an application role can call. */
export const publicFunctionsQuery = `
  with ${appRoles}
  select p.oid::regprocedure::text as name
    from pg_proc p
   where p.pronamespace = 'pg_catalog'::regnamespace and p.proname in ('lo_creat', 'lo_create', 'lo_from_bytea', 'pg_cancel_backend', 'pg_terminate_backend')
     and exists (select from app_roles r where has_function_privilege(r.oid, p.oid, 'execute'))
   order by 1`;

export const settingsQuery = `
  with ${appRoles}
  select (select regexp_replace(pg_get_function_sqlbody(p.oid), '\\s+', ' ', 'g') from pg_proc p join pg_namespace n on n.oid = p.pronamespace
           where n.nspname = 'app' and p.proname = 'current_organization_id' and p.pronargs = 0) as "tenantFunction",
         array(select coalesce('role ' || nullif(setrole, 0)::regrole, 'database ' || quote_ident(current_database())) from pg_db_role_setting, unnest(setconfig) setting
                where setting like 'app.current\\_organization\\_id=%' and setdatabase in (0, (select oid from pg_database where datname = current_database()))
               union all select 'this server' where nullif(current_setting('app.current_organization_id', true), '') is not null) as "presetTenants",
         exists (select from app_roles r where has_parameter_privilege(r.oid, 'session_replication_role', 'set')) as "mayDisableTriggers"`;
