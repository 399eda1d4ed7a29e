import pg from 'pg';
import { appGroup, platformGroup } from '../roles.js';
import { UtcClient } from '../utc-client.js';
import type { ServerState } from './server-state.js';

/** The login roles of the embedded server. */
export const embeddedLogins = { owner: 'tenantry_owner', app: 'tenantry_app_login', platform: 'tenantry_platform_login' } as const;

/**
 * Creates what the migrations need and the owner may not create: the two groups, their login roles, the owner and its
 * database. Skips those that exist.
 *
 * @param superuserUrl the address of the maintenance database `postgres`
 */
export async function ensureRoles(superuserUrl: string, database: string, state: ServerState): Promise<void> {
  const client = new UtcClient({ connectionString: superuserUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>('select rolname as name from pg_roles union all select datname from pg_database');
    const known = new Set(rows.map(({ name }) => name));
    for (const [name, statement] of statements(database, state)) if (!known.has(name)) await client.query(statement);
    if (!known.has(database)) await client.query(closeDatabase(database));
  } finally {
    await client.end();
  }
  await closeFunctions(Object.assign(new URL(superuserUrl), { pathname: `/${database}` }).href);
}

/** Returns the name and the CREATE statement of each role and of the database. */
function statements(database: string, state: ServerState): [string, string][] {
  const { owner, app, platform } = embeddedLogins;
  const password = (secret: string): string => pg.escapeLiteral(secret);
  return [
    [appGroup, `create role ${appGroup} nologin`],
    [platformGroup, `create role ${platformGroup} nologin`],
    [owner, `create role ${owner} login password ${password(state.ownerPassword)}`],
    [app, `create role ${app} login password ${password(state.appPassword)} in role ${appGroup}`],
    [platform, `create role ${platform} login password ${password(state.platformPassword)} in role ${platformGroup}`],
    [database, `create database ${pg.escapeIdentifier(database)} owner ${owner}`],
  ];
}

/**
 * Takes functions of PostgreSQL from PUBLIC that only a superuser can revoke: those that create large objects, which belong to no tenant, and
 * those that end the connections of the same role, which serve other tenants.
 */
async function closeFunctions(url: string): Promise<void> {
  const client = new UtcClient({ connectionString: url });
  await client.connect();
  try {
    await client.query(
      `revoke execute on function lo_creat(integer), lo_create(oid), lo_from_bytea(oid, bytea), pg_cancel_backend(integer), pg_terminate_backend(integer, bigint) from public;
       grant execute on function pg_cancel_backend(integer), pg_terminate_backend(integer, bigint) to ${platformGroup}`,
    );
  } finally {
    await client.end();
  }
}

const closeDatabase = (database: string): string => {
  const name = pg.escapeIdentifier(database);
  return `revoke all on database ${name} from public; grant connect on database ${name} to ${embeddedLogins.app}, ${embeddedLogins.platform}`;
};
