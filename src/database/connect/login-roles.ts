import { createHash } from 'node:crypto';
import pg from 'pg';
import { deriveKey } from '../../common/crypto/derived-key.js';
import { appGroup, platformGroup } from '../roles.js';
import { scramVerifier } from './scram-verifier.js';

/** A role that the application logs in as. There is one for tenants and one for the platform. */
export interface LoginRole {
  readonly name: string;
  readonly group: string;
  readonly password: string;
}

const maxNameBytes = 63;

/**
 * Returns the two login roles of a database. Their passwords are derived from the installation's secret, so every replica can
 * compute them and they are stored nowhere.
 */
export function loginRolesOf(database: string, appSecret: string): readonly [app: LoginRole, platform: LoginRole] {
  const role = (kind: string, group: string): LoginRole => {
    const name = loginName(database, kind);
    return { name, group, password: deriveKey(appSecret, `database role ${name} of ${database}`).toString('base64url') };
  };
  return [role('app', appGroup), role('platform', platformGroup)];
}

/** Returns `<database>_app_login`, not `<database>_app`, which is the group when the database is named tenantry. */
function loginName(database: string, kind: string): string {
  const name = `${database}_${kind}_login`;
  if (Buffer.byteLength(name) <= maxNameBytes) return name;
  return `tenantry_${createHash('sha256').update(database).digest('hex').slice(0, 16)}_${kind}_login`;
}

/** Returns the address of a database for another role. */
export function urlFor(databaseUrl: string, role: LoginRole): string {
  const url = new URL(databaseUrl);
  url.username = encodeURIComponent(role.name);
  url.password = role.password;
  return url.href;
}

/** Returns the statements that create the missing groups, login roles and memberships. */
export async function findMissingStatements(client: pg.ClientBase, database: string, roles: readonly LoginRole[]): Promise<string[]> {
  const known = await knownRoles(client);
  const connect = await mayConnect(client, roles);
  const statements: string[] = [];
  for (const { name, group, password } of roles) {
    const role = pg.escapeIdentifier(name);
    if (!known.has(group)) statements.push(`create role ${group} nologin`);
    if (!known.has(name)) statements.push(`create role ${role} login password '${scramVerifier(password)}' in role ${group}`);
    else if (known.get(name)?.includes(group) !== true) statements.push(`grant ${group} to ${role}`);
    if (!connect.has(name)) statements.push(`grant connect on database ${pg.escapeIdentifier(database)} to ${role}`);
  }
  return statements;
}

/** Returns the statement that sets a login role's password, for example after a change of APP_SECRET. */
export const setPassword = ({ name, password }: LoginRole): string => `alter role ${pg.escapeIdentifier(name)} login password '${scramVerifier(password)}'`;

/** Returns each role with the roles whose privileges it inherits. */
async function knownRoles(client: pg.ClientBase): Promise<Map<string, readonly string[]>> {
  const { rows } = await client.query<{ name: string; groups: string[] }>(
    `select r.rolname as name, array(select g.rolname::text from pg_roles g where g.oid <> r.oid and pg_has_role(r.oid, g.oid, 'usage')) as groups from pg_roles r`,
  );
  return new Map(rows.map(({ name, groups }) => [name, groups]));
}

async function mayConnect(client: pg.ClientBase, roles: readonly LoginRole[]): Promise<Set<string>> {
  const { rows } = await client.query<{ name: string }>(
    `select rolname as name from pg_roles where rolname = any($1) and has_database_privilege(oid, current_database(), 'connect')`,
    [roles.map(({ name }) => name)],
  );
  return new Set(rows.map(({ name }) => name));
}
